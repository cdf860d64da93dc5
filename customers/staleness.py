"""Two people edit one record: whoever saves later learns what the other did.

Each edit raises the record's `version` and leaves one audit entry with old and new values. Edits of
different fields do not disturb each other.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from audit.models import AuditEntry


class Versioned(Protocol):
    """A record whose every edit raises its version by one."""

    id: uuid.UUID
    version: int


@dataclass(frozen=True)
class ForeignChange:
    """What somebody else did to one field while a person was typing."""

    field: str
    was: object
    theirs: object


class StaleError(Exception):
    """Somebody else edited the same fields in the meantime. The message is fit to show."""

    def __init__(self, *, record: Versioned, entries: Sequence[AuditEntry]) -> None:
        super().__init__(
            _("This page was changed while you were typing. Nothing of yours was saved.")
        )
        self.record = record
        self.entries = entries  # newest first: who and when

    @property
    def changes(self) -> list[ForeignChange]:
        """Each field that differs now from what the person saw."""
        was: dict[str, object] = {}
        theirs: dict[str, object] = {}
        for entry in self.entries:
            was |= {field: old for field, (old, _new) in entry.changes.items()}
            theirs = {field: new for field, (_old, new) in entry.changes.items()} | theirs
        return [
            ForeignChange(field, was[field], theirs[field])
            for field in was
            if was[field] != theirs[field]
        ]


def require_fresh(
    record: Versioned, *, seen: int, fields: Collection[str], edits: Iterable[str]
) -> None:
    """Raise StaleError where somebody changed one of `fields` since the version that was `seen`.

    Call it with the record locked. `edits` are the audit actions that raise the version.
    """
    if record.version == seen:
        return
    since = AuditEntry.objects.about(record.id).filter(subject_id=record.id, action__in=[*edits])
    entries = list(since[: max(record.version - seen, 0)])
    touched = [entry for entry in entries if not entry.changes.keys().isdisjoint(fields)]
    # A version from the future was never shown to anybody.
    if touched or seen > record.version:
        raise StaleError(record=record, entries=touched)
