"""Tables that people upload: CSV in whatever encoding, and XLSX. Read row by row, in little memory.

Nothing in such a file is trusted: what cannot be read is refused with a sentence, never guessed.
"""

from typing import IO

from formats.tables import sheets, texts
from formats.tables.rows import MOST_COLUMNS, Row, Table, UnreadableTableError

__all__ = ["MOST_COLUMNS", "Row", "Table", "UnreadableTableError", "open_table"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # Excel before 2007, and everything with a password


def open_table(file: IO[bytes]) -> Table:
    """The table in a file that can be sought in. What it is shows in its first bytes.

    Raises UnreadableTableError. The rows may still do so later: a broken place is found when it is
    reached.
    """
    head = file.read(8)
    file.seek(0)
    if not head:
        raise UnreadableTableError.empty()
    if head.startswith(_OLE):
        raise UnreadableTableError.protected()
    return sheets.open_sheet(file) if head.startswith(_ZIP) else texts.open_text(file)
