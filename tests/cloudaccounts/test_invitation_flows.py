"""Invitations: ordered once, sent once, and whatever becomes of them becomes of the account."""

import datetime as dt
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from cloudaccounts import hooks
from cloudaccounts.errands import clouds, inviting, leases, pacing
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.flows import invitations as flows
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.hooks import Event, News
from cloudaccounts.models import CloudAccount, Holding, Invitation
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers import registry
from cloudaccounts.providers.aws.advice import TABLE, explain
from cloudaccounts.providers.contract import Cloud
from cloudaccounts.providers.results import Connection
from cloudaccounts.providers.troubles import CloudError, Kind, Trouble
from cloudaccounts.standing import Status
from cloudaccounts.tasks import errands as tasks
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT
from resellers.models import Reseller
from tests.cloudaccounts.errands import (
    actions_about,
    calls,
    connect_platform,
    make_due,
    play,
    turn,
)
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory, ConnectionFactory, InvitationFactory

State = Invitation.State
PLATFORM = Invitation.Via.PLATFORM
RESELLER = Invitation.Via.RESELLER
pytestmark = pytest.mark.usefixtures("alpha", "platform")


@pytest.fixture
def platform(alpha: Reseller) -> None:
    connect_platform()


@pytest.fixture
def dana() -> User:
    user: User = StaffMemberFactory().user
    return user


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[News]:
    """What a follower hears."""
    heard: list[News] = []
    monkeypatch.setattr(hooks, "_followers", {"test": heard.append})
    return heard


def in_progress(**more: object) -> CloudAccount:
    account: CloudAccount = CloudAccountFactory(in_progress=True, **more)
    return account


def sent(aws: StandIn) -> Invitation:
    invitation = flows.order_invitation(in_progress(), via=PLATFORM, by=None)
    turn(invitation)
    assert invitation.state == State.PENDING
    return invitation


def test_an_order_is_a_row_before_anybody_asks_the_provider(
    dana: User,
    told: list[News],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    account = in_progress()
    woken: list[list[list[str]]] = []
    monkeypatch.setattr(tasks.run_errands, "delay", lambda *, errands: woken.append(errands))

    with django_capture_on_commit_callbacks(execute=True):
        invitation = flows.order_invitation(account, via=PLATFORM, by=dana)
        assert woken == []

    assert woken == [[["invitation", str(invitation.pk)]]]
    stored = Invitation.objects.get()
    assert (stored.state, stored.via, stored.management_account_id) == (
        State.SENDING,
        PLATFORM,
        MANAGEMENT,
    )
    assert actions_about(account) == ["invitation.ordered"]
    assert [(each.event, each.errand) for each in told] == [(Event.ERRAND_CHANGED, invitation)]


def test_the_providers_own_date_is_stored(aws: StandIn, told: list[News]) -> None:
    invitation = sent(aws)

    handshake = aws.world.handshakes[invitation.provider_reference]
    assert invitation.expires_at == handshake.expires_at
    assert invitation.answered_at is not None
    assert invitation.due_at is not None
    assert invitation.due_at > timezone.now()
    assert (invitation.attempts, invitation.lease_ends_at) == (0, None)
    assert actions_about(invitation.account) == ["invitation.ordered", "invitation.changed"]
    assert f"Reference: {invitation.pk}" in handshake.notes
    assert "Alpha Cloud" in handshake.notes


def test_an_accepted_invitation_links_the_account(aws: StandIn, told: list[News]) -> None:
    invitation = sent(aws)
    play(aws, "accept", account=invitation.account.account_id)

    turn(invitation)

    assert (invitation.state, invitation.due_at) == (State.ACCEPTED, None)
    assert invitation.account.status == Status.LINKED
    assert Holding.objects.get().account == invitation.account
    assert [each.event for each in told][-2:] == [Event.ERRAND_CHANGED, Event.STATUS_CHANGED]


@pytest.mark.parametrize(
    ("act", "wish", "state", "words"),
    [
        ("decline", {}, State.DECLINED, "declined"),
        ("pass-days", {"days": "15"}, State.EXPIRED, "ran out"),
        ("pass-days", {"days": "60"}, State.UNKNOWN, "forgotten"),
    ],
)
def test_what_was_not_accepted_goes_back_to_being_set_up_and_says_why(
    aws: StandIn, told: list[News], act: str, wish: dict[str, str], state: str, words: str
) -> None:
    invitation = sent(aws)
    play(aws, act, **{"account": invitation.account.account_id, **wish})

    turn(invitation)

    assert invitation.state == state
    assert invitation.ended_at is not None
    assert invitation.account.status == Status.DRAFT
    assert words in invitation.account.status_reason
    assert told[-1].event == Event.STATUS_CHANGED
    assert words in told[-1].note
    assert not Holding.objects.exists()


def test_a_forgotten_invitation_whose_account_is_a_member_was_accepted(aws: StandIn) -> None:
    invitation = sent(aws)
    play(aws, "accept", account=invitation.account.account_id)
    play(aws, "pass-days", days="60")

    turn(invitation)

    assert invitation.state == State.ACCEPTED
    assert invitation.account.status == Status.LINKED


def test_a_withdrawn_invitation_is_cancelled_at_the_provider(aws: StandIn, dana: User) -> None:
    invitation = sent(aws)

    flows.order_cancel(invitation, by=dana)
    assert aws.world.handshakes[invitation.provider_reference].state == "REQUESTED"
    turn(invitation)

    assert aws.world.handshakes[invitation.provider_reference].state == "CANCELED"
    assert invitation.state == State.CANCELLED
    assert invitation.account.status == Status.DRAFT


def test_who_accepted_before_the_withdrawal_arrived_was_first(aws: StandIn) -> None:
    invitation = sent(aws)
    flows.order_cancel(invitation, by=None)
    play(aws, "accept", account=invitation.account.account_id)

    turn(invitation)

    assert invitation.state == State.ACCEPTED
    assert invitation.account.status == Status.LINKED


def test_who_was_withdrawn_before_they_accepted_came_too_late(aws: StandIn) -> None:
    invitation = sent(aws)
    flows.order_cancel(invitation, by=None)
    turn(invitation)

    with pytest.raises(Exception, match="HandshakeNotFound"):
        play(aws, "accept", account=invitation.account.account_id)

    assert invitation.account.status == Status.DRAFT


def test_what_was_never_sent_is_cancelled_without_being_sent(aws: StandIn) -> None:
    invitation = flows.order_invitation(in_progress(), via=PLATFORM, by=None)
    flows.order_cancel(invitation, by=None)

    turn(invitation)

    assert invitation.state == State.CANCELLED
    assert calls(aws, "InviteAccountToOrganization") == 0


def test_a_cancel_while_the_provider_is_asked_goes_out_next(aws: StandIn) -> None:
    invitation = sent(aws)
    make_due(invitation)
    held = leases.claim(Invitation, invitation.pk)
    assert held is not None
    answer = inviting._asked(Clouds().of(held), held)

    flows.order_cancel(invitation, by=None)
    inviting.store(held, answer)

    invitation.refresh_from_db()
    assert invitation.state == State.PENDING
    assert invitation.due_at is not None
    assert invitation.due_at <= timezone.now()
    turn(invitation)
    assert invitation.state == State.CANCELLED


def test_a_resend_withdraws_the_first_and_sends_another(aws: StandIn, dana: User) -> None:
    first = sent(aws)

    flows.order_resend(first, by=dana)
    turn(first)

    assert first.state == State.CANCELLED
    assert first.account.status == Status.IN_PROGRESS
    second = Invitation.objects.open().get()
    assert (second.state, second.via, second.management_account_id) == (
        State.SENDING,
        PLATFORM,
        MANAGEMENT,
    )
    turn(second)
    assert second.state == State.PENDING
    assert {each.state for each in aws.world.handshakes.values()} == {"CANCELED", "REQUESTED"}


def test_a_resend_that_was_accepted_meanwhile_sends_nothing(aws: StandIn) -> None:
    invitation = sent(aws)
    flows.order_resend(invitation, by=None)
    play(aws, "accept", account=invitation.account.account_id)

    turn(invitation)

    assert invitation.account.status == Status.LINKED
    assert Invitation.objects.count() == 1


def test_of_a_resend_and_a_cancel_the_cancel_wins(aws: StandIn) -> None:
    invitation = sent(aws)
    flows.order_resend(invitation, by=None)
    flows.order_cancel(invitation, by=None)

    turn(invitation)

    assert invitation.account.status == Status.DRAFT
    assert not Invitation.objects.open().exists()


def test_somebody_may_look_now(aws: StandIn) -> None:
    invitation = sent(aws)
    play(aws, "decline", account=invitation.account.account_id)

    flows.look_now(invitation)
    inviting.run(invitation.pk, Clouds())

    invitation.refresh_from_db()
    assert invitation.state == State.DECLINED


# ── What cannot be ordered ──────────────────────────


@pytest.mark.parametrize("status", [each for each in Status if each != Status.IN_PROGRESS])
def test_only_an_account_that_is_being_linked_is_invited(aws: StandIn, status: Status) -> None:
    account = CloudAccountFactory(status=status)

    with pytest.raises(CannotChangeAccountError, match="can be ordered"):
        flows.order_invitation(account, via=PLATFORM, by=None)

    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: in_progress(created=True), "no ID"),
        (lambda: in_progress(azure=True), "in the provider's own console"),
        (lambda: in_progress(account_id=MANAGEMENT), "from which invitations are sent"),
        (lambda: InvitationFactory(pending=True).account, "under way"),
        (lambda: InvitationFactory().account, "under way"),
    ],
)
def test_what_cannot_be_invited_says_why(make: Callable[[], CloudAccount], match: str) -> None:
    account = make()
    before = Invitation.objects.count()

    with pytest.raises(CannotChangeAccountError, match=match):
        flows.order_invitation(account, via=PLATFORM, by=None)

    assert Invitation.objects.count() == before
    assert actions_about(account) == []


@pytest.mark.parametrize("state", [CheckState.NOT_CHECKED, CheckState.CHECKING, CheckState.FAILED])
def test_an_unchecked_connection_serves_nobody(state: str) -> None:
    ConnectionFactory(state=state, check_began_at=timezone.now())

    with pytest.raises(CannotChangeAccountError, match="no connection"):
        flows.order_invitation(in_progress(), via=RESELLER, by=None)


def test_an_account_of_another_reseller_is_not_invited(bravo: Reseller, aws: StandIn) -> None:
    """In the platform's organization it would pass for one that has accepted."""
    with tenant_context(bravo):
        CloudAccountFactory(linked=True, account_id="111122223333")
    account = in_progress(account_id="111122223333")

    with pytest.raises(CannotChangeAccountError, match="Another reseller"):
        flows.order_invitation(account, via=PLATFORM, by=None)

    assert not Invitation.objects.exists()


def test_an_account_that_another_reseller_invites_is_not_invited(bravo: Reseller) -> None:
    with tenant_context(bravo):
        InvitationFactory(pending=True, account__account_id="111122223333")

    with pytest.raises(CannotChangeAccountError, match="Another reseller"):
        flows.order_invitation(in_progress(account_id="111122223333"), via=PLATFORM, by=None)


@pytest.mark.parametrize("trait", ["unlinked", "discarded", "requested"])
def test_an_account_that_another_reseller_gave_up_is_free(bravo: Reseller, trait: str) -> None:
    with tenant_context(bravo):
        CloudAccountFactory(**{trait: True}, account_id="111122223333")

    flows.order_invitation(in_progress(account_id="111122223333"), via=PLATFORM, by=None)

    assert Invitation.objects.get().state == State.SENDING


def test_a_member_that_no_invitation_of_ours_brought_in_is_not_linked(aws: StandIn) -> None:
    """It may be the platform's own: a person finds out whose it is."""
    stranger = sent(aws)
    play(aws, "accept", account=stranger.account.account_id)
    turn(stranger)
    account_id = stranger.account.account_id
    CloudAccount.objects.update(status=Status.UNLINKED)
    play(aws, "pass-days", days="60")
    invitation = flows.order_invitation(in_progress(account_id=account_id), via=PLATFORM, by=None)

    turn(invitation)

    assert (invitation.state, invitation.trouble_code) == (State.FAILED, "AlreadyMember")
    assert invitation.account.status == Status.DRAFT


# ── Old × new ──────────────────────────

ORDERS: dict[str, Callable[[Invitation], object]] = {
    "cancel": lambda it: flows.order_cancel(it, by=None),
    "resend": lambda it: flows.order_resend(it, by=None),
    "look": flows.look_now,
}
TRAITS: dict[str, dict[str, bool]] = {
    State.SENDING: {},
    State.PENDING: {"pending": True},
    State.ACCEPTED: {"accepted": True},
    State.DECLINED: {"declined": True},
    State.CANCELLED: {"cancelled": True},
    State.EXPIRED: {"expired": True},
    State.FAILED: {"failed": True},
    State.UNKNOWN: {"unknown": True},
}
POSSIBLE = {
    (State.SENDING, "cancel"),
    (State.SENDING, "look"),
    (State.PENDING, "cancel"),
    (State.PENDING, "resend"),
    (State.PENDING, "look"),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("old", State)
def test_what_may_be_ordered_in_which_state(old: State, order: str) -> None:
    invitation = InvitationFactory(**TRAITS[old])
    before = Invitation.objects.filter(pk=invitation.pk).values().get()

    if (old, order) in POSSIBLE:
        ORDERS[order](invitation)
        return
    with pytest.raises(CannotChangeAccountError):
        ORDERS[order](invitation)

    assert Invitation.objects.filter(pk=invitation.pk).values().get() == before
    assert actions_about(invitation.account) == []


ENDS = {
    State.ACCEPTED: Status.LINKED,
    State.DECLINED: Status.DRAFT,
    State.CANCELLED: Status.DRAFT,
    State.EXPIRED: Status.DRAFT,
    State.UNKNOWN: Status.DRAFT,
}


@pytest.mark.parametrize("new", [State.PENDING, *ENDS])
@pytest.mark.parametrize("old", State)
def test_what_an_answer_makes_of_each_state(old: State, new: State) -> None:
    invitation = InvitationFactory(**TRAITS[old])
    ends_at = timezone.now() + leases.LEASE
    Invitation.objects.filter(pk=invitation.pk).update(lease_ends_at=ends_at)
    held = Invitation.objects.select_related("account").get()

    inviting.store(held, inviting.Answer(new, "h-12345678"))

    invitation.refresh_from_db()
    invitation.account.refresh_from_db()
    is_open = old in {State.SENDING, State.PENDING}
    assert invitation.state == (new if is_open else old)
    expected = ENDS.get(new, Status.IN_PROGRESS) if is_open else Status.IN_PROGRESS
    assert invitation.account.status == expected


# ── Troubles ──────────────────────────


class Refusing:
    """A cloud that answers everything with one trouble."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble

    def __getattr__(self, _name: str) -> Callable[..., object]:
        def refuse(*_asked: object) -> object:
            raise CloudError(self.trouble)

        return refuse


class Through(Clouds):
    """The clouds of a test."""

    def __init__(self, cloud: object) -> None:
        super().__init__()
        self.cloud = cloud

    def of(self, _errand: object) -> Cloud:
        return self.cloud  # type: ignore[return-value]


@pytest.mark.parametrize("code", sorted(TABLE))
def test_every_error_of_the_provider_is_kept_as_a_sentence_with_a_next_step(code: str) -> None:
    invitation = InvitationFactory()
    trouble = explain(code, "11-22")

    inviting.run(invitation.pk, Through(Refusing(trouble)))

    invitation.refresh_from_db()
    invitation.account.refresh_from_db()
    assert (invitation.trouble_code, invitation.trouble_request_id) == (code, "11-22")
    if trouble.kind is Kind.PERSON:
        assert invitation.state == State.FAILED
        assert invitation.account.status == Status.DRAFT
        words = f"{trouble.sentence} {trouble.next_step}"
        assert invitation.account.status_reason == words[:500]
    else:
        assert invitation.state == State.SENDING
        assert invitation.account.status == Status.IN_PROGRESS
        assert invitation.due_at is not None
        assert invitation.due_at > timezone.now()


@pytest.mark.parametrize("code", ["AccessDeniedException", "ServiceException", "Client.Timeout"])
def test_trouble_with_a_sent_invitation_ends_nothing(code: str) -> None:
    invitation = InvitationFactory(pending=True)

    for _again in range(3):
        make_due(invitation)
        inviting.run(invitation.pk, Through(Refusing(explain(code))))

    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts) == (State.PENDING, 3)
    assert actions_about(invitation.account) == ["invitation.troubled"]


def test_a_connection_that_was_changed_is_waited_for(aws: StandIn) -> None:
    """What was begun through one management account ends there."""
    invitation = sent(aws)
    connect_platform("999988887777")

    trouble = turn(invitation)

    assert trouble is not None
    assert trouble.code == "ConnectionNotUsable"
    assert invitation.state == State.PENDING
    connect_platform()
    play(aws, "accept", account=invitation.account.account_id)
    turn(invitation)
    assert (invitation.state, invitation.trouble_code) == (State.ACCEPTED, "")


# ── Pace ──────────────────────────

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("age", "pause"),
    [(0, 60), (5 * 60, 60), (3600, 360), (24 * 3600, 3600), (14 * 24 * 3600, 3600)],
)
def test_the_older_an_invitation_the_slower_it_is_polled(age: int, pause: int) -> None:
    invitation = Invitation(answered_at=NOW - dt.timedelta(seconds=age))

    assert pacing.after_answer(invitation, NOW) == NOW + dt.timedelta(seconds=pause)


def test_an_invitation_is_polled_as_soon_as_it_has_run_out() -> None:
    ends_at = NOW + dt.timedelta(minutes=7)
    invitation = Invitation(answered_at=NOW - dt.timedelta(days=15), expires_at=ends_at)

    assert pacing.after_answer(invitation, NOW) == ends_at + dt.timedelta(seconds=30)


@pytest.mark.parametrize(
    ("attempts", "retry_after", "pause"),
    [(1, 0, 60), (2, 0, 120), (4, 0, 480), (30, 0, 3600), (1, 900, 900), (30, 86_400, 86_400)],
)
def test_after_trouble_the_pause_doubles_and_the_providers_word_counts(
    attempts: int, retry_after: int, pause: int
) -> None:
    wanted = dt.timedelta(seconds=retry_after)
    trouble = Trouble("Throttling", Kind.LATER, "", "", retry_after=wanted)

    due = pacing.after_trouble(trouble, attempts, NOW)

    assert due == NOW + dt.timedelta(seconds=pause)


# ── Rounds ──────────────────────────


def test_a_round_asks_through_one_cloud(aws: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def make(name: str, address: Connection) -> Cloud:
        made.append(address)
        return registry.cloud(name, address)

    monkeypatch.setattr(clouds, "registry", SimpleNamespace(cloud=make, provider=registry.provider))
    several = [InvitationFactory(management_account_id=MANAGEMENT) for _each in range(3)]

    tasks.run_errands(errands=[["invitation", str(each.pk)] for each in several])

    assert len(made) == 1
    assert Invitation.objects.filter(state=State.PENDING).count() == 3


def test_a_round_ends_when_the_provider_asks_to_slow_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[uuid.UUID] = []

    def slow_down(errand_id: uuid.UUID, _clouds: Clouds) -> Trouble:
        asked.append(errand_id)
        return explain("TooManyRequestsException")

    monkeypatch.setitem(tasks._RUN, "invitation", slow_down)

    tasks.run_errands(errands=[["invitation", str(uuid.uuid4())] for _each in range(3)])

    assert len(asked) == 1


def test_the_sweep_finds_what_is_due_and_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    due = InvitationFactory(due_at=now - dt.timedelta(minutes=1))
    InvitationFactory(due_at=now)  # announced a moment ago
    InvitationFactory(due_at=now + dt.timedelta(minutes=1))
    InvitationFactory(due_at=now - dt.timedelta(hours=1), lease_ends_at=now + leases.LEASE)
    InvitationFactory(accepted=True)
    left = InvitationFactory(
        due_at=now - dt.timedelta(hours=1), lease_ends_at=now - dt.timedelta(minutes=1)
    )
    woken: list[list[str]] = []
    monkeypatch.setattr(tasks.run_errands, "delay", lambda *, errands: woken.extend(errands))

    tasks.wake_overdue()

    assert {each for _kind, each in woken} == {str(due.pk), str(left.pk)}


def test_a_claimed_errand_is_claimed_by_nobody_else() -> None:
    invitation = InvitationFactory()

    first = leases.claim(Invitation, invitation.pk)
    second = leases.claim(Invitation, invitation.pk)

    assert first is not None
    assert second is None


def test_the_lease_outlasts_the_task_that_asks() -> None:
    assert leases.LEASE.total_seconds() > tasks.SECONDS_TO_STOP > tasks.SECONDS_TO_ASK


def test_whoever_lost_the_lease_stores_nothing(aws: StandIn) -> None:
    invitation = InvitationFactory()
    slow = leases.claim(Invitation, invitation.pk)
    assert slow is not None
    turn(invitation)  # the lease has ended, and another worker asks

    inviting.store(slow, inviting.Answer(State.DECLINED, "h-00000000"))
    inviting.store_trouble(slow, explain("AccountOwnerNotVerifiedException"))

    invitation.refresh_from_db()
    assert invitation.state != State.DECLINED
    assert invitation.provider_reference != "h-00000000"


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_provider_is_asked(alpha: Reseller) -> None:
    connect_platform()
    invitation = InvitationFactory()
    seen: list[bool] = []

    class Watching:
        def invite(self, _order: object) -> object:
            seen.append(connection.in_atomic_block)
            raise CloudError(explain("Client.Timeout"))

    inviting.run(invitation.pk, Through(Watching()))

    assert seen == [False]
