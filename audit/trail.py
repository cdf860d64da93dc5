"""The one way to write to the audit trail."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self

from django.db import connection
from django.utils import timezone

from audit import sentences
from audit.inserting import insert_rows
from audit.models import AuditEntry


class Person(Protocol):
    """Whoever acts: a user of this schema."""

    id: uuid.UUID

    def __str__(self) -> str: ...


class Mentioned(Protocol):
    """Whatever an entry or a mail is about."""

    @property
    def id(self) -> uuid.UUID: ...


@dataclass(frozen=True)
class Mention:
    """A record of which only the key is known."""

    id: uuid.UUID


class Named(str):
    """The name of a changed field that no model knows, with what people called it at that time."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, name: str, label: str) -> Self:
        named = super().__new__(cls, name)
        named.label = label
        return named


class Record(Mentioned, Protocol):
    """Whatever is acted on: any model whose key is a UUID."""

    _meta: ClassVar[Any]

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Deed:
    """What `record` takes, for whoever records many."""

    action: str
    subject: Record
    actor: Person | None
    about: Collection[Mentioned] = ()
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    note: str = ""


def record(  # noqa: PLR0913 - the six things that an entry tells; all but the first by name
    action: str,
    *,
    subject: Record,
    actor: Person | None,
    about: Iterable[Mentioned] = (),
    changes: Mapping[str, tuple[object, object]] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write that `actor` (None: the product itself) did `action` to `subject`.

    `action` reads `<noun>.<past tense>` and must be described in `audit.sentences`. `about` names
    further records on whose timeline the entry stands. `changes` maps a field's name to its old and
    new value; a name that is no field of the subject's model is a `Named`. Must run inside the
    transaction of the change: then both happen or neither does.
    """
    deed = Deed(action, subject, actor, tuple(about), changes or {}, note)
    _require_transaction(deed)
    return AuditEntry.objects.create(**_columns(deed))


def record_several(deeds: Iterable[Deed]) -> None:
    """Write many entries at once, as `record` would each of them."""
    deeds = list(deeds)
    for deed in deeds:
        _require_transaction(deed)
    at = timezone.now()
    insert_rows(AuditEntry, [{"at": at, **_columns(deed)} for deed in deeds])


def _require_transaction(deed: Deed) -> None:
    sentences.require_described(deed.action)
    if not connection.in_atomic_block:
        raise RuntimeError(f"{deed.action} must be recorded inside the transaction of the change.")


def _columns(deed: Deed) -> dict[str, Any]:
    subject, actor, changes = deed.subject, deed.actor, deed.changes
    return {
        "action": deed.action,
        "actor_id": actor.id if actor else None,
        "actor_name": str(actor)[:200] if actor else "",
        "subject_type": subject._meta.label_lower,  # noqa: SLF001 - Django's public way to name a model
        "subject_id": subject.id,
        "subject_name": str(subject)[:254],
        "about": list({subject.id, *(each.id for each in deed.about)}),
        "changes": {field: [plain(old), plain(new)] for field, (old, new) in changes.items()},
        "labels": {field: field.label for field in changes if isinstance(field, Named)},
        "note": deed.note,
    }


def plain(value: object) -> object:
    """A value as the trail keeps it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
