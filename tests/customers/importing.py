"""Importing in tests: from the text of a file to what became of its rows."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from customers.flows import imports as flows
from customers.models import Import, ImportRow
from jobs import running
from tests.factories.accounts import UserFactory

CUSTOMERS, CONTACTS = Import.What.CUSTOMERS, Import.What.CONTACTS


def upload(content: str | bytes, what: str = CUSTOMERS, *, by: User | None = None) -> Import:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("file.csv", raw)
    return flows.upload(what, file, by=by or UserFactory.create(), key=uuid.uuid4())


def try_out(content: str | bytes, what: str = CUSTOMERS, *, insist: bool = False) -> Import:
    """Upload it and do the trial run with the columns that were guessed."""
    source = upload(content, what)
    user = source.uploaded_by
    assert user
    flows.try_out(source, source.columns, takes_odd_addresses=insist, by=user)
    source.refresh_from_db()
    assert source.trial_id
    running.run(source.trial_id)
    source.refresh_from_db()
    return source


def take_over(content: str | bytes, what: str = CUSTOMERS, *, insist: bool = False) -> Import:
    """The same, and then the import."""
    return finish(begin(try_out(content, what, insist=insist)))


def finish(source: Import) -> Import:
    """Let a worker do the import."""
    assert source.run_id
    running.run(source.run_id)
    source.refresh_from_db()
    return source


def begin(source: Import) -> Import:
    user = source.uploaded_by
    assert user
    flows.start(source, by=user)
    source.refresh_from_db()
    return source


def fates(source: Import) -> list[tuple[int, str, str]]:
    """Number, outcome and reason of each row."""
    return [(row.number, row.outcome, row.reason) for row in source.rows.all()]


def outcomes(source: Import) -> list[str]:
    return [row.outcome for row in source.rows.all()]


def reason(source: Import) -> str:
    """Of the only row."""
    return ImportRow.objects.get(source=source).reason
