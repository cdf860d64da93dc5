"""The one way to write to the audit trail."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from django.db import connection

from audit import sentences
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
    sentences.require_described(action)
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} must be recorded inside the transaction of the change.")
    return AuditEntry.objects.create(
        action=action,
        actor_id=actor.id if actor else None,
        actor_name=str(actor)[:200] if actor else "",
        subject_type=subject._meta.label_lower,  # noqa: SLF001 - Django's public way to name a model
        subject_id=subject.id,
        subject_name=str(subject)[:254],
        about=list({subject.id, *(each.id for each in about)}),
        changes={field: [plain(old), plain(new)] for field, (old, new) in (changes or {}).items()},
        labels={field: field.label for field in changes or {} if isinstance(field, Named)},
        note=note,
    )


def plain(value: object) -> object:
    """A value as the trail keeps it."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)
