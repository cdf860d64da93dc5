"""A question that somebody put to a provider and waits for: is this connection, this bucket, right?

The provider is asked outside of a transaction. The answer is kept only if the record still reads as
it did when it was asked. What may pass is asked again by the sweep, until the question is too old.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.troubles import Kind, Trouble

HANGS = dt.timedelta(minutes=5)  # after that, nobody waits for the answer any more
GRACE = dt.timedelta(seconds=45)  # a younger one was announced to a worker a moment ago
LOST = "Portal.CheckLost"
MOST_PER_SWEEP = 50

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Fields:
    """The columns in which a model keeps its question."""

    state: str
    began_at: str
    checked_at: str
    trouble_code: str
    request_id: str

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [self.state, self.began_at, self.checked_at, self.trouble_code, self.request_id]


CONNECTION = Fields("state", "check_began_at", "checked_at", "trouble_code", "request_id")
BILL_PLACE = Fields(
    "bill_check", "bill_check_began_at", "bill_checked_at", "bill_trouble_code", "bill_request_id"
)


def is_waiting(record: models.Model, fields: Fields) -> bool:
    """Whether somebody waits for an answer that may still come."""
    began = getattr(record, fields.began_at)
    is_asked = getattr(record, fields.state) == CheckState.CHECKING
    return bool(is_asked and began and timezone.now() - began < HANGS)


def begin(record: models.Model, fields: Fields) -> None:
    """Note on a locked record that somebody asks now; it is saved."""
    _set(record, fields, CheckState.CHECKING, None)
    setattr(record, fields.began_at, timezone.now())
    record.save(update_fields=fields.names)


def forget(record: models.Model, fields: Fields) -> list[str]:
    """What was found is true no more: the record was changed. Returns the columns to save."""
    _set(record, fields, CheckState.NOT_CHECKED, None)
    setattr(record, fields.began_at, None)
    setattr(record, fields.checked_at, None)
    return fields.names


def answered(asked: M, fields: Fields, trouble: Trouble | None) -> M | None:
    """The locked record with the answer, saved; None when it stays open or came too late.

    Call it in a transaction.
    """
    unchanged = {name: getattr(asked, name) for name in (fields.began_at, "version")}
    found = type(asked)._default_manager.select_for_update().filter(pk=asked.pk, **unchanged)  # noqa: SLF001 - Django's public way to a model's manager
    record: M | None = found.filter(**{fields.state: CheckState.CHECKING}).first()
    if record is None:
        return None
    if trouble and trouble.kind is Kind.LATER and is_waiting(record, fields):
        setattr(record, fields.trouble_code, trouble.code)
        setattr(record, fields.request_id, trouble.request_id)
        record.save(update_fields=[fields.trouble_code, fields.request_id])
        return None
    _set(record, fields, CheckState.FAILED if trouble else CheckState.OK, trouble)
    setattr(record, fields.checked_at, timezone.now())
    record.save(update_fields=fields.names)
    return record


def waiting(records: QuerySet[M], fields: Fields) -> list[M]:
    """Those whose answer should be there by now: a message or a worker was lost, or the provider
    asked for patience.
    """
    younger = {f"{fields.began_at}__lt": timezone.now() - GRACE}
    return list(records.filter(**{fields.state: CheckState.CHECKING}, **younger)[:MOST_PER_SWEEP])


def is_due(record: models.Model, fields: Fields) -> bool:
    """Whether one record is among those that `waiting` finds."""
    began = getattr(record, fields.began_at)
    is_asked = getattr(record, fields.state) == CheckState.CHECKING
    return bool(is_asked and began and timezone.now() - began >= GRACE)


def is_lost(record: models.Model, fields: Fields) -> bool:
    """Whether nobody waits any more."""
    began = getattr(record, fields.began_at)
    return bool(began and timezone.now() - began >= HANGS)


def _set(record: models.Model, fields: Fields, state: CheckState, trouble: Trouble | None) -> None:
    setattr(record, fields.state, state)
    setattr(record, fields.trouble_code, trouble.code if trouble else "")
    setattr(record, fields.request_id, trouble.request_id if trouble else "")
