"""What becomes of one row, and what several rows have to know of each other."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

from accounts.models import User
from customers.imports.reading import Typed
from customers.models import ImportRow

Outcome = ImportRow.Outcome


class Row(NamedTuple):
    """The columns of an ImportRow besides its file."""

    number: int
    outcome: str
    name: str
    reason: str
    is_odd: bool
    record_id: uuid.UUID | None


@dataclass
class Plan:
    """The fate of one row. `problems` are sentences that refuse it, `warnings` ask for a look."""

    number: int
    name: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_new: bool = False
    is_change: bool = False
    record_id: uuid.UUID | None = None  # the customer

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.REFUSED
        if self.is_new:
            return Outcome.ADDED
        return Outcome.CHANGED if self.is_change else Outcome.UNCHANGED

    @property
    def row(self) -> Row:
        """What is kept of it."""
        return Row(
            self.number,
            self.outcome.value,
            self.name[:200].replace("\0", ""),
            " ".join([*self.problems, *self.warnings]).replace("\0", ""),
            bool(self.warnings),
            self.record_id,
        )


class Taker(Protocol):
    """Takes over rows of one kind."""

    def mark(self, row: Typed) -> None:
        """Look at every row once, in the order of the file: note its key, object to repetitions."""

    def remember(self, taken: Mapping[uuid.UUID, int]) -> None:
        """Which customers other rows were about, after a chunk is committed: customer → row."""

    def plan(self, rows: Sequence[Typed], *, to_take: bool) -> list[Any]:
        """What would become of these rows, as everything stands now; locked if it is to happen."""

    def warn(self, plans: list[Any]) -> None:
        """Add what a person should look at before it happens. For the trial run."""

    def take(self, plans: list[Any], *, by: User | None) -> None:
        """Do what was planned, inside of one transaction with the planning."""


def repeated(number: int) -> str:
    """Why the second of two rows is refused."""
    return _("Row %(number)s is about the same already.") % {"number": number}


def sentences(label: str, messages: Iterable[str]) -> list[str]:
    """What is wrong with a field, with its name."""
    return [f"{label}: {message}" for message in messages]
