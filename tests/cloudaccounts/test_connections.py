"""The management accounts through which the product acts: whose they are, and that they work."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.models import AuditEntry
from cloudaccounts import connections, probes, probing
from cloudaccounts.connecting import connection_words
from cloudaccounts.flows import connections as flows
from cloudaccounts.flows.connections import CannotSaveConnectionError, ConnectionDetails
from cloudaccounts.models import Connection, Errand
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.aws import clients
from cloudaccounts.providers.aws.advice import TABLE, explain
from cloudaccounts.providers.aws.clients import RoleSessions
from cloudaccounts.providers.troubles import CloudError, Kind
from cloudaccounts.tasks import connections as tasks
from customers.staleness import StaleError
from demo.aws import sts
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT, access_key_of
from operations.models import PlatformConnection
from resellers.clouds import Cloud
from resellers.models import Reseller
from resellers.schemas import PUBLIC
from tests.cloudaccounts.errands import connect_platform
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import ConnectionFactory, CreationFactory, InvitationFactory
from tests.races import overlap

OWN = "888877776666"  # a reseller's
MACHINE = "999900009999"
pytestmark = pytest.mark.usefixtures("alpha")


@pytest.fixture
def dana() -> User:
    user: User = StaffMemberFactory(owner=True).user
    return user


@pytest.fixture
def machine(aws: StandIn, monkeypatch: pytest.MonkeyPatch, settings: Any) -> StandIn:
    """The product runs in an account of its own; the organization is a reseller's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", access_key_of(MACHINE))
    monkeypatch.setattr(clients, "_sessions", RoleSessions())
    settings.AWS_PRINCIPAL = f"arn:aws:iam::{MACHINE}:root"
    return aws


def connect(account_id: str = OWN, role_arn: str = "", **more: Any) -> Connection:
    details = ConnectionDetails(account_id, role_arn)
    options = {"version": flows.NOTHING_SEEN, "by": None, **more}
    return flows.set_connection(Connection(provider=Cloud.AWS), details, **options)


def trust(world: StandIn, connection: Connection, external_id: str) -> None:
    """The reseller makes the role."""
    document = sts.usual_trust(external_id).replace(MANAGEMENT, MACHINE)
    name = connection.role_arn.rpartition("/")[2]
    sts.create_role(world.world, connection.account_id, name, document)


def checked(connection: Connection) -> Connection:
    """As it is after a worker has asked."""
    flows.order_connection_check(connection, by=None)
    tasks.check_connection(provider=Cloud.AWS)
    connection.refresh_from_db()
    return connection


def test_a_connection_is_added_with_a_role_and_an_external_id_of_our_own(dana: User) -> None:
    connection = connect("8888-7777-6666", by=dana)

    connection.refresh_from_db()
    assert connection.account_id == OWN
    assert connection.role_arn == f"arn:aws:iam::{OWN}:role/ResellerPortalOrganization"
    assert len(connection.external_id) == 40
    assert (connection.state, connection.version) == (CheckState.NOT_CHECKED, 1)
    assert not connection.is_usable
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name) == ("connection.added", str(dana))
    assert connection.external_id not in str(entry.changes)


def test_a_change_makes_it_unchecked_and_keeps_the_external_id(dana: User) -> None:
    before = ConnectionFactory(account_id=OWN)
    details = ConnectionDetails(OWN, f"arn:aws:iam::{OWN}:role/other/Inviting")

    after = flows.set_connection(before, details, version=1, by=dana)

    assert (after.state, after.checked_at, after.version) == (CheckState.NOT_CHECKED, None, 2)
    assert after.external_id == before.external_id
    assert connections.usable(Cloud.AWS, Errand.Via.RESELLER) is None


def test_the_same_again_changes_nothing() -> None:
    before = ConnectionFactory(account_id=OWN)
    details = ConnectionDetails(OWN, before.role_arn)

    flows.set_connection(before, details, version=1, by=None)

    assert connections.usable(Cloud.AWS, Errand.Via.RESELLER) == before
    assert not AuditEntry.objects.exists()


def test_of_two_who_edit_the_later_one_learns_of_the_other(dana: User) -> None:
    connection = connect(by=dana)
    role = f"arn:aws:iam::{OWN}:role/A"
    flows.set_connection(connection, ConnectionDetails(OWN, role), version=1, by=dana)

    with pytest.raises(StaleError):
        flows.set_connection(
            connection, ConnectionDetails(OWN, f"arn:aws:iam::{OWN}:role/B"), version=1, by=dana
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_connect_at_once_one_does(alpha: Reseller) -> None:
    first, second = overlap(alpha, lambda: connect(OWN), lambda: connect("777766665555"))

    assert first.error is None
    assert isinstance(second.error, StaleError)
    assert Connection.objects.get().account_id == OWN


@pytest.mark.parametrize(
    ("account_id", "role_arn", "field"),
    [
        ("", "", "account_id"),
        ("12345", "", "account_id"),
        ("１２３４５６７８９０１２", "", "account_id"),
        (OWN, "nonsense", "role_arn"),
        (OWN, f"arn:aws:iam::{MANAGEMENT}:role/Inviting", "role_arn"),
        (OWN, f"arn:aws:iam::{OWN}:user/anna", "role_arn"),
        (OWN, f"arn:aws:iam::{OWN}:role/*", "role_arn"),
        (OWN, f"arn:aws-cn:iam::{OWN}:role/Inviting", "role_arn"),
        # The platform's, and the one in which the product runs: nobody acts as they.
        (MANAGEMENT, "", "account_id"),
        (MACHINE, "", "account_id"),
    ],
)
def test_what_leads_elsewhere_is_refused_beside_the_field(
    settings: Any, account_id: str, role_arn: str, field: str
) -> None:
    settings.AWS_PRINCIPAL = f"arn:aws:iam::{MACHINE}:role/portal"
    connect_platform()

    with pytest.raises(CannotSaveConnectionError) as refused:
        connect(account_id, role_arn)

    assert refused.value.field == field
    assert not Connection.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("missing", ["role_arn", "external_id"])
def test_the_database_refuses_a_resellers_connection_by_the_machines_credentials(
    missing: str,
) -> None:
    with pytest.raises(IntegrityError, match="is_a_role"), transaction.atomic():
        ConnectionFactory(**{missing: ""})

    with pytest.raises(ValueError, match="through a role"):
        connections.address_of(ConnectionFactory.build(**{missing: ""}))


@pytest.mark.parametrize("make", [InvitationFactory, CreationFactory])
def test_what_was_begun_through_an_account_ends_there(make: Callable[..., Errand]) -> None:
    connection = ConnectionFactory(account_id=OWN)
    make(by_reseller=True, management_account_id=OWN)

    with pytest.raises(CannotSaveConnectionError, match="under way"):
        flows.disconnect(connection, by=None)
    with pytest.raises(CannotSaveConnectionError, match="under way"):
        flows.set_connection(connection, ConnectionDetails("777766665555"), version=1, by=None)
    flows.set_connection(
        connection,
        ConnectionDetails(OWN, f"arn:aws:iam::{OWN}:role/Renamed"),
        version=1,
        by=None,
    )

    assert Connection.objects.get().account_id == OWN


def test_what_is_given_up_is_gone_and_told(dana: User) -> None:
    flows.disconnect(ConnectionFactory(), by=dana)

    assert not Connection.objects.exists()
    assert AuditEntry.objects.get().action == "connection.removed"


# ── Checks ──────────────────────────


def test_a_role_that_lets_us_in_and_only_us_is_ok(machine: StandIn) -> None:
    connection = connect(MANAGEMENT)
    trust(machine, connection, connection.external_id)

    checked(connection)

    assert (connection.state, connection.trouble_code) == (CheckState.OK, "")
    assert connections.usable(Cloud.AWS, Errand.Via.RESELLER) == connection
    assert [each.action for each in AuditEntry.objects.order_by("id")] == [
        "connection.added",
        "connection.check_ordered",
        "connection.checked",
    ]


def test_a_role_that_is_open_to_others_serves_nobody(machine: StandIn) -> None:
    """Whoever typed its ARN would act as this reseller."""
    connection = connect(MANAGEMENT)
    trust(machine, connection, "")

    checked(connection)

    assert (connection.state, connection.trouble_code) == (
        CheckState.FAILED,
        "ConnectionOpenToOthers",
    )


def test_a_role_that_trusts_another_reseller_does_not_let_this_one_in(machine: StandIn) -> None:
    connection = connect(MANAGEMENT)
    trust(machine, connection, "external-id-of-another-reseller")

    checked(connection)

    assert connection.trouble_code == "AccessDenied/CONNECTION"


def test_the_second_check_asks_anew(machine: StandIn) -> None:
    """A session of the role that was opened before would still work."""
    connection = connect(MANAGEMENT)
    trust(machine, connection, connection.external_id)
    checked(connection)
    machine.world.roles.clear()

    checked(connection)

    assert connection.trouble_code == "AccessDenied/CONNECTION"


@pytest.mark.parametrize("code", sorted(TABLE))
def test_every_error_is_words_with_a_step_for_who_asked(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    began = timezone.now() - probing.HANGS if explain(code).kind is Kind.LATER else timezone.now()
    connection = ConnectionFactory(state=CheckState.CHECKING, check_began_at=began)
    refuse(monkeypatch, code)

    probes.check_connection(connection)

    connection.refresh_from_db()
    words = connection_words(connection)
    assert connection.state == CheckState.FAILED
    assert words.sentence
    assert words.next_step
    assert "by itself" not in str(words.next_step)


def refuse(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    class Refusing:
        def check_connection(self) -> None:
            raise CloudError(explain(code, "11-22"))

    monkeypatch.setattr("cloudaccounts.probes.registry.cloud", lambda *_asked: Refusing())


def test_what_may_pass_is_asked_again_until_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = ConnectionFactory(state=CheckState.CHECKING, check_began_at=timezone.now())
    refuse(monkeypatch, "TooManyRequestsException")

    probes.check_connection(connection)

    connection.refresh_from_db()
    assert connection.state == CheckState.CHECKING
    began = timezone.now() - probing.HANGS
    Connection.objects.update(check_began_at=began)
    connection.refresh_from_db()
    probes.check_connection(connection)
    connection.refresh_from_db()
    assert (connection.state, connection.trouble_code) == (CheckState.FAILED, probing.LOST)


@pytest.mark.parametrize("change", ["version", "check_began_at"])
def test_an_answer_about_what_it_was_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    connection = ConnectionFactory(state=CheckState.CHECKING, check_began_at=timezone.now())
    new = {"version": 2, "check_began_at": timezone.now() + dt.timedelta(seconds=1)}[change]

    class Slow:
        def check_connection(self) -> None:
            Connection.objects.update(**{change: new})

    monkeypatch.setattr("cloudaccounts.probes.registry.cloud", lambda *_asked: Slow())
    probes.check_connection(connection)

    connection.refresh_from_db()
    assert connection.state == CheckState.CHECKING
    assert not AuditEntry.objects.exists()


def test_nobody_asks_about_what_nobody_waits_for(machine: StandIn) -> None:
    ConnectionFactory(unchecked=True)

    tasks.check_connection(provider=Cloud.AWS)
    tasks.check_connection(provider=Cloud.AZURE)

    assert machine.world.calls == []


def test_a_second_order_while_one_is_under_way_is_the_same_one(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(tasks.check_connection, "delay", lambda *, provider: woken.append(provider))
    connection = ConnectionFactory()

    with django_capture_on_commit_callbacks(execute=True):
        first = flows.order_connection_check(connection, by=None)
        second = flows.order_connection_check(connection, by=None)
        assert woken == []

    assert first.check_began_at == second.check_began_at
    assert woken == ["aws"]


def test_the_platforms_own_connection_is_checked_in_public(aws: StandIn) -> None:
    connect_platform(state=CheckState.NOT_CHECKED)
    with schema_context(PUBLIC):
        record = PlatformConnection.objects.get()
        flows.order_connection_check(record, by=None)

    tasks.check_platform_connection(provider=Cloud.AWS)

    found = connections.usable(Cloud.AWS, Errand.Via.PLATFORM)
    assert found == record
    with schema_context(PUBLIC):
        assert AuditEntry.objects.filter(action="connection.checked").count() == 1


def test_the_platforms_own_connection_may_go_without_a_role() -> None:
    with schema_context(PUBLIC):
        record = flows.set_connection(
            PlatformConnection(provider=Cloud.AWS),
            ConnectionDetails(MANAGEMENT),
            version=flows.NOTHING_SEEN,
            by=None,
        )

    assert (record.role_arn, record.external_id) == ("", "")
    assert connections.address_of(record).role_arn == ""


def test_the_sweep_wakes_what_was_lost_and_leaves_what_is_fresh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(tasks.check_connection, "delay", lambda **_asked: woken.append("own"))
    monkeypatch.setattr(
        tasks.check_platform_connection, "delay", lambda **_asked: woken.append("platform")
    )
    long_ago = timezone.now() - probing.GRACE
    ConnectionFactory(state=CheckState.CHECKING, check_began_at=long_ago)
    connect_platform()
    with schema_context(PUBLIC):
        PlatformConnection.objects.update(state=CheckState.CHECKING, check_began_at=long_ago)

    tasks.sweep_connection_checks()
    assert sorted(woken) == ["own", "platform"]
    Connection.objects.update(check_began_at=timezone.now())
    tasks.sweep_connection_checks()

    assert sorted(woken) == ["own", "platform", "platform"]
