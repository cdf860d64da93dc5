"""What every kind of table gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from django.utils.translation import gettext as _

MOST_COLUMNS = 200
LONGEST_CELL = 131_072  # characters: csv's own limit; Excel's is 32,767


class Row(NamedTuple):
    """A row as it stands in the file. The first one has the number 1, as in every spreadsheet."""

    number: int
    cells: list[str]
    error: str = ""  # the first cell that holds an error of its spreadsheet, such as #REF!

    @property
    def is_empty(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """`told` says how the file is read, for people to check. `rows` begins anew each time."""

    told: str
    rows: Callable[[], Iterator[Row]]
    is_ragged_by_nature: bool = False  # its program leaves empty cells out


class UnreadableTableError(Exception):
    """The file cannot be read, or not to its end. The message is fit to show."""

    @classmethod
    def empty(cls) -> Self:
        return cls(_("This file is empty."))

    @classmethod
    def protected(cls) -> Self:
        return cls(
            _(
                "This is an Excel file of the old kind, or one with a password. "
                "Save it as XLSX without a password, or as CSV."
            )
        )

    @classmethod
    def too_wide(cls, number: int) -> Self:
        return cls(
            _("Row %(number)s has more than %(most)s columns.")
            % {"number": number, "most": MOST_COLUMNS}
        )

    @classmethod
    def too_long_cell(cls, number: int) -> Self:
        return cls(
            _("A cell of row %(number)s does not end. Is a quotation mark missing?")
            % {"number": number}
        )
