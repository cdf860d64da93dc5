"""What is not restored, why, and that nothing is left of it."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from audit import trail
from audit.models import AuditEntry
from resellers import flows, hooks, migrating
from resellers.backups import building_site, keys, reading, restoring
from resellers.backups.archive import BrokenBackupError
from resellers.backups.manifest import sha256
from resellers.backups.restoring import CannotRestoreError
from resellers.backups.tables import Schema
from resellers.models import Domain, Reseller
from resellers.schemas import connection
from tests.factories.resellers import DomainFactory
from tests.isolation.database import fingerprint
from tests.resellers.backups import backed_up, changed, fill, members, packed, restored, schemas

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def alpha(public: Any) -> Reseller:
    reseller = Reseller.objects.get(schema_name="alpha")
    fill(reseller)
    return reseller


@pytest.fixture
def content(alpha: Reseller) -> bytes:
    return backed_up(alpha)


@pytest.fixture(autouse=True)
def nothing_is_left(alpha: Reseller) -> Iterator[None]:
    """Whatever was refused: no schema, no row, no host, no entry more than before."""
    before = schemas(), fingerprint("alpha"), fingerprint("bravo")
    rows = Reseller.objects.count(), AuditEntry.objects.filter(action="reseller.restored").count()
    yield
    connection.set_schema_to_public()
    assert (schemas(), fingerprint("alpha"), fingerprint("bravo")) == before
    restores = AuditEntry.objects.filter(action="reseller.restored").count()
    assert (Reseller.objects.filter(host__endswith=".localhost").count(), restores) == rows
    assert not Domain.objects.filter(domain="copy.example.com").exists()


def manifest_changed(content: bytes, change: Change) -> bytes:
    """With another manifest, as its maker would have written it: the seal knows it."""
    manifest = json.loads(dict(members(content))["manifest.json"])
    change(manifest)
    words = json.dumps(manifest).encode()

    def rewritten(name: str, data: bytes) -> bytes:
        if name == "manifest.json":
            return words
        return (
            sealed(data, lambda seal: seal.update(manifest_sha256=sha256(words)))
            if name == "seal.json"
            else data
        )

    return changed(content, rewritten)


def sealed(data: bytes, change: Change) -> bytes:
    seal = json.loads(data)
    del seal["signature"]
    change(seal)
    settled = json.dumps(seal, sort_keys=True).encode()
    return json.dumps({**seal, "signature": keys.signature(settled)}).encode()


def seal_changed(content: bytes, change: Change) -> bytes:
    return changed(
        content, lambda name, data: sealed(data, change) if name == "seal.json" else data
    )


def swapped(content: bytes, old: bytes, new: bytes) -> bytes:
    return changed(content, lambda _name, data: data.replace(old, new))


# ── Broken files ─────────────────────────────────────────────────────────────────────────────


def refuse(content: bytes, reason: str) -> None:
    """Both ways of reading say the same."""
    with pytest.raises(BrokenBackupError, match=reason):
        reading.check(io.BytesIO(content))
    with pytest.raises(BrokenBackupError, match=reason):
        restored(content, host="copy.example.com")


def test_the_rewritten_file_itself_is_fine(content: bytes) -> None:
    """The refusals below have the reasons that they name, not the way they were packed."""
    reading.check(io.BytesIO(packed(members(content))))
    reading.check(io.BytesIO(manifest_changed(content, dict.copy)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(content: bytes, share: float) -> None:
    refuse(content[: int(len(content) * share)], "It ends too early")


def test_a_damaged_file_is_refused(content: bytes) -> None:
    for place in range(200, len(content), len(content) // 20):
        broken = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        with pytest.raises(BrokenBackupError):
            reading.check(io.BytesIO(broken))


def test_a_changed_row_is_refused(content: bytes) -> None:
    change = swapped(content, b"Owner", b"Outer")

    refuse(change, "The rows of accounts_user are not those that were backed up")


def test_a_row_that_appears_is_refused(content: bytes) -> None:
    def doubled(name: str, data: bytes) -> bytes:
        return data * 2 if name.startswith("tables/accounts_staffmember.") else data

    with pytest.raises(BrokenBackupError, match="accounts_staffmember"):
        reading.check(io.BytesIO(changed(content, doubled)))
    with pytest.raises(CannotRestoreError, match="refused the rows of accounts_staffmember: dupl"):
        restored(changed(content, doubled), host="copy.example.com")


def test_the_end_mark_of_copy_hides_no_rows(content: bytes) -> None:
    """The database stops reading there; the checksum goes on."""

    def cut(name: str, data: bytes) -> bytes:
        return b"\\.\n" + data if name.startswith("tables/accounts_user.") else data

    refuse(changed(content, cut), "The rows of accounts_user are not those")


def test_a_member_that_is_gone_is_refused(content: bytes) -> None:
    rest = [each for each in members(content) if not each[0].startswith("tables/audit_")]

    refuse(packed(rest), "The rows of audit_auditentry are not those")


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron.d/evil", "/etc/passwd", "tables/../manifest.json", "tables/unknown.000000"],
)
def test_a_member_that_does_not_belong_there_is_refused(content: bytes, name: str) -> None:
    found = members(content)

    refuse(packed([*found[:-1], (name, b"evil"), found[-1]]), f"It holds '{name}' where its seal")
    refuse(packed([*found, (name, b"evil")]), "Something follows its seal")


def test_a_file_without_a_manifest_is_refused(content: bytes) -> None:
    refuse(packed(members(content)[1:]), "it has no manifest")


def test_a_file_without_a_seal_is_refused(content: bytes) -> None:
    refuse(packed(members(content)[:-1]), "It has no seal")


def test_a_manifest_that_does_not_fit_its_seal_is_refused(content: bytes) -> None:
    refuse(
        swapped(content, b"Alpha Cloud", b"Other Cloud"),
        "Its manifest was changed",
    )


def test_a_seal_that_somebody_rewrote_is_refused(content: bytes) -> None:
    refuse(
        swapped(content, b'"rows": 1,', b'"rows": 2,'),
        "its signature is wrong",
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda manifest: manifest.update(format="other"), "not a backup of a reseller"),
        (lambda manifest: manifest.update(format_version=2), "version 2 of the format"),
        (lambda manifest: manifest.pop("tables"), "manifest lacks something"),
        (lambda manifest: manifest.update(keys=[]), "manifest lacks something"),
        (lambda manifest: manifest.update(migrations=[["x"]]), "manifest lacks something"),
        (lambda manifest: manifest.update(made_at="yesterday"), "manifest lacks something"),
        (lambda manifest: manifest.update(reseller=[]), "lacks something|describes no reseller"),
    ],
)
def test_a_manifest_that_says_nonsense_is_refused(
    content: bytes, change: Change, reason: str
) -> None:
    with pytest.raises(BrokenBackupError, match=reason):
        restored(manifest_changed(content, change), host="copy.example.com")


@pytest.mark.parametrize("words", [b"", b"[]", b"no json", b"[" * 100_000])
def test_a_manifest_that_is_no_manifest_is_refused(content: bytes, words: bytes) -> None:
    refuse(packed([("manifest.json", words), *members(content)[1:]]), "manifest cannot be read")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda seal: seal["tables"].popitem(), "speaks of other tables"),
        (lambda seal: seal.pop("sequences"), "seal lacks something"),
    ],
)
def test_a_seal_that_says_nonsense_is_refused(content: bytes, change: Change, reason: str) -> None:
    refuse(seal_changed(content, change), reason)


def test_sequences_that_no_migration_makes_are_refused(content: bytes) -> None:
    odd = seal_changed(
        content, lambda seal: seal["sequences"].update(evil={"last_value": 1, "is_called": True})
    )

    with pytest.raises(BrokenBackupError, match="Its sequences are not those"):
        restored(odd, host="copy.example.com")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["tables"].pop(3),
        lambda manifest: manifest["tables"][3]["columns"].pop(),
        lambda manifest: manifest["tables"][3].update(name='x"; DROP SCHEMA alpha CASCADE; --'),
        lambda manifest: manifest["tables"][3]["columns"][0].update(
            name="id\") FROM PROGRAM 'id' --"
        ),
        lambda manifest: manifest["tables"][3]["columns"][0].update(type="text"),
        lambda manifest: manifest["tables"].append({"name": "evil", "columns": []}),
    ],
)
def test_tables_that_no_migration_makes_are_refused(content: bytes, change: Change) -> None:
    with pytest.raises(BrokenBackupError, match="Its tables are not those"):
        restored(manifest_changed(content, change), host="copy.example.com")


def test_migrations_with_a_gap_are_refused(content: bytes) -> None:
    gap = manifest_changed(
        content, lambda manifest: manifest["migrations"].remove(["accounts", "0001_initial"])
    )

    with pytest.raises(BrokenBackupError, match="Its migrations are not whole"):
        restored(gap, host="copy.example.com")


# ── Files that do not fit ────────────────────────────────────────────────────────────────────


def refuse_to_restore(content: bytes, reason: str, **wishes: Any) -> None:
    with pytest.raises(CannotRestoreError, match=reason):
        restored(content, **wishes)


def test_a_host_that_is_taken_is_refused(content: bytes) -> None:
    refuse_to_restore(content, "Another reseller has this host. --host restores it under another")
    refuse_to_restore(content, "Another reseller has this host", host="BRAVO.localhost")


def test_a_second_host_that_is_taken_is_refused(alpha: Reseller, content: bytes) -> None:
    bravo = Reseller.objects.get(schema_name="bravo")
    domain = DomainFactory(domain="taken.example.com", tenant=bravo, is_primary=False)

    refuse_to_restore(content, "belongs to another reseller", host="taken.example.com")

    domain.delete()


@pytest.mark.parametrize("host", ["localhost", "no host", "10.0.0.1", "portal.example.com:8000"])
def test_a_host_that_is_none_is_refused(content: bytes, host: str) -> None:
    refuse_to_restore(content, "^host: ", host=host)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "euro"),
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("brand_color", "red; }"),
        ("name", ""),
        ("providers", ["evil"]),
    ],
)
def test_settings_that_this_installation_does_not_allow_are_refused(
    content: bytes, field: str, value: object
) -> None:
    odd = manifest_changed(content, lambda manifest: manifest["reseller"].update({field: value}))

    refuse_to_restore(odd, f"^{field}: ", host="copy.example.com")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["reseller"].update(schema_name="public"),
        lambda manifest: manifest["reseller"].update(created_at="long ago"),
        lambda manifest: manifest["reseller"].pop("host"),
        lambda manifest: manifest["reseller"].update(id="1"),
    ],
)
def test_a_row_that_is_none_is_refused(content: bytes, change: Change) -> None:
    with pytest.raises(BrokenBackupError, match="describes no reseller"):
        restored(manifest_changed(content, change), host="copy.example.com")


def test_a_backup_of_a_newer_version_is_refused(content: bytes) -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest["product_version"] = "9.1"
        manifest["migrations"].append(["customers", "0099_tomorrow"])

    refuse_to_restore(
        manifest_changed(content, newer),
        r"made by version 9\.1, which has migrations .* does not know: customers\.0099_tomorrow",
        host="copy.example.com",
    )


def test_an_installation_that_is_not_prepared_refuses(content: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operations'")

    refuse_to_restore(content, "Run `manage.py prepare` first", host="copy.example.com")


def test_production_refuses_a_demo_reseller(content: bytes, settings: LazySettings) -> None:
    settings.IS_PRODUCTION = True
    demo = manifest_changed(content, lambda manifest: manifest["reseller"].update(is_demo=True))

    refuse_to_restore(demo, "It is a demo reseller", host="copy.example.com")


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────


def test_a_key_that_is_not_known_is_named(content: bytes, settings: LazySettings) -> None:
    fingerprint_of_key = json.loads(dict(members(content))["manifest.json"])["keys"][0]
    settings.SECRET_KEY = "another installation's"

    refuse_to_restore(
        content,
        f"fingerprint {fingerprint_of_key}.* to SECRET_KEY_FALLBACKS.* --without-key",
        host="copy.example.com",
    )


def test_the_key_itself_is_not_in_the_file(content: bytes, settings: LazySettings) -> None:
    assert not any(settings.SECRET_KEY.encode() in data for _name, data in members(content))


def test_an_earlier_key_proves_as_much(content: bytes, settings: LazySettings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    reading.check(io.BytesIO(content))
    refuse(
        swapped(content, b'"rows": 1,', b'"rows": 2,'),
        "its signature is wrong",
    )


# ── Trouble on the way ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (restoring, "_filled"),
        (restoring, "_made_ready"),
        (restoring, "finish"),
        (trail, "record"),
        (hooks, "run_after_restore"),
        (migrating, "behind"),
    ],
)
def test_a_step_that_fails_leaves_nothing(
    content: bytes, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    step = getattr(place, name)

    def fails(*arguments: Any, **named: Any) -> Any:
        if name == "behind" and arguments == (["public"],):
            return step(*arguments)
        if name not in {"_filled", "_made_ready", "behind"}:
            step(*arguments, **named)
        raise OSError("the cable was pulled")

    monkeypatch.setattr(place, name, fails)

    with pytest.raises(OSError, match="the cable was pulled"):
        restored(content, host="copy.example.com")


def test_rows_that_change_on_their_way_are_noticed(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a trigger would do it."""
    copy_in = Schema.copy_in

    def changes(schema: Any, table: Any, source: Any) -> None:
        copy_in(schema, table, source)
        if table.name == "accounts_user":
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {schema.name}.accounts_user SET full_name = 'x'")  # noqa: S608

    monkeypatch.setattr(Schema, "copy_in", changes)

    refuse_to_restore(
        content,
        "The rows of accounts_user in the database are not those of the backup",
        host="copy.example.com",
    )


def test_a_row_that_refers_to_nothing_is_refused(content: bytes) -> None:
    """The checksums are those of the file; the database has the last word."""

    rest = [each for each in members(content) if not each[0].startswith("tables/accounts_user.")]
    nothing = {"rows": 0, "bytes": 0, "sha256": sha256(b"")}
    odd = seal_changed(packed(rest), lambda seal: seal["tables"].update(accounts_user=nothing))

    refuse_to_restore(odd, "The database refused: .*violates foreign key", host="copy.example.com")


def test_a_schema_that_somebody_works_on_is_not_torn_down() -> None:
    with building_site.building_site() as name:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {name}")
            building_site._mark(name, building_site._MARK)

        assert building_site.clear_abandoned() == []
        assert name in schemas()


def test_a_schema_that_nobody_works_on_is_torn_down() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA reseller_left")
        building_site._mark("reseller_left", building_site._MARK)

    assert building_site.clear_abandoned() == ["reseller_left"]


# ── In place of what is there ────────────────────────────────────────────────────────────────


def test_a_reseller_in_service_is_not_replaced(content: bytes) -> None:
    refuse_to_restore(content, "Alpha Cloud is in service. Suspend it first", replace=True)


def test_only_the_same_reseller_is_replaced(content: bytes, alpha: Reseller) -> None:
    other = manifest_changed(
        content,
        lambda manifest: manifest["reseller"].update(id=str(uuid.UUID(int=1))),
    )

    refuse_to_restore(other, "no reseller that the backup was made of", replace=True)


def test_a_reseller_that_is_resumed_meanwhile_is_not_replaced(
    content: bytes, alpha: Reseller, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows.suspend(alpha, by=None, reason="To go back to yesterday.")
    filled = restoring._filled

    def resumed(*arguments: Any) -> Any:
        flows.resume(alpha, by=None)
        return filled(*arguments)

    monkeypatch.setattr(restoring, "_filled", resumed)

    refuse_to_restore(content, "Alpha Cloud is in service", replace=True)
