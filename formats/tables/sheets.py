"""XLSX: a zip of XML parts. Read as a stream, with strings kept on disk and every size bounded.

openpyxl holds all strings in memory and believes what a file says about its size; this knows the
little of the format that a table of values needs (ECMA-376, part 1, sections 18.3, 18.4 and 18.8).
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO

from django.utils.translation import gettext as _

from formats.tables import sheet_parts, sheet_xml
from formats.tables.rows import Row, Table, UnreadableTableError
from formats.tables.sheet_parts import Cells, Strings

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"
MOST_PARTS = 2_000
# Unpacked bytes. What is declared is what zipfile reads: a part that lies is cut off or refused.
LONGEST_SHEET = 256 * 1024 * 1024
LONGEST_STRINGS = 128 * 1024 * 1024
LONGEST_REST = 8 * 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def open_sheet(file: IO[bytes]) -> Table:
    """The first visible sheet. Raises UnreadableTableError."""
    with _readable():
        archive = zipfile.ZipFile(file)
    if len(archive.namelist()) > MOST_PARTS:
        raise _broken()
    book = sheet_parts.read_workbook(_xml(archive, WORKBOOK, LONGEST_REST))
    relations = sheet_parts.read_relations(_xml(archive, RELATIONS, LONGEST_REST))
    path = _path(relations.get(book.sheet_id, ""))
    if path not in archive.namelist():
        raise _broken()
    _require_size(archive, path, LONGEST_SHEET)
    _require_size(archive, STRINGS, LONGEST_STRINGS)
    told = _("Read from the sheet “%(sheet)s”.") % {"sheet": book.sheet_name[:80]}

    def rows() -> Iterator[Row]:
        formats = sheet_parts.read_formats(_xml(archive, STYLES, LONGEST_REST))
        with closing(Strings()) as strings:
            for text in sheet_parts.read_strings(_xml(archive, STRINGS, LONGEST_STRINGS)):
                strings.add(text)
            cells = Cells(strings, formats, starts_1904=book.starts_1904)
            yield from sheet_parts.read_rows(_xml(archive, path, LONGEST_SHEET), cells)

    return Table(told, rows, is_ragged_by_nature=True)


def _path(target: str) -> str:
    """Where a relation of the workbook leads to inside of the archive."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _require_size(archive: zipfile.ZipFile, name: str, most: int) -> None:
    if name in archive.namelist() and archive.getinfo(name).file_size > most:
        raise UnreadableTableError(
            _("Unpacked, this file is larger than any table of this size may be. Save it as CSV.")
        )


def _xml(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """A part in pieces; nothing where there is no such part."""
    if name not in archive.namelist():
        return
    _require_size(archive, name, most)
    with _readable(), archive.open(name) as part:
        while piece := part.read(sheet_xml.PIECE):
            yield piece


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise _broken() from error


def _broken() -> UnreadableTableError:
    return UnreadableTableError(
        _("This XLSX file is damaged or protected. Open it in a spreadsheet and save it again.")
    )
