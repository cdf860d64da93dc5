"""The stand-in for AWS, and a cloud that speaks to it by nothing but AWS_ENDPOINT_URL."""

from collections.abc import Iterator

import pytest

from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import Connection
from demo.aws.server import StandIn, running
from demo.aws.world import MANAGEMENT, access_key_of


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A fresh one; the machine's credentials are those of the management account."""
    with running() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(MANAGEMENT))
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-machine")
        # What surrounds a worker must not decide where it calls.
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        yield server


@pytest.fixture
def cloud(aws: StandIn) -> AwsCloud:
    return AwsCloud(Connection(MANAGEMENT))
