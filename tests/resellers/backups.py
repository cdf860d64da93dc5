"""Backups in tests: made in memory, of a reseller whose rows are as odd as rows can be."""

import gzip
import io
import tarfile
from collections.abc import Callable, Iterable
from typing import Any

from django_tenants.utils import schema_context, tenant_context

from resellers.backups import making, reading, restoring
from resellers.backups.manifest import Sums
from resellers.backups.tables import Schema
from resellers.models import Reseller
from resellers.schemas import PUBLIC, connection
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.audit import AuditEntryFactory
from tests.factories.customers import CustomerFactory, MembershipFactory
from tests.factories.notifications import OutgoingMailFactory

ODD = "tab\t newline\n return\r backslash \\N \\. quote ' \" ‹ümlaut› 漢字 👩‍🚀 \x01\x7f \u2028 end"
Member = tuple[str, bytes]


def fill(reseller: Reseller) -> None:
    """Rows of every kind, with every character that a column may hold."""
    with tenant_context(reseller):
        StaffMemberFactory(owner=True, user__full_name="Owner\tWith\\Tab")
        CustomerFactory(complete=True, notes=ODD, organization_name="\\.")
        MembershipFactory(customer__notes="\\N", user__full_name="")
        ApprovalRequestFactory()
        OutgoingMailFactory(text_body=ODD * 50, sent=True)
        AuditEntryFactory(changes={"notes": [None, ODD], "list": [[], {"a": [1, 2.5, True]}]})
        AuditEntryFactory(changes={}, note=ODD)


def backed_up(reseller: Reseller) -> bytes:
    target = io.BytesIO()
    with schema_context(PUBLIC):
        making.back_up(reseller, target)
    return target.getvalue()


def restored(content: bytes, **wishes: Any) -> restoring.Restored:
    reader = reading.BackupReader(io.BytesIO(content))
    with schema_context(PUBLIC):
        return restoring.restore(reader, restoring.Wishes(**wishes))


def sums(schema_name: str) -> dict[str, Sums]:
    """What every table of a schema adds up to."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        schema = Schema(schema_name, cursor)
        schema.settle_text()
        found = {table.name: schema.sums(table) for table in schema.tables()}
        cursor.execute("COMMIT")
    return found


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def members(content: bytes) -> list[Member]:
    """What is in the file, read by Python's own reader."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        found = []
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            found.append((member.name, file.read()))
        return found


def packed(content: Iterable[Member]) -> bytes:
    """A file with these members, by Python's own writer."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in content:
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    # Python fills up to a record of 20 blocks; ours ends with the two that tar asks for.
    text = target.getvalue().rstrip(b"\0")
    text += bytes(-len(text) % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE)
    return gzip.compress(text)


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The file after somebody has rewritten its members."""
    return packed((name, change(name, data)) for name, data in members(content))
