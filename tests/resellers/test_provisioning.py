"""From requested to ready, with a worker that dies or fails anywhere on the way."""

import datetime as dt
import os
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context, schema_exists, tenant_context

from accounts.models import StaffMember, User
from accounts.roles import StaffRole
from audit.models import AuditEntry
from notifications.models import OutgoingMail
from resellers import flows, hooks, migrating, provisioning, schema_template, tasks
from resellers.current import absolute_url
from resellers.models import Domain, Reseller, SchemaTemplate
from resellers.provisioning import CannotProvisionError
from resellers.schemas import connection
from tests.factories.resellers import ResellerFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("public")]

State = Reseller.State


class KilledError(BaseException):
    """What a killed worker leaves behind: nothing but a rolled back transaction."""


def actions(reseller: Reseller) -> list[str]:
    entries = AuditEntry.objects.about(reseller.pk).order_by("at", "id")
    return list(entries.values_list("action", flat=True))


def is_served(reseller: Reseller) -> bool:
    return Domain.objects.filter(tenant=reseller).exists()


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch) -> dict[str, hooks.Seed]:
    """Seeds of the test's own, in place of the product's."""
    own: dict[str, hooks.Seed] = {}
    monkeypatch.setattr(hooks, "_seeds", own)
    return own


def test_a_requested_reseller_becomes_ready_with_its_owner_invited() -> None:
    reseller = ResellerFactory(owner_email="dana@example.com", owner_name="Dana Miller")

    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert (reseller.state, reseller.failure, reseller.attempts) == (State.READY, "", 1)
    assert Domain.objects.get(tenant=reseller).domain == reseller.host
    assert actions(reseller) == ["reseller.became_ready"]
    assert migrating.behind([reseller.schema_name]) == []
    with tenant_context(reseller):
        assert StaffMember.objects.get().role == StaffRole.OWNER
        assert User.objects.get().email == "dana@example.com"
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.recipient_email) == ("staff_invitation", "dana@example.com")
        assert mail.secret_link.startswith(absolute_url("/", host=reseller.host))


def test_a_reseller_that_is_ready_is_left_alone() -> None:
    reseller = ResellerFactory()
    provisioning.provision(reseller.pk)
    before = Reseller.objects.filter(pk=reseller.pk).values().get()

    provisioning.provision(reseller.pk)

    assert Reseller.objects.filter(pk=reseller.pk).values().get() == before
    assert actions(reseller) == ["reseller.became_ready"]
    with tenant_context(reseller):
        assert OutgoingMail.objects.count() == 1


def test_a_reseller_that_failed_waits_for_an_operator() -> None:
    reseller = ResellerFactory(failed=True)

    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert reseller.state == State.FAILED
    assert not schema_exists(reseller.schema_name)


@pytest.mark.parametrize("moment", ["before creating", "creating", "before seeding", "seeding"])
def test_after_a_killed_worker_the_next_one_finishes(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_args: object, **_kwargs: object) -> None:
        raise KilledError

    replay = schema_template.replay

    def replay_and_die(*args: Any) -> None:
        replay(*args)
        kill()

    reseller = ResellerFactory()
    place: tuple[Any, str, Any] = {
        "before creating": (provisioning, "_create_schema", kill),
        "creating": (schema_template, "replay", replay_and_die),
        "before seeding": (provisioning, "_seed", kill),
        "seeding": (Domain.objects, "create", kill),
    }[moment]
    with monkeypatch.context() as patch:
        patch.setattr(*place)
        with pytest.raises(KilledError):
            provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert reseller.state == (State.CREATING if "creating" in moment else State.SEEDING)
    assert schema_exists(reseller.schema_name) == ("seeding" in moment)
    assert not is_served(reseller)
    assert connection.schema_name == "public"

    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert (reseller.state, reseller.attempts) == (State.READY, 2)
    assert is_served(reseller)
    with tenant_context(reseller):
        assert (User.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_a_seed_that_fails_leaves_nothing_half_seeded(seeds: dict[str, hooks.Seed]) -> None:
    seeds["first"] = lambda _reseller: User.objects.create_user("first@example.com")
    seeds["second"] = lambda _reseller: 1 / 0
    reseller = ResellerFactory()

    with pytest.raises(CannotProvisionError, match="ZeroDivisionError"):
        provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert reseller.state == State.FAILED
    assert reseller.failure == (
        "Something unexpected happened (ZeroDivisionError). The worker's log has the details."
    )
    assert not is_served(reseller)
    assert actions(reseller) == ["reseller.failed"]
    with tenant_context(reseller):
        assert not User.objects.exists()


def test_trying_again_goes_on_from_the_step_that_failed(
    seeds: dict[str, hooks.Seed], sent: list[dict[str, Any]], operator: User
) -> None:
    seeds["fails"] = lambda _reseller: 1 / 0
    reseller = ResellerFactory()
    with pytest.raises(CannotProvisionError):
        provisioning.provision(reseller.pk)

    seeds["fails"] = lambda _reseller: None
    flows.retry(reseller, by=operator)
    provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert sent == [{"reseller_id": str(reseller.pk)}]
    assert (reseller.state, reseller.failure) == (State.READY, "")
    assert actions(reseller) == ["reseller.failed", "reseller.retried", "reseller.became_ready"]


def test_a_failure_of_the_database_is_told_without_values(seeds: dict[str, hooks.Seed]) -> None:
    def write_twice(_reseller: Reseller) -> None:
        for _each in range(2):
            User.objects.create_user("secret@example.com")

    seeds["twice"] = write_twice
    reseller = ResellerFactory()

    with pytest.raises(CannotProvisionError):
        provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert reseller.failure.startswith("The database refused: duplicate key value")
    assert "secret@example.com" not in reseller.failure


def test_a_schema_that_is_not_ours_is_neither_used_nor_dropped() -> None:
    reseller = ResellerFactory()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {reseller.schema_name}")
        cursor.execute(f"CREATE TABLE {reseller.schema_name}.precious (id int)")

    with pytest.raises(CannotProvisionError, match="was not made for this reseller"):
        provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert reseller.state == State.FAILED
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{reseller.schema_name}.precious"])
        assert cursor.fetchone() != (None,)


def test_what_a_seed_sends_leaves_from_the_resellers_schema(seeds: dict[str, hooks.Seed]) -> None:
    left_from: list[object] = []
    seeds["sender"] = lambda _reseller: transaction.on_commit(
        lambda: left_from.append(connection.schema_name)
    )
    reseller = ResellerFactory()

    provisioning.provision(reseller.pk)

    assert left_from == [reseller.schema_name]
    assert connection.schema_name == "public"


def test_a_seed_sees_the_latest_settings(seeds: dict[str, hooks.Seed]) -> None:
    seen: list[str] = []
    seeds["look"] = lambda reseller: seen.append(reseller.owner_email)
    reseller = ResellerFactory(seeding=True)
    template = schema_template.current()
    with transaction.atomic():
        schema_template.replay(template, reseller.schema_name)
    Reseller.objects.filter(pk=reseller.pk).update(owner_email="new@example.com")

    provisioning.provision(reseller.pk)

    assert seen == ["new@example.com"]


def test_provisioning_leaves_the_caller_where_it_was(alpha: Reseller) -> None:
    with schema_context("public"):
        reseller = ResellerFactory()

    provisioning.provision(reseller.pk)

    assert connection.tenant == alpha


def test_two_seeds_cannot_have_one_name(seeds: dict[str, hooks.Seed]) -> None:
    def seed(_reseller: Reseller) -> None: ...

    hooks.register_seed("owner", seed)
    hooks.register_seed("owner", seed)
    with pytest.raises(ValueError, match="owner"):
        hooks.register_seed("owner", lambda _reseller: None)

    assert seeds == {"owner": seed}


# ── The template's text ──────────────────────────────────────────────────────────────────────


def test_a_missing_template_is_made_on_demand_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    SchemaTemplate.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA reseller_template CASCADE")
    made: list[str] = []
    build = schema_template._build_schema

    def count_and_build() -> None:
        made.append("one")
        build()

    monkeypatch.setattr(schema_template, "_build_schema", count_and_build)
    first, second = ResellerFactory.create_batch(2)

    provisioning.provision(first.pk)
    provisioning.provision(second.pk)

    assert made == ["one"]
    assert Reseller.objects.in_service().filter(pk__in=[first.pk, second.pk]).count() == 2


def test_a_template_of_other_code_is_not_used() -> None:
    """Preparing makes one; until then the code may be the older of two."""
    SchemaTemplate.objects.update(fingerprint="of-yesterday", sql="SELECT 1 / 0")
    reseller = ResellerFactory()

    provisioning.provision(reseller.pk)
    assert Reseller.objects.get(pk=reseller.pk).state == State.REQUESTED

    schema_template.current()
    schema_template.forget_old()
    provisioning.provision(reseller.pk)

    assert Reseller.objects.get(pk=reseller.pk).state == State.READY
    assert [each.pk for each in SchemaTemplate.objects.all()] == [schema_template.fingerprint()]


def test_the_template_is_not_made_inside_a_transaction() -> None:
    SchemaTemplate.objects.all().delete()

    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        schema_template.current()


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        (None, "pg_dump could not be started: No such file or directory."),
        ("echo 'server version mismatch' >&2; exit 1", "pg_dump failed: server version mismatch"),
        ("sleep 5", "pg_dump did not finish in 0.1 seconds."),
    ],
)
def test_an_operator_reads_what_is_wrong_with_the_program(
    script: str | None,
    failure: str,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    SchemaTemplate.objects.all().delete()
    path = tmp_path / "pg_dump"
    settings.PG_DUMP = program(path, script) if script else str(path)
    monkeypatch.setattr(schema_template, "_build_schema", lambda: None)
    if script and "sleep" in script:
        monkeypatch.setattr(schema_template, "DUMP_SECONDS", 0.1)
    reseller = ResellerFactory()

    with pytest.raises(CannotProvisionError):
        provisioning.provision(reseller.pk)

    reseller.refresh_from_db()
    assert (reseller.state, reseller.failure) == (State.FAILED, failure)


def test_the_password_is_not_on_the_programs_command_line(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    settings.PG_DUMP = program(tmp_path / "pg_dump", f'echo "$@" > {said}; echo "$PGPASSWORD"')
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hunter2")

    printed = schema_template._dump()

    assert printed == "hunter2\n"
    assert "hunter2" not in said.read_text()
    assert connection.settings_dict["NAME"] in said.read_text()
    assert os.environ.get("PGPASSWORD") is None


# ── The sweeper ──────────────────────────────────────────────────────────────────────────────


def left_behind(minutes: float, **fields: Any) -> Reseller:
    moment = timezone.now() - dt.timedelta(minutes=minutes)
    reseller: Reseller = ResellerFactory(state_changed_at=moment, **fields)
    return reseller


def test_the_sweeper_sends_those_again_that_stand_still(sent: list[dict[str, Any]]) -> None:
    stuck = [left_behind(3), left_behind(3, creating=True), left_behind(3, seeding=True)]
    left_behind(1), left_behind(1, seeding=True)
    left_behind(3, ready=True), left_behind(3, failed=True), left_behind(3, suspended=True)

    tasks.sweep_unfinished()

    assert {call["reseller_id"] for call in sent} == {str(each.pk) for each in stuck}
    assert len(sent) == 3


def test_the_sweeper_gives_up_on_one_that_never_gets_through(sent: list[dict[str, Any]]) -> None:
    hopeless = left_behind(3, creating=True, attempts=5)

    tasks.sweep_unfinished()

    hopeless.refresh_from_db()
    assert sent == []
    assert hopeless.state == State.FAILED
    assert hopeless.failure.startswith("It was begun 5 times and never finished.")
    assert actions(hopeless) == ["reseller.failed"]


def test_the_task_makes_a_reseller_ready() -> None:
    reseller = ResellerFactory()

    tasks.provision(reseller_id=str(reseller.pk))

    assert Reseller.objects.get(pk=reseller.pk).state == State.READY


def test_the_task_of_an_unknown_reseller_fails_loudly() -> None:
    with pytest.raises(Reseller.DoesNotExist):
        tasks.provision(reseller_id=str(uuid.uuid4()))
