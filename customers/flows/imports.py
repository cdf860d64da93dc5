"""Files to take over: uploaded, looked at, tried, done."""

import uuid
from collections.abc import Sequence
from typing import IO, cast

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import sentences, trail
from customers.imports import columns as known_columns
from customers.imports import reading, running
from customers.imports.columns import CUSTOMER_CODE
from customers.models import CustomField, Import
from formats.tables import UnreadableTableError
from jobs import files
from jobs import flows as jobs
from jobs.models import Job

STARTED = "import.started"
sentences.describe({STARTED: gettext_lazy("began to take over the file {subject}")})

# Without these no row can be told: one of each group must be chosen.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    Import.What.CUSTOMERS: (("organization_name", "code"),),
    Import.What.CONTACTS: ((CUSTOMER_CODE,), ("email",)),
}


class CannotImportError(Exception):
    """It cannot be done like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def upload(what: str, file: "File[bytes]", *, by: User, key: uuid.UUID) -> Import:
    """Keep an uploaded file and propose what its columns are. Raises CannotImportError.

    `key` becomes the import's own: the same form sent twice makes one.
    """
    if known := Import.objects.filter(pk=key).first():
        return known
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise CannotImportError(too_large(), field="file")
    try:
        peek = reading.peek(cast("IO[bytes]", file))
    except UnreadableTableError as error:
        raise CannotImportError(str(error), field="file") from error
    columns = columns_of(what)
    file.seek(0)
    with transaction.atomic():
        stored = files.write(file.name or "", iter(lambda: file.read(files.PART), b""))
        made, _is_new = Import.objects.get_or_create(
            pk=key,
            defaults={
                "what": what,
                "file": stored,
                "file_name": stored.name,
                "told": peek.told,
                "headers": peek.headers,
                "header_row": peek.header_row,
                "samples": peek.samples,
                "columns": known_columns.guess(peek.headers, columns),
                "uploaded_by": by,
            },
        )
        return made


@transaction.atomic
def try_out(
    source: Import, columns: Sequence[str], *, takes_odd_addresses: bool, by: User
) -> Import:
    """Say what each column is, and begin the trial run. Raises CannotImportError.

    Nothing happens while the same columns are being tried, or were.
    """
    source = _locked(source)
    if source.run:
        raise CannotImportError(_("This file is being taken over already."))
    _require_columns(source, columns)
    same = list(columns) == source.columns and takes_odd_addresses == source.takes_odd_addresses
    if source.trial and same and source.trial.state not in _AGAIN:
        return source
    if source.trial:
        jobs.cancel(source.trial)
    source.rows.all().delete()
    source.columns, source.takes_odd_addresses = list(columns), takes_odd_addresses
    source.trial = jobs.start(running.TRIAL, {"import": str(source.pk)}, by=by)
    source.save(update_fields=["columns", "takes_odd_addresses", "trial"])
    return source


@transaction.atomic
def start(source: Import, *, by: User) -> Import:
    """Take the file over, after its trial run. Raises CannotImportError.

    Started again after it was cancelled or failed, it goes over all rows: those that are done
    already are unchanged then. Nothing happens while it runs, or when it is done.
    """
    source = _locked(source)
    if source.run and source.run.state not in _AGAIN:
        return source
    if source.trial is None or source.trial.state != Job.State.DONE:
        raise CannotImportError(_("Wait for the end of the trial run first."))
    source.run = jobs.start(running.IMPORT, {"import": str(source.pk)}, by=by)
    source.save(update_fields=["run"])
    trail.record(STARTED, subject=source, actor=by)
    return source


def cancel(source: Import) -> None:
    """Stop the trial run or the import after the rows that are under way; those stay."""
    if source.job:
        jobs.cancel(source.job)


def columns_of(what: str) -> list[known_columns.Column]:
    """Every column that a file may have now."""
    fields = CustomField.objects.of_target(CustomField.Target.CUSTOMER).live()
    return known_columns.columns_of(what, fields if what == Import.What.CUSTOMERS else [])


def too_large() -> str:
    """Why a file of this size is not taken."""
    return _("This file has more than %(most)s MB. Split it into several files.") % {
        "most": settings.UPLOAD_MAX_BYTES // 1024 // 1024
    }


_AGAIN = {Job.State.FAILED.value, Job.State.CANCELLED.value}


def _locked(source: Import) -> Import:
    found = Import.objects.select_for_update(of=("self",))
    return found.select_related("trial", "run").get(pk=source.pk)


def _require_columns(source: Import, columns: Sequence[str]) -> None:
    known = {each.key: each for each in columns_of(source.what)}
    chosen = [each for each in columns if each]
    if len(columns) != len(source.headers) or not set(chosen) <= set(known):
        raise CannotImportError(_("The fields were changed meanwhile. Choose the columns again."))
    for key in chosen:
        if chosen.count(key) > 1:
            raise CannotImportError(
                _("“%(field)s” is chosen for two columns.") % {"field": known[key].label}
            )
    for group in _KEYS[source.what]:
        if not set(group) & set(chosen):
            labels = " / ".join(known[key].label for key in group)
            raise CannotImportError(
                _("Choose which column is “%(field)s”: rows are told apart by it.")
                % {"field": labels}
            )
