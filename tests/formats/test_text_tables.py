"""CSV as it comes: every encoding is decided and told, or refused."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.tables import MOST_COLUMNS, UnreadableTableError, cells, open_table, texts

TEXT = "Name,City\r\nMüller,Köln\r\n"


def rows(content: bytes) -> list[list[str]]:
    return [row.cells for row in open_table(io.BytesIO(content)).rows()]


def told(content: bytes) -> str:
    return open_table(io.BytesIO(content)).told


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableTableError) as refused:
        rows(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_the_encoding_is_decided_and_told(content: bytes, name: str) -> None:
    assert rows(content) == [["Name", "City"], ["Müller", "Köln"]]
    assert told(content) == f"Read as {name}, with commas between the cells."


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-32"),
        TEXT.encode("utf-16")[:-1],
        b"\xff\xfe" + b"\x00\xd8a\x00" * 3,
        "Müller,Köln\nJörg,Düsseldorf\n".encode() + b"Andr\xe9,x\n",
        b"a,b\n\x81\x8d,\xe9\n",
        b"a\x01,b\xe9\n",
        bytes(range(256)),
    ],
    ids=[
        "utf-32",
        "half a letter",
        "half a pair",
        "mostly utf-8",
        "no cp1252",
        "control",
        "binary",
    ],
)
def test_an_unclear_encoding_is_refused(content: bytes) -> None:
    assert "encoding of this file is not clear" in refusal(content)


def test_a_replacement_character_of_the_file_itself_is_utf8() -> None:
    assert told("Name\n\N{REPLACEMENT CHARACTER}\n".encode()).startswith("Read as UTF-8")


@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs")]
)
def test_the_delimiter_is_told_from_the_header(delimiter: str, word: str) -> None:
    content = f'Name{delimiter}"City, or; town"{delimiter}Code\na,b;c\n'.encode()

    assert rows(content)[0] == ["Name", "City, or; town", "Code"]
    assert told(content) == f"Read as UTF-8, with {word} between the cells."


def test_excel_s_own_hint_is_followed_and_no_row() -> None:
    table = open_table(io.BytesIO(b"sep=;\nName;City\n"))

    assert [tuple(row) for row in table.rows()] == [(2, ["Name", "City"], "")]


def test_rows_are_numbered_as_spreadsheets_do() -> None:
    table = open_table(io.BytesIO(b'Name\n\n"two\nlines"\rlast'))

    assert [(row.number, row.cells) for row in table.rows()] == [
        (1, ["Name"]),
        (2, []),
        (3, ["two\nlines"]),
        (4, ["last"]),
    ]
    assert [row.is_empty for row in table.rows()] == [False, True, False, False]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b'a,b\nx,"open\nand never shut\n', "A cell of row 2 does not end"),
        (b'a,b\nx,"' + b"y" * 140_000 + b'"\n', "A cell of row 2 does not end"),
        (b'a,b\n1,2\n"x"y,z\n', "Row 3 cannot be read"),
        (b"a" * 1_000_001, "A line of this file has more than"),
        (b"a\n" + b"," * MOST_COLUMNS + b"x\n", "Row 2 has more than 200 columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of the old kind, or one with a password"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    assert sentence in refusal(content)


def test_empty_cells_beyond_the_last_column_do_no_harm() -> None:
    assert len(rows(b"a\n" + b"," * 1_000 + b"\n")[1]) == MOST_COLUMNS


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(texts.DELIMITERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_a_spreadsheet_writes_is_read(
    table: list[list[str]], delimiter: str, encoding: str
) -> None:
    head = ["Name", "Code", "City"]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([head, *table])

    assert rows(written.getvalue().encode(encoding)) == [head, *table]


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    with suppress(UnreadableTableError):
        assert all(isinstance(cell, str) for row in rows(content) for cell in row)


@given(st.text())
def test_a_neutral_cell_is_read_back(text: str) -> None:
    assert not cells.neutral(text).startswith(("=", "+", "-", "@"))
    if not text.startswith("'"):
        assert cells.plain(cells.neutral(text)) == text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("=1+1", True),
        ("@SUM(A1)", True),
        ("+cmd|x", True),
        ("+49 30 1234", False),
        ("-5.50", False),
    ],
)
def test_formulas_are_told_from_numbers(text: str, is_one: bool) -> None:
    assert cells.looks_like_formula(text) is is_one
