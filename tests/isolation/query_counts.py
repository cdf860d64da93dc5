"""The checked-in number of queries of each page: read, compared, renewed."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".txt")
RENEW = "UPDATE_QUERY_COUNTS"
HOW = f"If this is meant: {RENEW}=1 script/test tests/isolation/test_queries.py"
_HEAD = f"""\
# How often each page asks the database, for each role that may open it: the host, the page, who
# opens it, the status of the answer, the number of queries. Written by
# {RENEW}=1 script/test tests/isolation/test_queries.py
"""


@dataclass(frozen=True, order=True)
class Line:
    """One role on one page."""

    host: str
    page: str
    role: str
    status: int
    queries: int

    def __str__(self) -> str:
        return (
            f"{self.host:9} {self.page:42} {self.role:22} {self.status} {self.queries:3}".rstrip()
        )


def read() -> set[Line]:
    """Every line of the file."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    return {_line(*each.split()) for each in lines if each and not each.startswith("#")}


def differences(host: str, page: str, measured: Iterable[Line]) -> str:
    """How the page differs from the file, as a patch of it; empty when it does not.

    With UPDATE_QUERY_COUNTS set, the file is changed instead.
    """
    known, now = {each for each in read() if (each.host, each.page) == (host, page)}, set(measured)
    if os.environ.get(RENEW):
        write((read() - known) | now)
        return ""
    return "\n".join(
        [f"- {line}" for line in sorted(known - now)]
        + [f"+ {line}" for line in sorted(now - known)]
    )


def leftovers(pages: set[tuple[str, str]]) -> list[str]:
    """Lines of pages that are gone. With UPDATE_QUERY_COUNTS set, they are taken out instead."""
    gone = {each for each in read() if (each.host, each.page) not in pages}
    if gone and os.environ.get(RENEW):
        write(read() - gone)
        return []
    return [str(line) for line in sorted(gone)]


def write(lines: Iterable[Line]) -> None:
    """Sorted, so that a change is read as the lines that it touches."""
    FILE.write_text(_HEAD + "".join(f"{line}\n" for line in sorted(lines)))


def _line(host: str, page: str, role: str, status: str, queries: str) -> Line:
    return Line(host, page, role, int(status), int(queries))
