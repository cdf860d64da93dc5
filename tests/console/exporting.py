"""Exporting in tests: from the form to the cells of the file."""

import csv
import io
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from django.urls import reverse

from customers.models import Export
from formats.tables import open_table
from jobs import running
from resellers.schemas import connection
from tests.harness.clients import HostClient


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:exports:{name}", "config.urls_reseller", args=args)


def ask(client: HostClient, query: dict[str, str] | None = None, **told: Any) -> Any:
    """Send the form: by default for a CSV in the columns of the list."""
    body = {"format": "csv", "columns": "shown", "delimiter": ",", **told}
    return client.post(f"{page_of('new')}?{urlencode(query or {})}", body)


def content(client: HostClient, response: Any) -> bytes:
    """All that is streamed; afterwards the test is at the client's reseller again."""
    assert isinstance(response, StreamingHttpResponse), response
    made = b"".join(response)
    connection.set_tenant(client.reseller)
    return made


def rows(raw: bytes, delimiter: str = ",") -> list[list[str]]:
    """Header and rows of a CSV, as Python's own reader has them."""
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def streamed(
    client: HostClient, query: dict[str, str] | None = None, **told: Any
) -> list[list[str]]:
    """Header and rows of a CSV that is streamed."""
    return rows(content(client, ask(client, query, **told)), told.get("delimiter", ","))


def names(table: list[list[str]]) -> list[str]:
    return [row[0] for row in table[1:]]


def worked(export: Export) -> Export:
    """Let a worker do it."""
    assert export.job_id
    running.run(export.job_id)
    export.refresh_from_db()
    return export


def in_background(
    client: HostClient, query: dict[str, str] | None = None, **told: Any
) -> tuple[Export, bytes]:
    """An export by a worker, and the file as its person downloads it."""
    response = ask(client, query, **told)
    assert response.status_code == 302, response
    export = worked(Export.objects.get(pk=uuid.UUID(response["Location"].rstrip("/")[-36:])))
    return export, content(client, client.get(page_of("file", export.pk)))


def sheet(raw: bytes) -> list[list[str]]:
    """The rows of an XLSX file."""
    return [row.cells for row in open_table(io.BytesIO(raw)).rows()]
