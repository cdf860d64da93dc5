"""XML of strangers, as a stream: no document types, no entities, nothing that grows without end."""

from collections.abc import Iterator
from typing import Any, NoReturn, Protocol, TypeVar
from xml.parsers import expat

from django.utils.translation import gettext as _

from formats.tables.rows import UnreadableTableError

PIECE = 64 * 1024
DEEPEST = 64  # elements inside of each other
LONGEST_TOKEN = 4 * 1024 * 1024  # bytes of one tag with its attributes

T = TypeVar("T")


class Reader(Protocol[T]):
    """Hears the elements by their local names. `take` gives what came together, and forgets it."""

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...
    def text(self, text: str) -> None: ...
    def end(self, name: str) -> None: ...
    def take(self) -> list[T]: ...


def read(pieces: Iterator[bytes], reader: Reader[T]) -> Iterator[T]:
    """What the reader makes of the document, while it is read. Raises UnreadableTableError."""
    parser = _parser(reader)
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003 - expat's signature
            fed += len(piece)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise refused()
            yield from reader.take()
        if fed:
            parser.Parse(b"", True)  # noqa: FBT003
            yield from reader.take()
    except expat.ExpatError as error:
        raise refused() from error


def _parser(reader: Reader[T]) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = PIECE
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise refused()
        reader.begin(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        reader.end(name.rpartition(":")[2])

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = reader.text
    # Office programs write no document type. Entities, and what they fetch or multiply, need one.
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_anything: object) -> NoReturn:
    raise refused()


def refused() -> UnreadableTableError:
    return UnreadableTableError(
        _("This XLSX file holds something that no spreadsheet writes. Save it again, or as CSV.")
    )
