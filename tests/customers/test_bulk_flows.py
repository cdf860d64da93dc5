"""The same thing done to many customers: each as if alone, under hard conditions, too."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from audit import sentences
from audit.models import AuditEntry
from customers import bulk_plans, tags
from customers.flows import bulk as flows
from customers.flows import customers as customer_flows
from customers.flows import lifecycle, merging, tagging
from customers.flows.bulk import CannotStartBulkRunError, Order, SelectionChangedError
from customers.flows.customers import CannotSaveCustomerError, CustomerDetails
from customers.flows.lifecycle import CannotChangeCustomerStatusError
from customers.models import BulkRow, BulkRun, Customer
from customers.tags import Tags
from jobs import running
from jobs.models import Job
from resellers.models import Reseller
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.races import overlap

ACTIONS = BulkRun.Action


@pytest.fixture
def dana(alpha: Reseller) -> User:
    user: User = StaffMemberFactory(user__full_name="Dana").user
    return user


def begin(
    action: str, customers: Any = None, *, by: User, key: UUID | None = None, **told: Any
) -> BulkRun:
    chosen = Customer.objects.all() if customers is None else customers
    plan = bulk_plans.plan_of(chosen, action).mark
    return flows.start(Order(action, plan, **told), chosen, by=by, key=key or uuid4())


def fates(run: BulkRun) -> dict[str, tuple[str, str]]:
    rows = run.rows.select_related("customer")
    return {row.customer.organization_name: (row.outcome, row.reason) for row in rows}


@pytest.fixture
def for_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done at once; chunks are small."""
    monkeypatch.setattr(flows, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(flows, "CHUNK", 4)


def work(run: BulkRun) -> BulkRun:
    """Let a worker do it."""
    assert run.job_id
    running.run(run.job_id)
    return BulkRun.objects.select_related("job").get(pk=run.pk)


class TestEachAction:
    def test_tags_are_added_to_those_that_are_there(self, dana: User) -> None:
        CustomerFactory(organization_name="None")
        CustomerFactory(organization_name="Some", tags=["b", "z"])
        CustomerFactory(organization_name="Both", tags=["a", "b"])
        CustomerFactory(organization_name="Full", tags=[f"t{n}" for n in range(tags.MOST)])
        CustomerFactory(organization_name="Off", status="suspended")
        CustomerFactory(organization_name="Gone", status="archived", archived_from="active")

        run = begin(ACTIONS.ADD_TAGS, by=dana, tags=Tags(["a", "b"]))

        assert fates(run) == {
            "None": ("done", ""),
            "Some": ("done", ""),
            "Both": ("skipped", "has_them"),
            "Full": ("skipped", "too_many_tags"),
            "Off": ("done", ""),
            "Gone": ("skipped", "archived"),
        }
        assert run.counts == {"archived": 1, "done": 3, "has_them": 1, "too_many_tags": 1}
        assert (run.done, run.skipped, run.total) == (3, 3, 6)
        some = Customer.objects.get(organization_name="Some")
        assert (some.tags, some.version) == (["a", "b", "z"], 2)
        entry = AuditEntry.objects.get(subject_id=some.pk)
        assert (entry.action, entry.actor_id) == (customer_flows.EDITED, dana.pk)
        assert entry.changes == {"tags": ["b, z", "a, b, z"]}

    def test_tags_are_removed_and_others_stay(self, dana: User) -> None:
        CustomerFactory(organization_name="Has", tags=["a", "z"])
        CustomerFactory(organization_name="None", tags=["z"])

        run = begin(ACTIONS.REMOVE_TAGS, by=dana, tags=Tags(["a", "b"]))

        assert fates(run) == {"Has": ("done", ""), "None": ("skipped", "has_none")}
        assert Customer.objects.get(organization_name="Has").tags == ["z"]

    def test_suspended_ones_know_why_and_their_people_stay_out(self, dana: User) -> None:
        anna = MembershipFactory().user

        begin(ACTIONS.SUSPEND, by=dana, reason="Unpaid")

        customer = Customer.objects.get()
        assert (customer.status, customer.status_reason) == ("suspended", "Unpaid")
        assert anna.memberships.get().customer == customer

    def test_there_and_back_again(self, dana: User) -> None:
        CustomerFactory.create_batch(2)
        CustomerFactory(status="suspended")
        for action, found in (
            (ACTIONS.SUSPEND, {"suspended": 3}),
            (ACTIONS.REACTIVATE, {"active": 3}),
            (ACTIONS.ARCHIVE, {"archived": 3}),
            (ACTIONS.RESTORE, {"active": 3}),
        ):
            begin(action, by=dana)

            statuses = list(Customer.objects.values_list("status", flat=True))
            assert {status: statuses.count(status) for status in statuses} == found

    def test_each_tells_as_much_as_for_a_single_one(self, dana: User) -> None:
        """The same entry in the trail as from the customer's own page."""
        many, single = CustomerFactory(), CustomerFactory()
        begin(ACTIONS.ARCHIVE, Customer.objects.filter(pk=many.pk), by=dana, reason="Moved")
        lifecycle.archive(single, by=dana, reason="Moved")

        entries = [AuditEntry.objects.get(subject_id=each.pk) for each in (many, single)]
        first, second = (
            (each.action, each.actor_id, each.changes, each.note, each.subject_type)
            for each in entries
        )
        assert first == second

    def test_the_run_itself_is_in_the_trail(self, dana: User) -> None:
        CustomerFactory.create_batch(2)
        CustomerFactory(status="suspended")

        run = begin(ACTIONS.SUSPEND, by=dana)

        started, ended = AuditEntry.objects.filter(subject_id=run.pk).order_by("pk")
        assert (started.action, started.note) == (flows.STARTED, "3 customers")
        assert (ended.action, ended.note) == (flows.ENDED, "Done. 2 done, 1 skipped")
        assert sentences.sentence(started) == "Dana began with many customers: Suspend"


class TestWhatWasConfirmed:
    @pytest.mark.usefixtures("for_workers")
    def test_only_that_is_done(self, dana: User) -> None:
        """Who comes to match later is not among them; who ceases to match is."""
        CustomerFactory(organization_name="A", tags=["media"])
        b = CustomerFactory(organization_name="B", tags=["media"])
        run = begin(ACTIONS.SUSPEND, Customer.objects.with_tags(["media"]), by=dana)
        CustomerFactory(organization_name="Late", tags=["media"])
        Customer.objects.filter(pk=b.pk).update(tags=[])

        run = work(run)

        assert fates(run) == {"A": ("done", ""), "B": ("done", "")}
        assert Customer.objects.get(organization_name="Late").status == "active"

    @pytest.mark.usefixtures("for_workers")
    def test_what_changed_since_is_skipped_with_its_reason(self, dana: User) -> None:
        customers = {
            name: CustomerFactory(organization_name=name)
            for name in ("Off", "Gone", "Same", "Fine")
        }
        run = begin(ACTIONS.SUSPEND, by=dana)
        lifecycle.suspend(customers["Off"], by=dana)
        lifecycle.archive(customers["Gone"], by=dana)
        merging.merge(customers["Same"], customers["Fine"], by=dana)

        run = work(run)

        assert fates(run) == {
            "Off": ("skipped", "suspended"),
            "Gone": ("skipped", "archived"),
            "Same": ("skipped", "archived"),
            "Fine": ("done", ""),
        }

    @pytest.mark.usefixtures("for_workers")
    def test_who_was_to_be_skipped_is_never_done(self, dana: User) -> None:
        off = CustomerFactory(organization_name="Off", status="suspended")
        CustomerFactory(organization_name="Fine")
        run = begin(ACTIONS.SUSPEND, by=dana)
        lifecycle.reactivate(off, by=dana)

        run = work(run)

        assert fates(run)["Off"] == ("skipped", "suspended")
        off.refresh_from_db()
        assert off.status == "active"

    def test_another_plan_than_was_shown_leaves_nothing_behind(self, dana: User) -> None:
        CustomerFactory()
        order = Order(ACTIONS.SUSPEND, bulk_plans.plan_of(Customer.objects.all(), "suspend").mark)
        CustomerFactory()

        with pytest.raises(SelectionChangedError):
            flows.start(order, Customer.objects.all(), by=dana, key=uuid4())

        assert not BulkRun.objects.exists()
        assert not BulkRow.objects.exists()
        assert not Job.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_nothing_to_do_is_refused(self, dana: User) -> None:
        CustomerFactory(status="suspended")

        with pytest.raises(CannotStartBulkRunError, match="There is no customer"):
            begin(ACTIONS.SUSPEND, by=dana)
        with pytest.raises(CannotStartBulkRunError, match="There is no customer"):
            begin(ACTIONS.SUSPEND, Customer.objects.none(), by=dana)

    def test_too_many_are_refused(self, dana: User, monkeypatch: pytest.MonkeyPatch) -> None:
        CustomerFactory.create_batch(3)
        monkeypatch.setattr(bulk_plans, "MOST", 2)

        with pytest.raises(CannotStartBulkRunError, match="Select at most 2 customers"):
            begin(ACTIONS.SUSPEND, by=dana)

    def test_two_hundred_are_done_at_once_and_one_more_by_a_worker(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory.create_batch(3)
        monkeypatch.setattr(flows, "MOST_AT_ONCE", 3)
        assert begin(ACTIONS.SUSPEND, by=dana).done == 3
        CustomerFactory.create_batch(4)

        run = begin(ACTIONS.SUSPEND, by=dana)  # the three are skipped: four remain

        assert (run.done, run.skipped) == (0, 3)
        assert work(run).done == 4


@pytest.mark.usefixtures("for_workers")
class TestAWorker:
    class KilledError(BaseException):
        """Nothing catches it, as nothing catches the end of a process."""

    def kill_at(self, monkeypatch: pytest.MonkeyPatch, number: int, run: BulkRun) -> None:
        """The worker is killed before it does the customer of this number."""
        do, seen = flows._do, 0

        def killing(run: BulkRun, customer: Customer, by: User) -> str:
            nonlocal seen
            seen += 1
            if seen == number:
                raise self.KilledError
            return do(run, customer, by)

        with monkeypatch.context() as patch:
            patch.setattr(flows, "_do", killing)
            with pytest.raises(self.KilledError):
                work(run)
        Job.objects.update(next_run_at=timezone.now())

    @pytest.mark.parametrize("number", [1, 4, 5, 7, 10])
    def test_that_is_killed_leaves_a_run_that_goes_on(
        self, dana: User, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        CustomerFactory.create_batch(10)
        CustomerFactory(status="suspended")
        run = begin(ACTIONS.SUSPEND, by=dana)
        self.kill_at(monkeypatch, number, run)
        assert Customer.objects.suspended().count() == 1 + (number - 1) // 4 * 4

        run = work(run)

        assert run.job
        assert (run.job.state, run.job.done, run.job.total) == (Job.State.DONE, 11, 11)
        assert run.counts == {"done": 10, "suspended": 1}
        told = AuditEntry.objects.filter(action=lifecycle.SUSPENDED).values_list("subject_id")
        assert len(told) == len({*told}) == 10

    def test_stops_when_it_is_cancelled_and_goes_on_when_it_is_wanted(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory.create_batch(10)
        run = begin(ACTIONS.SUSPEND, by=dana)
        do = flows._do

        def cancel_then_do(run: BulkRun, customer: Customer, by: User) -> str:
            Job.objects.update(cancel_requested_at=timezone.now())
            return do(run, customer, by)

        with monkeypatch.context() as patch:
            patch.setattr(flows, "_do", cancel_then_do)
            run = work(run)
        assert run.job
        assert (run.job.state, run.done) == (Job.State.CANCELLED, 4)
        note = AuditEntry.objects.get(action=flows.ENDED).note
        assert note == "Cancelled. 4 done, 0 skipped"

        run = work(flows.go_on(run, by=dana))

        assert run.job
        assert (run.job.state, run.done, run.job.done) == (Job.State.DONE, 10, 10)
        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == 10

    def test_that_is_told_twice_does_it_once(self, dana: User) -> None:
        CustomerFactory.create_batch(6)
        run = work(begin(ACTIONS.SUSPEND, by=dana))

        work(run)

        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == 6

    def test_does_nothing_for_somebody_who_is_not_known_any_more(self, dana: User) -> None:
        CustomerFactory()
        run = begin(ACTIONS.SUSPEND, by=dana)
        Job.objects.update(started_by=None)

        run = work(run)

        assert run.job
        assert run.job.state == Job.State.FAILED
        assert Customer.objects.get().status == "active"

    def test_locks_customers_in_the_order_in_which_everybody_does(self, dana: User) -> None:
        CustomerFactory.create_batch(12)

        run = begin(ACTIONS.SUSPEND, Customer.objects.order_by("-code"), by=dana)

        customers = list(run.rows.order_by("number").values_list("customer_id", flat=True))
        assert customers == sorted(customers)
        assert len(customers) == 12

    def test_a_flow_that_refuses_for_a_reason_of_its_own_is_told(
        self, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CustomerFactory(organization_name="A")
        run = begin(ACTIONS.SUSPEND, by=dana)

        def refuse(*_args: Any, **_kwargs: Any) -> None:
            raise CannotChangeCustomerStatusError("Not now.")

        monkeypatch.setattr(lifecycle, "suspend", refuse)

        assert fates(work(run)) == {"A": ("skipped", "refused")}


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.fixture(autouse=True)
    def _nobody_is_woken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("celery.app.task.Task.delay", lambda *_args, **_kwargs: None)

    def both(self, alpha: Reseller, first: Callable[[], Any], second: Callable[[], Any]) -> None:
        early, late = overlap(alpha, first, second)
        assert (early.error, late.error) == (None, None)

    def test_the_same_form_sent_twice_in_one_moment_is_one_run(
        self, alpha: Reseller, dana: User
    ) -> None:
        CustomerFactory.create_batch(3)
        key, everybody = uuid4(), Customer.objects.all()
        order = Order(ACTIONS.SUSPEND, bulk_plans.plan_of(everybody, "suspend").mark)

        def send() -> BulkRun:
            return flows.start(order, everybody, by=dana, key=key)

        self.both(alpha, send, send)

        assert BulkRun.objects.get().counts == {"done": 3}
        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == 3

    @pytest.mark.usefixtures("for_workers")
    def test_of_two_runs_over_the_same_customers_each_customer_is_done_once(
        self, alpha: Reseller, dana: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flows, "CHUNK", 20)
        CustomerFactory.create_batch(8)
        runs = [
            begin(ACTIONS.SUSPEND, Customer.objects.order_by(order), by=dana)
            for order in ("pk", "-pk")
        ]

        self.both(alpha, lambda: work(runs[0]), lambda: work(runs[1]))

        assert [work(run).counts for run in runs] == [{"done": 8}, {"suspended": 8}]
        assert AuditEntry.objects.filter(action=lifecycle.SUSPENDED).count() == 8

    @pytest.mark.usefixtures("for_workers")
    def test_tags_of_an_edit_and_of_a_run_are_both_kept_or_the_edit_is_told(
        self, alpha: Reseller, dana: User
    ) -> None:
        customer = CustomerFactory(tags=["old"])
        run = begin(ACTIONS.ADD_TAGS, by=dana, tags=Tags(["new"]))

        def edit() -> Customer:
            details = CustomerDetails(tags=Tags(["mine", "old"]))
            return customer_flows.edit(customer, details, version=1, by=UserFactory())

        self.both(alpha, edit, lambda: work(run))

        customer.refresh_from_db()
        assert (customer.tags, customer.version) == (["mine", "new", "old"], 3)

    @pytest.mark.usefixtures("for_workers")
    def test_somebody_who_archives_one_comes_first_or_second(
        self, alpha: Reseller, dana: User
    ) -> None:
        customer = CustomerFactory(organization_name="A")
        run = begin(ACTIONS.ADD_TAGS, by=dana, tags=Tags(["new"]))

        self.both(alpha, lambda: lifecycle.archive(customer, by=dana), lambda: work(run))

        assert fates(run) == {"A": ("skipped", "archived")}
        customer.refresh_from_db()
        assert customer.tags == []


def test_an_archived_customer_takes_no_tags_by_itself_either(dana: User) -> None:
    customer = CustomerFactory(status="archived", archived_from="active", tags=["a"])

    for flow in (tagging.add_tags, tagging.remove_tags):
        with pytest.raises(CannotSaveCustomerError, match="archived"):
            flow(customer, Tags(["a"]), by=dana)
