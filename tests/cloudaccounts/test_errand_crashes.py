"""Workers that die between any two steps, and people who act at once: never two invitations, never
two accounts.
"""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from audit import trail
from cloudaccounts import hooks
from cloudaccounts.errands import creating, inviting, leases, telling
from cloudaccounts.errands.clouds import Clouds
from cloudaccounts.flows import creations, invitations, statuses
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Creation, Errand, Holding, Invitation
from cloudaccounts.providers.aws.cloud import AwsCloud
from cloudaccounts.standing import Status
from demo.aws.server import StandIn
from resellers.models import Reseller
from tests.cloudaccounts.errands import (
    WorkerKilledError,
    connect_platform,
    make_due,
    play,
    turn,
)
from tests.factories.cloudaccounts import CloudAccountFactory
from tests.races import overlap

PLATFORM = Errand.Via.PLATFORM
# Every step of a worker's turn, in order.
BEFORE_ASKING = [(Clouds, "of")]
STORING = [
    (statuses, "lock"),
    (leases, "held"),
    (telling, "tell"),
    (trail, "record"),
    (hooks, "tell"),
]
SETTLING = [(statuses, "change"), (statuses, "_keep_holdings")]


def names(steps: list[tuple[object, str]]) -> list[str]:
    return [f"{getattr(where, '__name__', where)}.{name}" for where, name in steps]


def die(*_args: object, **_kwargs: object) -> None:
    raise WorkerKilledError


def killed_turn(
    errand: Errand, patch: pytest.MonkeyPatch, step: tuple[object, str], *, after: bool = False
) -> None:
    """A worker that is killed when it comes to this step, or right after it."""
    where, name = step
    original = getattr(where, name)

    def finish_and_die(*args: object, **kwargs: object) -> None:
        original(*args, **kwargs)
        raise WorkerKilledError

    make_due(errand)
    run = inviting.run if isinstance(errand, Invitation) else creating.run
    with patch.context() as patched:
        patched.setattr(where, name, finish_and_die if after else die)
        with pytest.raises(WorkerKilledError):
            run(errand.pk, Clouds())


@pytest.fixture
def platform(alpha: Reseller) -> None:
    connect_platform()


def ordered_invitation() -> Invitation:
    account = CloudAccountFactory(in_progress=True)
    return invitations.order_invitation(account, via=PLATFORM, by=None)


def ordered_creation() -> Creation:
    account = CloudAccountFactory(in_progress=True, created=True)
    return creations.order_creation(account, via=PLATFORM, by=None)


@pytest.mark.usefixtures("platform")
class TestAWorkerThatDies:
    """The next one finds what the first one did."""

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize(
        "step",
        [*BEFORE_ASKING, (AwsCloud, "invite"), *STORING],
        ids=names([*BEFORE_ASKING, (AwsCloud, "invite"), *STORING]),
    )
    def test_an_invitation_is_sent_once(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        invitation = ordered_invitation()
        for _again in range(3):
            killed_turn(invitation, monkeypatch, step, after=after)

        turn(invitation)

        assert len(aws.world.handshakes) == 1
        assert invitation.state == Invitation.State.PENDING
        assert invitation.provider_reference in aws.world.handshakes

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize(
        "step",
        [*BEFORE_ASKING, (AwsCloud, "poll_invitation"), *STORING, *SETTLING],
        ids=names([*BEFORE_ASKING, (AwsCloud, "poll_invitation"), *STORING, *SETTLING]),
    )
    def test_an_accepted_invitation_links_once(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        play(aws, "accept", account=invitation.account.account_id)
        for _again in range(2):
            killed_turn(invitation, monkeypatch, step, after=after)

        turn(invitation)

        assert invitation.state == Invitation.State.ACCEPTED
        assert invitation.account.status == Status.LINKED
        assert Holding.objects.count() == 1

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize(
        "step",
        [*BEFORE_ASKING, (AwsCloud, "cancel_invitation"), *STORING, (statuses, "change")],
        ids=names(
            [*BEFORE_ASKING, (AwsCloud, "cancel_invitation"), *STORING, (statuses, "change")]
        ),
    )
    def test_a_withdrawal_is_not_lost(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        invitations.order_cancel(invitation, by=None)
        killed_turn(invitation, monkeypatch, step, after=after)

        turn(invitation)

        assert invitation.state == Invitation.State.CANCELLED
        assert [each.state for each in aws.world.handshakes.values()] == ["CANCELED"]
        assert invitation.account.status == Status.DRAFT

    def test_what_was_sent_by_a_dead_worker_is_withdrawn_all_the_same(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invitation = ordered_invitation()
        killed_turn(invitation, monkeypatch, (AwsCloud, "invite"), after=True)
        assert len(aws.world.handshakes) == 1
        invitations.order_cancel(invitation, by=None)

        turn(invitation)

        assert [each.state for each in aws.world.handshakes.values()] == ["CANCELED"]
        assert invitation.state == Invitation.State.CANCELLED

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("step", [(AwsCloud, "cancel_invitation"), *STORING])
    def test_a_resend_sends_one_more_and_no_two(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        invitations.order_resend(invitation, by=None)
        killed_turn(invitation, monkeypatch, step, after=after)
        turn(invitation)
        second = Invitation.objects.open().get()
        killed_turn(second, monkeypatch, (AwsCloud, "invite"), after=True)

        turn(second)

        states = sorted(each.state for each in aws.world.handshakes.values())
        assert states == ["CANCELED", "REQUESTED"]

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize(
        "step",
        [*BEFORE_ASKING, (AwsCloud, "create_account"), *STORING],
        ids=names([*BEFORE_ASKING, (AwsCloud, "create_account"), *STORING]),
    )
    def test_an_account_is_made_once(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        aws.world.seconds_to_create = 0
        creation = ordered_creation()
        for _again in range(3):
            killed_turn(creation, monkeypatch, step, after=after)

        turn(creation)
        turn(creation)

        made = [each for each in aws.world.creations.values() if each.state == "SUCCEEDED"]
        assert len(aws.world.creations) == len(made) == 1
        assert creation.state == Creation.State.SUCCEEDED
        assert creation.account.account_id == made[0].account_id
        assert creation.account.status == Status.LINKED
        assert Holding.objects.count() == 1

    def test_an_account_that_is_still_being_made_is_not_ordered_again(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        creation = ordered_creation()
        killed_turn(creation, monkeypatch, (AwsCloud, "create_account"), after=True)

        turn(creation)

        assert len(aws.world.creations) == 1
        assert creation.state == Creation.State.ASKING
        assert creation.trouble_code == "CreateAccount/SAME_NAME_IN_PROGRESS"
        play(aws, "pass-days", days="1")
        turn(creation)
        assert creation.state == Creation.State.SUCCEEDED

    @pytest.mark.parametrize("after", [False, True])
    @pytest.mark.parametrize("step", [(AwsCloud, "poll_creation"), *STORING, *SETTLING])
    def test_a_made_account_is_linked_once(
        self, aws: StandIn, monkeypatch: pytest.MonkeyPatch, step: tuple[object, str], after: bool
    ) -> None:
        creation = ordered_creation()
        turn(creation)
        play(aws, "pass-days", days="1")
        killed_turn(creation, monkeypatch, step, after=after)

        turn(creation)

        assert creation.account.status == Status.LINKED
        assert CloudAccount.objects.exclude(account_id="").count() == 1
        assert Holding.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("platform")
class TestTwoAtOnce:
    """The second acts while the transaction of the first is open."""

    def test_two_operators_order_one_invitation(self, alpha: Reseller) -> None:
        account = CloudAccountFactory(in_progress=True)
        order = partial(invitations.order_invitation, account, via=PLATFORM, by=None)

        first, second = overlap(alpha, order, order)

        assert first.error is None
        assert isinstance(second.error, CannotChangeAccountError)
        assert Invitation.objects.count() == 1

    def test_two_operators_order_one_account(self, alpha: Reseller) -> None:
        account = CloudAccountFactory(in_progress=True, created=True)
        order = partial(creations.order_creation, account, via=PLATFORM, by=None)

        first, second = overlap(alpha, order, order)

        assert first.error is None
        assert isinstance(second.error, CannotChangeAccountError)
        assert Creation.objects.count() == 1

    def test_two_resends_are_one(self, alpha: Reseller, aws: StandIn) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        order = partial(invitations.order_resend, invitation, by=None)

        first, second = overlap(alpha, order, order)

        assert first.error is None
        assert isinstance(second.error, CannotChangeAccountError)

    def test_a_withdrawal_waits_for_the_acceptance_that_is_being_stored(
        self, alpha: Reseller, aws: StandIn
    ) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        held = self.claimed(invitation)
        answer = inviting.Answer(Invitation.State.ACCEPTED, invitation.provider_reference)

        stored, cancelled = overlap(
            alpha,
            lambda: inviting.store(held, answer),
            lambda: invitations.order_cancel(invitation, by=None),
        )

        assert stored.error is None
        assert isinstance(cancelled.error, CannotChangeAccountError)
        invitation.refresh_from_db()
        assert (invitation.state, invitation.is_to_be_cancelled) == ("accepted", False)

    def test_an_acceptance_that_comes_in_after_a_withdrawal_was_ordered_counts(
        self, alpha: Reseller, aws: StandIn
    ) -> None:
        invitation = ordered_invitation()
        turn(invitation)
        held = self.claimed(invitation)
        answer = inviting.Answer(Invitation.State.ACCEPTED, invitation.provider_reference)

        cancelled, stored = overlap(
            alpha,
            lambda: invitations.order_cancel(invitation, by=None),
            lambda: inviting.store(held, answer),
        )

        assert (cancelled.error, stored.error) == (None, None)
        invitation.refresh_from_db()
        assert invitation.state == "accepted"
        assert CloudAccount.objects.get().status == Status.LINKED

    def test_two_workers_ask_once(self, alpha: Reseller, aws: StandIn) -> None:
        invitation = ordered_invitation()
        connection.close()
        run = partial(inviting.run, invitation.pk, Clouds())

        first, second = overlap(alpha, run, run)

        assert (first.error, second.error) == (None, None)
        assert aws.world.calls.count("InviteAccountToOrganization") == 1

    @staticmethod
    def claimed(invitation: Invitation) -> Invitation:
        make_due(invitation)
        held = leases.claim(Invitation, invitation.pk)
        assert held is not None
        return held


def test_the_steps_are_those_of_a_turn(
    platform: None, aws: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that a worker does not come to would prove nothing."""
    seen: list[str] = []

    def watch(where: object, name: str) -> Callable[..., object]:
        original: Callable[..., object] = getattr(where, name)

        def noted(*args: object, **kwargs: object) -> object:
            seen.append(name)
            return original(*args, **kwargs)

        return noted

    invitation = ordered_invitation()
    for where, name in [*BEFORE_ASKING, (AwsCloud, "invite"), *STORING]:
        monkeypatch.setattr(where, name, watch(where, name))

    turn(invitation)

    assert seen == ["of", "invite", "lock", "held", "tell", "record", "tell"]
