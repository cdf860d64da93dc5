"""Who pays for a provider's client library, and what the manual ones say."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.manual import ByHand
from cloudaccounts.providers.registry import PROVIDERS, cloud, provider
from cloudaccounts.providers.results import (
    AccessOutcome,
    AccountOrder,
    Connection,
    Grant,
    InvitationOrder,
)
from cloudaccounts.providers.troubles import CloudError, Kind

ROOT = Path(__file__).resolve().parents[2]
CONNECTION = Connection("100000000001")
_LOOK = """
import sys
import config.wsgi, config.urls_reseller, config.urls_platform
from cloudaccounts.providers.registry import PROVIDERS, cloud
from cloudaccounts.providers.results import Connection
before = {"boto3", "botocore"} & set(sys.modules)
cloud("aws", Connection("100000000001"))
print(sorted(before), sorted({"boto3", "botocore"} & set(sys.modules)))
"""


def test_each_provider_leads_to_what_speaks_to_it() -> None:
    found = {name: type(cloud(name, CONNECTION)) for name in PROVIDERS}

    assert found == {"aws": AwsCloud, "azure": ByHand, "google": ByHand}


@pytest.mark.parametrize("name", ["azure", "google"])
def test_what_a_person_does_is_told_as_such(name: str) -> None:
    by_hand = cloud(name, CONNECTION)
    order = AccountOrder("Acme", "aws@acme.example", dt.datetime.now(dt.UTC))
    calls = [
        lambda: by_hand.invite(InvitationOrder("1", "2")),
        lambda: by_hand.poll_invitation("1"),
        lambda: by_hand.cancel_invitation("1"),
        lambda: by_hand.create_account(order),
        lambda: by_hand.poll_creation("1", order),
    ]
    by_hand.check_connection()
    steps = set()
    for call in calls:
        with pytest.raises(CloudError) as told:
            call()
        trouble = told.value.trouble
        assert trouble.kind is Kind.PERSON
        assert provider(name).explain(trouble.code, "") == trouble
        steps.add(str(trouble.next_step))

    assert len(steps) == 4  # looking is one thing to do, whatever is looked at
    check = by_hand.check_access(Grant("1", "", "x"))
    assert check.outcome is AccessOutcome.UNKNOWN
    assert check.trouble


def test_a_web_process_never_loads_boto3() -> None:
    done = subprocess.run(  # noqa: S603 - our own words, in a process that has loaded nothing yet
        [sys.executable, "-W", "ignore", "-c", _LOOK],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "[] ['boto3', 'botocore']\n", done.stderr
