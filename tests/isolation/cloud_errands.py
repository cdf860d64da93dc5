"""The tasks about what is under way at the clouds, about connections, bills and credentials."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest.mock import patch

from django.utils import timezone

from cloudaccounts.flows import creations, invitations
from cloudaccounts.models import CloudAccount, Connection
from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.providers.results import Creation as Made
from cloudaccounts.providers.results import CreationState, InvitationState
from cloudaccounts.providers.results import Invitation as Invited
from cloudaccounts.tasks import bills, connections, errands
from cloudaccounts.tasks import secrets as credentials
from notifications.models import OutgoingMail
from tests.cloudaccounts.errands import connect_platform
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CustomerProviderFactory,
    InvitationFactory,
    SecretLinkFactory,
)
from tests.factories.customers import MembershipFactory


def aws_does(act: str, answer: object) -> AbstractContextManager[object]:
    """Nobody is asked: what is read here are the statements to the database."""
    return patch.object(AwsCloud, act, lambda *_asked: answer)


def check_a_place_for_bills() -> None:
    connect_platform()
    account = CloudAccountFactory.create(linked=True)
    record = CustomerProviderFactory.create(
        customer=account.customer,
        exporting=True,
        bill_check="checking",
        bill_check_began_at=timezone.now(),
    )
    with aws_does("check_bill_place", None):
        bills.check_bill_place(provider_id=str(record.pk))
    record.refresh_from_db()
    assert record.bill_check == "ok"


def check_the_own_connection() -> None:
    Connection.objects.all().delete()
    record = ConnectionFactory.create(state="checking", check_began_at=timezone.now())
    with aws_does("check_connection", None):
        connections.check_connection(provider="aws")
    record.refresh_from_db()
    assert record.state == "ok"


def check_the_platforms_connection() -> None:
    connect_platform(state="checking")
    with aws_does("check_connection", None):
        connections.check_platform_connection(provider="aws")


def erase_credentials() -> None:
    link = SecretLinkFactory.create(expired=True)
    credentials.erase_credentials()
    link.refresh_from_db()
    assert link.erased_at


def ask_about_errands() -> None:
    """One invitation is ordered and accepted, one account is ordered and made."""
    connect_platform("999988887777")
    account = CloudAccountFactory.create(in_progress=True)
    invitation = invitations.order_invitation(account, via="platform", by=None)
    wanted = CloudAccountFactory.create(in_progress=True, created=True)
    creation = creations.order_creation(wanted, via="platform", by=None)
    accepted = Invited("h-12345678", account.account_id, InvitationState.ACCEPTED, None, None)
    made = Made("car-12345678", CreationState.SUCCEEDED, "222233334444")
    due = [["invitation", str(invitation.pk)], ["creation", str(creation.pk)]]
    with aws_does("invite", accepted), aws_does("create_account", made):
        errands.run_errands(errands=due)
    assert CloudAccount.objects.filter(pk__in=[account.pk, wanted.pk], status="linked").count() == 2


def remind_of_an_invitation() -> None:
    ends_at = timezone.now() + dt.timedelta(days=1)
    invitation = InvitationFactory.create(pending=True, expires_at=ends_at)
    MembershipFactory.create(customer=invitation.account.customer)
    errands.sweep_errands()
    mails = OutgoingMail.objects.filter(about__contains=[invitation.account_id])
    assert [each.kind for each in mails] == ["invitation_expires"]


CLOUD_TASKS: dict[str, Callable[[], None]] = {
    "cloudaccounts.check_bill_place": check_a_place_for_bills,
    "cloudaccounts.check_connection": check_the_own_connection,
    "cloudaccounts.check_platform_connection": check_the_platforms_connection,
    "cloudaccounts.erase_credentials": erase_credentials,
    "cloudaccounts.run_errands": ask_about_errands,
    "cloudaccounts.sweep_bill_checks": bills.sweep_bill_checks,
    "cloudaccounts.sweep_connection_checks": connections.sweep_connection_checks,
    "cloudaccounts.sweep_errands": remind_of_an_invitation,
}
