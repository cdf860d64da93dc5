"""What was backed up is what is restored: here, elsewhere, and while others write."""

import datetime as dt
import io
import json
import threading
import uuid
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer
from resellers import flows, migrating
from resellers.backups import archive, making, reading
from resellers.backups.tables import LEFT_OUT
from resellers.models import Domain, Reseller
from resellers.schemas import connection
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.resellers import ResellerFactory
from tests.harness import database
from tests.harness.clients import HostClient
from tests.isolation import tables
from tests.isolation.database import fingerprint
from tests.resellers.backups import backed_up, fill, members, restored, schemas, sums

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alpha(public: Any) -> Reseller:
    reseller = Reseller.objects.get(schema_name="alpha")
    fill(reseller)
    return reseller


def test_a_copy_has_the_same_rows_in_every_table(alpha: Reseller) -> None:
    before = sums("alpha")

    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    after = sums(copy.schema_name)
    assert set(after) == tables.names("alpha") - LEFT_OUT
    assert sum(each.rows for each in after.values()) > 100
    assert after == before
    assert sums("alpha") == before


def test_the_checksums_would_see_one_changed_character(alpha: Reseller) -> None:
    before = sums("alpha")
    with tenant_context(alpha):
        User.objects.filter(full_name="Owner\tWith\\Tab").update(full_name="Owner With\\Tab")

    after = sums("alpha")

    assert [table for table in before if before[table] != after[table]] == ["accounts_user"]


def test_another_installation_gets_the_same_reseller(alpha: Reseller) -> None:
    Domain.objects.create(domain="second.example.com", tenant=alpha, is_primary=False)
    Reseller.objects.filter(pk=alpha.pk).update(host="alpha.example.com", brand_color="#123456")
    Domain.objects.filter(domain=alpha.host).update(domain="alpha.example.com")
    alpha.refresh_from_db()
    content, before = backed_up(alpha), sums("alpha")

    with database.another_installation():
        there = restored(content).reseller

        assert sums(there.schema_name) == before
        there.refresh_from_db()
        domains = set(Domain.objects.filter(tenant=there).values_list("domain", "is_primary"))

    assert there.pk != alpha.pk  # the test's two installations were born as twins
    assert there.schema_name != alpha.schema_name
    assert domains == {("alpha.example.com", True), ("second.example.com", False)}
    for field in making.PORTABLE:
        assert getattr(there, field) == getattr(alpha, field), field


def test_a_reseller_keeps_its_key_where_nobody_has_it(alpha: Reseller) -> None:
    content = backed_up(alpha)

    with database.another_installation():
        Domain.objects.filter(tenant_id=alpha.pk).delete()
        Reseller.objects.filter(host=alpha.host).delete()

        assert restored(content).reseller.pk == uuid.UUID(
            json.loads(dict(members(content))["manifest.json"])["reseller"]["id"]
        )


def test_the_restored_reseller_is_served_at_once(alpha: Reseller) -> None:
    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    page = HostClient("copy.example.com", copy).get("/")

    assert page.status_code == 200
    assert b"Alpha Cloud" in page.content


def test_new_rows_get_new_numbers(alpha: Reseller) -> None:
    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    with tenant_context(alpha):
        newest = AuditEntry.objects.order_by("pk").last()
    with tenant_context(copy), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_auditentry_id_seq')")
        assert newest is not None
        assert cursor.fetchone() == (newest.pk + 1,)


def test_moments_keep_their_microseconds_and_lists_their_order(alpha: Reseller) -> None:
    moment = dt.datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=dt.UTC)
    about = [uuid.UUID(int=9), uuid.UUID(int=3)]
    with tenant_context(alpha):
        entry = AuditEntry.objects.order_by("pk")[:1].get()
        AuditEntry.objects.filter(pk=entry.pk).update(at=moment, about=about)

    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    with tenant_context(copy):
        found = AuditEntry.objects.get(pk=entry.pk)
    assert (found.at, found.about) == (moment, about)


def test_a_table_may_be_larger_than_one_member(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LARGEST_MEMBER", 100)

    content = backed_up(alpha)

    parts = [name for name, _data in members(content) if name.startswith("tables/accounts_user.")]
    assert len(parts) > 2
    assert parts == [f"tables/accounts_user.{number:06d}" for number in range(len(parts))]
    copy = restored(content, host="copy.example.com").reseller
    assert sums(copy.schema_name) == sums("alpha")


def test_sessions_stay_behind(alpha: Reseller) -> None:
    with tenant_context(alpha), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_session (session_key, session_data, expire_date, began_at,"
            " seen_at, browser) VALUES ('key', 'data', now(), now(), now(), '')"
        )

    content = backed_up(alpha)
    copy = restored(content, host="copy.example.com").reseller

    assert not [name for name, _data in members(content) if "session" in name]
    with tenant_context(copy), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_session")
        assert cursor.fetchone() == (0,)


def test_a_suspended_reseller_stays_suspended(alpha: Reseller) -> None:
    flows.suspend(alpha, by=None, reason="The bill was not paid.")
    alpha.refresh_from_db()

    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    copy.refresh_from_db()
    assert (copy.suspended_at, copy.suspension_reason) == (
        alpha.suspended_at,
        "The bill was not paid.",
    )


def test_both_sides_write_it_down(alpha: Reseller) -> None:
    target = io.BytesIO()
    making.note(alpha, making.back_up(alpha, target))
    copy = restored(target.getvalue(), host="copy.example.com").reseller

    made, put_back = AuditEntry.objects.order_by("pk")
    assert (made.action, made.subject_id) == ("reseller.backed_up", alpha.pk)
    assert made.note.endswith(" rows")
    assert (put_back.action, put_back.subject_id) == ("reseller.restored", copy.pk)
    assert put_back.note.startswith("from the backup of alpha.localhost of 20")


def test_other_resellers_are_not_touched(alpha: Reseller) -> None:
    fill(Reseller.objects.get(schema_name="bravo"))
    before = {name: fingerprint(name) for name in ("alpha", "bravo")}
    hosts = set(Domain.objects.values_list("domain", "tenant_id"))

    restored(backed_up(alpha), host="copy.example.com")

    assert {name: fingerprint(name) for name in ("alpha", "bravo")} == before
    assert (
        set(Domain.objects.exclude(domain="copy.example.com").values_list("domain", "tenant_id"))
        == hosts
    )


def test_a_backup_shows_one_moment_while_others_write(alpha: Reseller) -> None:
    """Every transaction writes a person and a company: a backup holds both or neither."""
    stop = threading.Event()

    def write() -> None:
        with tenant_context(alpha):
            while not stop.is_set():
                with transaction.atomic():
                    person = UserFactory(full_name="pair")
                    CustomerFactory(notes="pair", contact_email=person.email)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [
            restored(backed_up(alpha), host=f"copy{n}.example.com").reseller for n in range(3)
        ]
    finally:
        stop.set()
        writer.join()

    counts = []
    for copy in copies:
        with tenant_context(copy):
            people = set(User.objects.filter(full_name="pair").values_list("email", flat=True))
            told = set(
                Customer.objects.filter(notes="pair").values_list("contact_email", flat=True)
            )
        assert people == told
        counts.append(len(people))
    assert counts == sorted(set(counts)), "the writer wrote all the time"


def test_a_backup_waits_for_nobody_who_writes(alpha: Reseller) -> None:
    with tenant_context(alpha), transaction.atomic():
        User.objects.update(full_name="not yet committed")

        content = backed_up(alpha)

    people = b"".join(data for name, data in members(content) if "accounts_user." in name)
    assert b"not yet committed" not in people
    assert people


def test_a_schema_that_is_migrated_meanwhile_is_not_backed_up(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking at the tables and locking them, one of them changes."""
    look = making._tables_now

    def look_and_change(schema_name: str) -> Any:
        found = look(schema_name)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE alpha.customers_customer ADD COLUMN loyalty text")
        return found

    monkeypatch.setattr(making, "_tables_now", look_and_change)

    with pytest.raises(making.CannotBackUpError, match="is being migrated"):
        backed_up(alpha)


def test_a_migration_waits_for_a_backup(alpha: Reseller) -> None:
    with making._snapshot("alpha"), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            cursor.execute("ALTER TABLE alpha.customers_customer ADD COLUMN loyalty text")
        cursor.execute("RESET lock_timeout")


def test_only_what_is_ready_can_be_backed_up(public: Any) -> None:
    reseller = ResellerFactory(seeding=True)

    with pytest.raises(making.CannotBackUpError, match="is not ready"):
        making.back_up(reseller, io.BytesIO())


def test_a_reseller_without_a_schema_cannot_be_backed_up(public: Any) -> None:
    reseller = ResellerFactory(ready=True)

    with pytest.raises(making.CannotBackUpError, match="There is no schema"):
        making.back_up(reseller, io.BytesIO())


# ── States of the code ───────────────────────────────────────────────────────────────────────


def test_a_backup_of_an_earlier_version_is_migrated(
    alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if `approvals` had come since: a schema without it is built, filled and migrated."""
    tables = {each for each in sums("alpha") if each.startswith("approvals_")}
    with tenant_context(alpha), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'approvals'")
    before = sums("alpha")

    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    after = sums(copy.schema_name)
    assert migrating.behind([copy.schema_name]) == []
    assert set(after) - set(before) == tables > {"approvals_signup", "approvals_approvalrequest"}
    # Migrating notes itself; all else is as it was.
    assert {table for table in before if after[table] != before[table]} == {"django_migrations"}


def test_memory_does_not_grow_with_the_file(alpha: Reseller, settings: LazySettings) -> None:
    """The reader holds one member, whatever the file holds."""
    content = backed_up(alpha)
    reader = reading.BackupReader(io.BytesIO(content))

    for table in reader.tables():
        assert len(table.read(100)) <= 100
        assert len(table.read()) <= archive.LARGEST_MEMBER

    assert reader.seal().tables.keys() == sums("alpha").keys()


def test_nothing_is_left_beside_the_new_schema(alpha: Reseller) -> None:
    before = schemas()

    copy = restored(backed_up(alpha), host="copy.example.com").reseller

    assert schemas() - before == {copy.schema_name}
    assert timezone.now() >= copy.state_changed_at
