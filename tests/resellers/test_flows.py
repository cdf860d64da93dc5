"""What operators do with resellers: every step from every state, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.models import AuditEntry
from resellers import flows, tasks
from resellers.models import Domain, Reseller
from tests.factories.resellers import DomainFactory, ResellerFactory

pytestmark = pytest.mark.django_db

State = Reseller.State


def a_reseller(**fields: Any) -> Reseller:
    given = {"name": "Alpine Cloud", "host": "alpine.example.com", "owner_email": "a@example.com"}
    return Reseller(**{**given, **fields})


def row(reseller: Reseller) -> dict[str, Any]:
    return dict(Reseller.objects.filter(pk=reseller.pk).values().get())


def recorded(reseller: Reseller) -> list[tuple[str, str]]:
    entries = AuditEntry.objects.about(reseller.pk).order_by("at", "id")
    return list(entries.values_list("action", "actor_name"))


def test_creating_saves_the_request_and_sends_one_task_after_the_commit(
    operator: User,
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reseller = flows.create(a_reseller(providers=["aws", "google"]), by=operator)
        assert sent == []

    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert row(reseller)["state"] == State.REQUESTED
    assert row(reseller)["providers"] == ["aws", "google"]
    assert recorded(reseller) == [("reseller.created", str(operator))]
    assert not Domain.objects.filter(domain="alpine.example.com").exists()


def test_creating_works_without_a_broker(
    operator: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(**_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.provision, "delay", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        reseller = flows.create(a_reseller(), by=operator)

    assert row(reseller)["state"] == State.REQUESTED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "A"),
        ("name", "x" * 121),
        ("host", ""),
        ("host", "Alpine.example.com"),
        ("host", "alpine.example.com:8000"),
        ("host", "https://alpine.example.com"),
        ("host", "alpine"),
        ("host", "127.0.0.1"),
        ("host", "alpine.example.com."),
        ("host", "alpine_cloud.example.com"),
        ("host", "-alpine.example.com"),
        ("host", "alpine.example.com\n"),
        ("host", "x" * 64 + ".example.com"),
        ("host", '"; drop schema public; --.com'),
        ("currency", "eur"),
        ("currency", "EURO"),
        ("time_zone", "Europe/Atlantis"),
        ("language", "xx"),
        ("providers", ["aws", "oracle"]),
        ("owner_email", ""),
        ("owner_email", "nobody"),
        ("brand_color", "red"),
        ("brand_color", "#12345g"),
        ("brand_color", "#0559a8\n"),
        ("support_email", "nobody"),
    ],
)
def test_creating_refuses_what_a_reseller_cannot_have(
    field: str, value: object, operator: User
) -> None:
    with pytest.raises(ValidationError) as refusal:
        flows.create(a_reseller(**{field: value}), by=operator)

    assert set(refusal.value.message_dict) == {field}
    assert not Reseller.objects.filter(owner_email="a@example.com").exists()
    assert not AuditEntry.objects.exists()


def test_the_platforms_own_host_is_not_for_resellers(operator: User, settings: Any) -> None:
    settings.PLATFORM_HOST = "Platform.example.com"

    with pytest.raises(ValidationError, match="belongs to the platform"):
        flows.create(a_reseller(host="platform.example.com"), by=operator)


def test_a_host_has_one_reseller(operator: User) -> None:
    ResellerFactory(host="alpine.example.com")

    with pytest.raises(ValidationError, match="Another reseller has this host"):
        flows.create(a_reseller(), by=operator)

    assert Reseller.objects.filter(host="alpine.example.com").count() == 1


def test_what_people_type_never_becomes_the_name_of_a_schema(operator: User) -> None:
    typed = a_reseller(name='public"; DROP SCHEMA public; --', host="public.example.com")

    reseller = flows.create(typed, by=operator)

    assert reseller.schema_name.startswith("reseller_")
    assert reseller.schema_name.removeprefix("reseller_").isalnum()


@pytest.mark.parametrize(
    "name",
    [
        "public",
        "extensions",
        "information_schema",
        "reseller_template",
        "pg_temp",
        "Gamma",
        "a",
        "a-b",
    ],
)
def test_the_database_refuses_a_dangerous_schema_name(name: str, operator: User) -> None:
    with pytest.raises(IntegrityError, match="schema_name_is_safe"), transaction.atomic():
        ResellerFactory(schema_name=name)


# ── Every step from every state ──────────────────────────────────────────────────────────────

STEPS: dict[str, Callable[[Reseller, User], Reseller]] = {
    "retry": lambda reseller, by: flows.retry(reseller, by=by),
    "suspend": lambda reseller, by: flows.suspend(reseller, by=by, reason="Not paid."),
    "resume": lambda reseller, by: flows.resume(reseller, by=by),
}
REFUSALS = {
    "retry": flows.CannotRetryError,
    "suspend": flows.CannotSuspendError,
    "resume": flows.CannotResumeError,
}
ALLOWED = {
    ("failed", "retry"): "requested",
    ("ready", "suspend"): "suspended",
    ("suspended", "resume"): "ready",
}
TRAITS = ["requested", "creating", "seeding", "ready", "failed", "suspended"]


def standing(trait: str) -> Reseller:
    reseller: Reseller = ResellerFactory(**({} if trait == "requested" else {trait: True}))
    return reseller


def stand(reseller: Reseller) -> str:
    reseller.refresh_from_db()
    return "suspended" if reseller.is_suspended else reseller.state


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("old", TRAITS)
def test_each_step_leads_where_it_may_and_nowhere_else(
    old: str,
    step: str,
    operator: User,
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    reseller = standing(old)
    before = row(reseller)

    with django_capture_on_commit_callbacks(execute=True):
        if (old, step) in ALLOWED:
            STEPS[step](reseller, operator)
        else:
            with pytest.raises(REFUSALS[step]):
                STEPS[step](reseller, operator)

    assert stand(reseller) == ALLOWED.get((old, step), old)
    assert len(recorded(reseller)) == ((old, step) in ALLOWED)
    assert len(sent) == ((old, step) == ("failed", "retry"))
    if (old, step) not in ALLOWED:
        assert row(reseller) == before


def test_trying_again_forgets_the_failure_and_its_attempts(operator: User) -> None:
    reseller = flows.retry(ResellerFactory(failed=True, attempts=5), by=operator)

    reseller.refresh_from_db()
    assert (reseller.failure, reseller.attempts) == ("", 0)
    assert recorded(reseller) == [("reseller.retried", str(operator))]


def test_suspending_keeps_the_reason(operator: User) -> None:
    reseller = flows.suspend(ResellerFactory(ready=True), by=operator, reason="  Not paid.  ")

    entry = AuditEntry.objects.about(reseller.pk).get()
    assert reseller.suspension_reason == "Not paid."
    assert (entry.action, entry.note) == ("reseller.suspended", "Not paid.")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_suspending_needs_a_reason_that_fits(reason: str, operator: User) -> None:
    reseller = ResellerFactory(ready=True)

    with pytest.raises(flows.CannotSuspendError, match="at most 200 characters"):
        flows.suspend(reseller, by=operator, reason=reason)

    assert stand(reseller) == "ready"
    assert recorded(reseller) == []


# ── Settings ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trait", TRAITS)
def test_settings_can_be_changed_in_every_state(trait: str, operator: User) -> None:
    reseller = standing(trait)

    flows.change(reseller, by=operator, settings={"name": "Bergfreund", "providers": ["azure"]})

    assert stand(reseller) == trait
    assert (reseller.name, reseller.providers) == ("Bergfreund", ["azure"])
    entry = AuditEntry.objects.about(reseller.pk).get()
    assert entry.action == "reseller.changed"
    assert set(entry.changes) == {"name", "providers"}
    assert entry.changes["providers"] == ["aws", "azure"]


def test_a_new_host_replaces_the_old_one(operator: User) -> None:
    reseller = ResellerFactory(ready=True, host="old.example.com")
    DomainFactory(tenant=reseller)

    flows.change(reseller, by=operator, settings={"host": "new.example.com"})

    assert list(reseller.domains.values_list("domain", flat=True)) == ["new.example.com"]


def test_a_host_that_another_one_has_is_refused(operator: User) -> None:
    ResellerFactory(host="taken.example.com")
    reseller = ResellerFactory(ready=True)
    before = row(reseller)

    with pytest.raises(ValidationError, match="Another reseller has this host"):
        flows.change(reseller, by=operator, settings={"host": "taken.example.com"})

    assert row(reseller) == before
    assert recorded(reseller) == []


def test_changing_nothing_leaves_no_trace(operator: User) -> None:
    reseller = ResellerFactory(ready=True)

    flows.change(reseller, by=operator, settings={"name": reseller.name})

    assert recorded(reseller) == []


def test_the_first_owner_can_be_corrected_until_the_invitation_went_out(operator: User) -> None:
    failed, ready = ResellerFactory(failed=True), ResellerFactory(ready=True)

    flows.change(failed, by=operator, settings={"owner_email": "right@example.com"})
    with pytest.raises(flows.CannotChangeError, match="invited already"):
        flows.change(ready, by=operator, settings={"owner_email": "right@example.com"})

    assert row(failed)["owner_email"] == "right@example.com"
    assert row(ready)["owner_email"] == ready.owner_email
    assert recorded(ready) == []


@pytest.mark.parametrize("field", ["state", "schema_name", "suspended_at", "is_demo", "failure"])
def test_only_settings_can_be_changed(field: str, operator: User) -> None:
    reseller = ResellerFactory(failed=True)

    with pytest.raises(ValueError, match="Not settings"):
        flows.change(reseller, by=operator, settings={field: "ready"})

    assert stand(reseller) == "failed"


# ── The database's own guard ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("reseller_suspended_only_when_ready", {"state": "failed", "failure": "x"}),
        ("reseller_failure_iff_failed", {"failure": "x", "suspended_at": None}),
        ("reseller_failure_iff_failed", {"state": "failed", "suspended_at": None}),
    ],
)
def test_the_database_refuses_what_no_flow_writes(
    constraint: str, fields: dict[str, Any], operator: User
) -> None:
    reseller = ResellerFactory(suspended=True)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reseller.objects.filter(pk=reseller.pk).update(**fields)
