"""Checks of customers' roles: ordered, asked by a task, kept, and looked at again every week."""

import datetime as dt
import logging
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from cloudaccounts import checking
from cloudaccounts.access_words import access_words
from cloudaccounts.flows import access, roles
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount
from cloudaccounts.providers.aws import cloud as aws_cloud
from cloudaccounts.providers.aws.advice import explain
from cloudaccounts.providers.results import AccessCheck, AccessOutcome, Grant
from cloudaccounts.tasks import access as tasks
from demo.aws import sts
from demo.aws.server import StandIn
from demo.aws.world import MANAGEMENT
from notifications.models import OutgoingMail
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.cloudaccounts import CloudAccountFactory

OK = AccessCheck(AccessOutcome.OK)
REFUSED = AccessCheck(AccessOutcome.REFUSED, explain("AccessDenied/CUSTOMER_ROLE", "request-1"))
OPEN = AccessCheck(AccessOutcome.OPEN_TO_OTHERS)
SLOWER = AccessCheck(AccessOutcome.UNKNOWN, explain("Throttling", "request-2"))
NO_CREDENTIALS = AccessCheck(AccessOutcome.UNKNOWN, explain("Client.NoCredentials"))
FORBIDDEN = AccessCheck(AccessOutcome.UNKNOWN, explain("AccessDenied", "request-3"))
LONG_AGO = dt.timedelta(days=8)


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(role=StaffRole.SUPPORT, user__full_name="Dana").user
    return user


@pytest.fixture(autouse=True)
def approver(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(role=StaffRole.OWNER).user
    return user


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[AccessCheck]:
    """What AWS is going to say, one after the other; the last one again and again."""
    told: list[AccessCheck] = [OK]
    asked: list[Grant] = []

    def check(_cloud: object, grant: Grant) -> AccessCheck:
        asked.append(grant)
        return told.pop(0) if len(told) > 1 else told[0]

    monkeypatch.setattr(aws_cloud.AwsCloud, "check_access", check)
    return told


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The messages to workers."""
    messages: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.check_access, "delay", lambda **told: messages.append(told))
    return messages


def due(**traits: Any) -> CloudAccount:
    """A linked account whose role worked when it was looked at more than a week ago."""
    told = {"access_checked_at": timezone.now() - LONG_AGO, **traits}
    account: CloudAccount = CloudAccountFactory(linked=True, checked=True, **told)
    return account


def seen_at(account: CloudAccount) -> dt.datetime:
    """When the role was looked at."""
    account.refresh_from_db()
    assert account.access_checked_at is not None
    return account.access_checked_at


def state(account: CloudAccount) -> tuple[str, str, str]:
    account.refresh_from_db()
    return account.access_state, account.access_outcome, account.access_trouble_code


class TestOrder:
    def test_a_worker_is_told_once_the_order_is_stored(
        self, dana: User, woken: list[dict[str, str]], django_capture_on_commit_callbacks: Any
    ) -> None:
        account = CloudAccountFactory(with_role=True)

        with django_capture_on_commit_callbacks(execute=False) as callbacks:
            access.order_check(account, by=dana)

        assert state(account)[0] == "checking"
        assert account.access_check_began_at is not None
        assert not woken
        for callback in callbacks:
            callback()
        assert woken == [{"account_id": str(account.pk), "ordered_by": str(dana.pk)}]

    def test_nothing_more_is_ordered_while_a_worker_is_at_it(
        self, dana: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        account = CloudAccountFactory(checking=True)
        began = account.access_check_began_at

        with django_capture_on_commit_callbacks() as callbacks:
            access.order_check(account, by=dana)

        account.refresh_from_db()
        assert (account.access_check_began_at, callbacks) == (began, [])

    def test_a_check_that_hangs_may_be_ordered_again(
        self, dana: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        began = timezone.now() - checking.HANGS - dt.timedelta(seconds=1)
        account = CloudAccountFactory(checking=True, access_check_began_at=began)

        with django_capture_on_commit_callbacks() as callbacks:
            access.order_check(account, by=dana)

        account.refresh_from_db()
        assert account.access_check_began_at > began
        assert len(callbacks) == 1

    @pytest.mark.parametrize(
        "traits",
        [
            {},
            {"unlinked": True, "with_role": True},
            {"customer__archived": True, "with_role": True},
        ],
    )
    def test_some_cannot_be_checked(self, dana: User, traits: dict[str, bool]) -> None:
        account = CloudAccountFactory(**traits)

        with pytest.raises(CannotChangeAccountError):
            access.order_check(account, by=dana)

        assert state(account)[0] == "not_checked"

    def test_a_broker_that_is_away_loses_nothing(
        self, dana: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def refuse(**_told: str) -> None:
            raise OperationalError

        monkeypatch.setattr(tasks.check_access, "delay", refuse)
        account = CloudAccountFactory(with_role=True)

        with django_capture_on_commit_callbacks(execute=True):
            access.order_check(account, by=dana)

        assert state(account)[0] == "checking"


class TestTask:
    @pytest.mark.parametrize(
        ("answer", "wanted"),
        [
            (OK, ("ok", "ok", "")),
            (REFUSED, ("failed", "refused", "AccessDenied/CUSTOMER_ROLE")),
            (OPEN, ("failed", "open_to_others", "")),
            (SLOWER, ("failed", "", "Throttling")),
            (NO_CREDENTIALS, ("failed", "", "Client.NoCredentials")),
        ],
    )
    def test_what_aws_said_is_kept_and_told(
        self,
        dana: User,
        answers: list[AccessCheck],
        answer: AccessCheck,
        wanted: tuple[str, str, str],
    ) -> None:
        answers[:] = [answer]
        account = CloudAccountFactory(checking=True)

        tasks.check_access(account_id=str(account.pk), ordered_by=str(dana.pk))

        assert state(account) == wanted
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_id) == ("account.role_checked", dana.pk)
        words = access_words(account)
        assert str(words.sentence) == entry.note
        assert bool(words.next_step) is (answer is not OK)

    def test_an_answer_tells_when_the_role_was_seen(
        self, dana: User, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [SLOWER, OK]
        account = CloudAccountFactory(checking=True)

        tasks.check_access(account_id=str(account.pk))
        account.refresh_from_db()
        assert account.access_checked_at is None

        access.order_check(account, by=dana)
        tasks.check_access(account_id=str(account.pk))
        account.refresh_from_db()
        assert account.access_checked_at is not None

    def test_what_nobody_waits_for_is_not_asked(self, answers: list[AccessCheck]) -> None:
        account = CloudAccountFactory(with_role=True)

        tasks.check_access(account_id=str(account.pk))

        assert state(account) == ("not_checked", "", "")

    def test_an_account_that_is_gone_is_no_trouble(self, alpha: Reseller) -> None:
        tasks.check_access(account_id="00000000-0000-4000-8000-000000000000")

    def test_an_answer_about_another_role_is_void(self, dana: User) -> None:
        account = CloudAccountFactory(checking=True)
        asked = CloudAccount.objects.get(pk=account.pk)
        roles.set_role(account, f"{account.role_arn}2", version=1, by=dana)

        assert checking.store(asked, OK, by=dana) is False

        assert state(account) == ("not_checked", "", "")

    def test_an_answer_to_an_order_before_the_last_one_is_void(self, dana: User) -> None:
        account = CloudAccountFactory(checking=True)
        asked = CloudAccount.objects.get(pk=account.pk)
        later = timezone.now() + dt.timedelta(minutes=6)
        CloudAccount.objects.filter(pk=account.pk).update(access_check_began_at=later)

        assert checking.store(asked, OK, by=dana) is False

        assert state(account)[0] == "checking"

    def test_a_real_role_is_checked_from_end_to_end(
        self, dana: User, aws: StandIn, settings: Any
    ) -> None:
        settings.AWS_PRINCIPAL = f"arn:aws:iam::{MANAGEMENT}:root"
        account = CloudAccountFactory(checking=True)
        name = account.role_arn.rpartition("/")[2]
        trust = sts.usual_trust(account.external_id)
        sts.create_role(aws.world, account.account_id, name, trust)

        tasks.check_access(account_id=str(account.pk))

        assert state(account) == ("ok", "ok", "")

    def test_another_customers_external_id_opens_nothing(self, aws: StandIn, settings: Any) -> None:
        settings.AWS_PRINCIPAL = f"arn:aws:iam::{MANAGEMENT}:root"
        victim = CloudAccountFactory(with_role=True)
        name = victim.role_arn.rpartition("/")[2]
        sts.create_role(aws.world, victim.account_id, name, sts.usual_trust(victim.external_id))
        # Somebody at another reseller, or after it was freed here, types the victim's id and role.
        CloudAccount.objects.filter(pk=victim.pk).update(status="discarded")
        attacker = CloudAccountFactory(
            account_id=victim.account_id, role_arn=victim.role_arn, checking=True
        )

        tasks.check_access(account_id=str(attacker.pk))

        assert state(attacker)[:2] == ("failed", "refused")

    def test_nothing_that_opens_an_account_is_logged(
        self, aws: StandIn, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.AWS_PRINCIPAL = f"arn:aws:iam::{MANAGEMENT}:root"
        account = CloudAccountFactory(checking=True)

        with caplog.at_level(logging.DEBUG, logger="cloudaccounts"):
            tasks.check_access(account_id=str(account.pk))

        assert caplog.records
        told = "".join(f"{each.getMessage()}{each.__dict__}" for each in caplog.records)
        assert account.external_id not in told


class TestBroken:
    def test_a_role_that_worked_and_does_not_any_more_is_flagged_and_mailed_once(
        self, answers: list[AccessCheck], approver: User
    ) -> None:
        answers[:] = [REFUSED]
        account = due()

        checking.recheck()
        account.refresh_from_db()
        since = account.access_broken_since
        assert since is not None
        assert account.access_state == "failed"
        CloudAccount.objects.update(access_checked_at=timezone.now() - LONG_AGO)
        checking.recheck()

        account.refresh_from_db()
        assert account.access_broken_since == since
        assert AuditEntry.objects.get().action == "account.role_broke"
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("role_broken", approver.email)
        assert str(REFUSED.outcome.sentence) in mail.text_body
        assert account.external_id not in mail.text_body + mail.html_body

    def test_a_role_that_breaks_a_second_time_is_mailed_again(
        self, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [REFUSED, OK, OPEN]
        account = due()
        for moment in range(3):
            CloudAccount.objects.update(access_checked_at=timezone.now() - LONG_AGO)
            checking.recheck()
            # Mails are told apart by the second in which the role broke.
            if moment == 0:
                earlier = timezone.now() - dt.timedelta(minutes=1)
                CloudAccount.objects.update(access_broken_since=earlier)
                OutgoingMail.objects.update(unique_key="the first time")

        account.refresh_from_db()
        assert account.access_broken_since is not None
        assert OutgoingMail.objects.count() == 2
        assert [each.action for each in AuditEntry.objects.order_by("at")] == [
            "account.role_broke",
            "account.role_works_again",
            "account.role_broke",
        ]

    @pytest.mark.parametrize("answer", [SLOWER, NO_CREDENTIALS, FORBIDDEN])
    def test_trouble_that_is_not_the_roles_breaks_nothing(
        self, answers: list[AccessCheck], answer: AccessCheck
    ) -> None:
        answers[:] = [answer]
        account = due()
        seen = account.access_checked_at

        checking.recheck()

        assert state(account) == ("ok", "ok", "")
        assert (account.access_broken_since, account.access_checked_at) == (None, seen)
        assert not AuditEntry.objects.exists()
        assert not OutgoingMail.objects.exists()

    def test_an_order_that_aws_could_not_answer_does_not_hide_that_the_role_worked(
        self, dana: User, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [SLOWER, REFUSED]
        account = due()
        for _moment in range(2):
            access.order_check(account, by=dana)
            tasks.check_access(account_id=str(account.pk), ordered_by=str(dana.pk))

        account.refresh_from_db()
        assert account.access_broken_since is not None
        assert OutgoingMail.objects.count() == 1

    def test_a_role_that_never_worked_is_not_broken(self, answers: list[AccessCheck]) -> None:
        answers[:] = [OPEN]
        account = CloudAccountFactory(linked=True, refused=True, access_checked_at=None)

        checking.recheck()

        assert state(account) == ("failed", "open_to_others", "")
        assert account.access_broken_since is None

    def test_an_account_that_is_not_billed_through_us_is_not_broken(
        self, dana: User, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [REFUSED]
        account = CloudAccountFactory(checked=True)
        access.order_check(account, by=dana)

        tasks.check_access(account_id=str(account.pk))

        account.refresh_from_db()
        assert (account.access_state, account.access_broken_since) == ("failed", None)

    def test_the_weekly_look_tells_only_what_changed(self, answers: list[AccessCheck]) -> None:
        account = due()

        checking.recheck()

        assert seen_at(account) > timezone.now() - dt.timedelta(minutes=1)
        assert not AuditEntry.objects.exists()


class TestRounds:
    def test_a_round_takes_a_few_and_those_first_that_waited_longest(
        self, answers: list[AccessCheck]
    ) -> None:
        now = timezone.now()
        later, first = (
            due(access_checked_at=now - LONG_AGO - each) for each in (dt.timedelta(0), LONG_AGO)
        )
        fresh = CloudAccountFactory(linked=True, checked=True)
        seen = fresh.access_checked_at
        suspended = CloudAccountFactory(suspended=True, checked=True, access_checked_at=None)

        assert checking.recheck(limit=1) == 1
        assert seen_at(first) > now
        assert checking.recheck() == 1
        assert checking.recheck() == 0

        assert seen_at(later) > now
        for account, before in ((fresh, seen), (suspended, None)):
            account.refresh_from_db()
            assert account.access_checked_at == before

    def test_a_round_ends_when_aws_asks_to_slow_down_twice(
        self, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [SLOWER]
        for _each in range(4):
            due()

        assert checking.recheck() == 2

    def test_one_that_is_slow_does_not_keep_the_others_waiting(
        self, answers: list[AccessCheck]
    ) -> None:
        answers[:] = [SLOWER, OK, SLOWER, OK]
        for _each in range(4):
            due()

        assert checking.recheck() == 4
        assert checking.recheck() == 0  # what was slow rests for a while
        CloudAccount.objects.update(access_check_began_at=timezone.now() - checking.PAUSE * 2)
        assert checking.recheck() == 2

    def test_a_round_ends_at_once_where_the_fault_is_ours(self, answers: list[AccessCheck]) -> None:
        answers[:] = [NO_CREDENTIALS]
        for _each in range(3):
            due()

        assert checking.recheck() == 1

    def test_beat_gives_each_reseller_its_turn(
        self, alpha: Reseller, bravo: Reseller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        woken: list[None] = []
        monkeypatch.setattr(tasks.recheck_some_roles, "delay", partial(woken.append, None))

        tasks.recheck_roles()

        assert len(woken) >= 2


class TestLost:
    def test_a_check_that_nobody_began_is_announced_again(
        self, alpha: Reseller, woken: list[dict[str, str]]
    ) -> None:
        began = timezone.now() - checking.GRACE - dt.timedelta(seconds=1)
        lost = CloudAccountFactory(checking=True, access_check_began_at=began)
        CloudAccountFactory(checking=True)

        tasks.find_lost()

        assert woken == [{"account_id": str(lost.pk), "ordered_by": ""}]
        assert state(lost)[0] == "checking"

    def test_a_check_that_hangs_has_failed(
        self, alpha: Reseller, woken: list[dict[str, str]]
    ) -> None:
        began = timezone.now() - checking.HANGS - dt.timedelta(seconds=1)
        account = CloudAccountFactory(checking=True, access_check_began_at=began)

        tasks.find_lost()

        assert state(account) == ("failed", "", "Portal.CheckLost")
        assert str(access_words(account).next_step) == "Check again."
        assert not woken

    def test_the_sweep_looks_at_every_reseller(self, alpha: Reseller) -> None:
        began = timezone.now() - checking.HANGS - dt.timedelta(seconds=1)
        account = CloudAccountFactory(checking=True, access_check_began_at=began)

        tasks.sweep_checks()

        assert state(account)[0] == "failed"
