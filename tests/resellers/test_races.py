"""Two at once. Each second one begins while the transaction of the first is open."""

from functools import partial
from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEntry
from resellers import flows, provisioning, schema_template
from resellers.models import Domain, Reseller
from tests.factories.resellers import ResellerFactory
from tests.races import overlap

pytestmark = pytest.mark.django_db(transaction=True)


def actions(reseller: Reseller) -> list[str]:
    entries = AuditEntry.objects.about(reseller.pk).order_by("at", "id")
    return list(entries.values_list("action", flat=True))


def test_two_who_suspend_suspend_once(public: Any, operator: User) -> None:
    reseller = ResellerFactory(ready=True)
    suspend = partial(flows.suspend, reseller, by=operator)

    first, second = overlap(
        public, partial(suspend, reason="Not paid."), partial(suspend, reason="Fraud.")
    )

    assert first.error is None
    assert isinstance(second.error, flows.CannotSuspendError)
    assert Reseller.objects.get(pk=reseller.pk).suspension_reason == "Not paid."
    assert actions(reseller) == ["reseller.suspended"]


def test_resuming_waits_for_a_suspension_that_is_under_way(public: Any, operator: User) -> None:
    reseller = ResellerFactory(ready=True)

    first, second = overlap(
        public,
        lambda: flows.suspend(reseller, by=operator, reason="Not paid."),
        lambda: flows.resume(reseller, by=operator),
    )

    assert (first.error, second.error) == (None, None)
    assert not Reseller.objects.get(pk=reseller.pk).is_suspended
    assert actions(reseller) == ["reseller.suspended", "reseller.resumed"]


def test_two_who_resume_resume_once(public: Any, operator: User) -> None:
    reseller = ResellerFactory(suspended=True)
    resume = partial(flows.resume, reseller, by=operator)

    first, second = overlap(public, resume, resume)

    assert first.error is None
    assert isinstance(second.error, flows.CannotResumeError)
    assert actions(reseller) == ["reseller.resumed"]


def test_two_who_try_again_send_one_task(
    public: Any, operator: User, sent: list[dict[str, Any]]
) -> None:
    reseller = ResellerFactory(failed=True)
    retry = partial(flows.retry, reseller, by=operator)

    first, second = overlap(public, retry, retry)

    assert first.error is None
    assert isinstance(second.error, flows.CannotRetryError)
    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert actions(reseller) == ["reseller.retried"]


def test_two_who_take_one_host_make_one_reseller(
    public: Any, operator: User, sent: list[dict[str, Any]]
) -> None:
    def create(name: str) -> Reseller:
        new = Reseller(name=name, host="alpine.example.com", owner_email="a@example.com")
        return flows.create(new, by=operator)

    first, second = overlap(public, partial(create, "Alpine"), partial(create, "Bergfreund"))

    assert first.error is None
    assert isinstance(second.error, flows.CannotCreateError)
    assert Reseller.objects.get(host="alpine.example.com").name == "Alpine"
    assert len(sent) == 1


def test_two_changes_at_once_both_stand_on_the_timeline_with_true_old_values(
    public: Any, operator: User
) -> None:
    reseller = ResellerFactory(ready=True, name="Old")

    def rename(name: str) -> Reseller:
        return flows.change(reseller, by=operator, settings={"name": name})

    overlap(public, partial(rename, "First"), partial(rename, "Second"))

    changes = AuditEntry.objects.about(reseller.pk).order_by("at").values_list("changes", flat=True)
    assert list(changes) == [{"name": ["Old", "First"]}, {"name": ["First", "Second"]}]


@pytest.mark.parametrize(
    "step", [provisioning._create_schema, provisioning._seed], ids=["creating", "seeding"]
)
def test_two_workers_at_one_step_do_it_once(step: Any, public: Any) -> None:
    creating = step is provisioning._create_schema
    reseller = ResellerFactory(creating=True)
    template = schema_template.current()
    if not creating:
        provisioning._create_schema(reseller.pk, template)
    act = partial(step, reseller.pk, template) if creating else partial(step, reseller.pk)

    first, second = overlap(public, act, act)

    reseller.refresh_from_db()
    assert (first.error, second.error) == (None, None)
    assert reseller.state == (Reseller.State.SEEDING if creating else Reseller.State.READY)
    assert Domain.objects.filter(tenant=reseller).count() == (not creating)
    assert actions(reseller).count("reseller.became_ready") == (not creating)


def test_a_worker_that_fails_does_not_spoil_what_another_finished(public: Any) -> None:
    reseller = ResellerFactory()
    provisioning.provision(reseller.pk)

    provisioning.fail(reseller.pk, "The database went away.")

    reseller.refresh_from_db()
    assert reseller.state == Reseller.State.READY
    assert actions(reseller) == ["reseller.became_ready"]
