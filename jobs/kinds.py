"""The kinds of work there are. Each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from jobs.models import Job
    from jobs.running import Run


@dataclass(frozen=True)
class Kind:
    """`work` does it, `ended` is told in the transaction that ends it, however it ends."""

    label: str | Promise
    work: Callable[[Run], None]
    ended: Callable[[Job], None] | None = None


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Say how work of this kind is done. Raises ValueError when another kind has the name."""
    if _kinds.setdefault(name, kind) != kind:
        raise ValueError(f"Another kind of work is named {name!r}.")


def kind_of(name: str) -> Kind:
    """Raises KeyError for a kind that no app registered."""
    return _kinds[name]


def ended_of(name: str) -> Callable[[Job], None] | None:
    """Who is told that such work has ended: nobody, when the code that did it is gone."""
    return _kinds[name].ended if name in _kinds else None


def label_of(name: str) -> str | Promise:
    """What people call it. Work outlives the code that did it: then its name must do."""
    return _kinds[name].label if name in _kinds else name
