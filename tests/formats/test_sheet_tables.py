"""XLSX as it comes from offices, and as it comes from enemies."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.tables import MOST_COLUMNS, UnreadableTableError, open_table, sheet_parts, sheets
from tests.formats import xlsx
from tests.formats.xlsx import book, cell, shared, with_rows


def rows(content: bytes) -> list[tuple[int, list[str]]]:
    return [(row.number, row.cells) for row in open_table(io.BytesIO(content)).rows()]


def cells(row: str, **parts: str | bytes) -> list[str]:
    return rows(with_rows(f"<row>{row}</row>", **parts))[0][1]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableTableError) as refused:
        rows(content)
    return str(refused.value)


def test_the_first_visible_sheet_is_read() -> None:
    table = open_table(io.BytesIO(book()))

    assert table.told == "Read from the sheet “Customers”."
    assert [row.cells for row in table.rows()] == [["Name", "Code"], ["Acme", "ACME"]]
    assert [row.cells for row in table.rows()] == [["Name", "Code"], ["Acme", "ACME"]]


def test_rows_and_cells_stand_where_their_references_say() -> None:
    content = with_rows(
        f'<row r="2"><c r="C2"><v>7</v></c></row><row r="9"/><row r="12">{cell("x")}</row>'
    )

    assert rows(content) == [(2, ["", "", "7"]), (12, ["x"])]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ('<c t="s"><v>1</v></c>', "Köln am Rhein"),
        ('<c t="b"><v>1</v></c><c t="b"><v>0</v></c>', "yes no"),
        ('<c t="str"><f>A1&amp;"x"</f><v>=1+1</v></c>', "=1+1"),
        ("<c><v>12500000</v></c>", "12500000"),
        ("<c><v>4.930901820E11</v></c>", "493090182000"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>1E999999</v></c>", "1E999999"),
        ("<c><v>nonsense</v></c>", "nonsense"),
        ('<c s="1"><v>46348</v></c>', "2026-11-22"),
        ('<c s="2"><v>46348.5</v></c>', "2026-11-22 12:00:00"),
        ('<c s="3"><v>1067</v></c>', "01067"),
        ('<c s="4"><v>1067</v></c>', "1067"),
        ('<c s="1"><v>1E300</v></c>', "1E300"),
        ('<c s="99"><v>1</v></c>', "1"),
    ],
)
def test_cells_read_as_people_see_them(content: str, shown: str) -> None:
    strings = shared(
        "<t>other</t>", "<r><t>Köln </t></r><r><t>am Rhein</t></r><rPh><t>no</t></rPh>"
    )

    assert " ".join(cells(content, **{"xl/sharedStrings.xml": strings})) == shown


def test_days_may_begin_in_1904() -> None:
    workbook = xlsx.WORKBOOK.replace("<workbookPr/>", '<workbookPr date1904="1"/>')

    assert cells('<c s="1"><v>0</v></c>', **{"xl/workbook.xml": workbook}) == ["1904-01-01"]


def test_an_error_of_the_spreadsheet_is_told() -> None:
    content = with_rows('<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row>')

    assert [row.error for row in open_table(io.BytesIO(content)).rows()] == ["#REF!"]


def test_a_sheet_may_lie_about_its_size_and_be_formatted_far_out() -> None:
    far = '<c r="XFD1" s="1"/>'
    content = book(
        {
            "xl/worksheets/sheet2.xml": xlsx.sheet(f"<row>{cell('x')}{far}</row>").replace(
                "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
            )
        }
    )

    assert rows(content) == [(1, ["x"])]


ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("document_type", [ENTITY, LAUGHS, '<!DOCTYPE x SYSTEM "http://x/y.dtd">'])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"]
)
def test_entities_and_document_types_are_refused(part: str, document_type: str) -> None:
    content = {"xl/sharedStrings.xml": shared(), "xl/worksheets/sheet2.xml": xlsx.sheet("")}
    usual = {**content, "xl/workbook.xml": xlsx.WORKBOOK, "xl/styles.xml": xlsx.STYLES}[part]

    assert "no spreadsheet writes" in refusal(book({part: document_type + usual}))


def bomb(part: str, size: int) -> bytes:
    """A part that is small while it is packed."""
    made = io.BytesIO(book())
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(part, "w", force_zip64=True) as target,
    ):
        for _piece in range(size // 1_000_000 + 1):
            target.write(b"\0" * 1_000_000)
    return made.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("part", "size"),
    [("xl/worksheets/sheet2.xml", sheets.LONGEST_SHEET), ("xl/workbook.xml", sheets.LONGEST_REST)],
)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(part: str, size: int) -> None:
    assert "larger than any table" in refusal(bomb(part, size))


def test_strings_that_unfold_to_much_are_refused() -> None:
    strings = shared(f"<t>{'x' * 100_000}</t>")
    repeated = "<row>" + '<c t="s"><v>0</v></c>' * 150 + "</row>"

    assert "no spreadsheet" in refusal(with_rows(repeated, **{"xl/sharedStrings.xml": strings}))


@pytest.mark.parametrize(
    "row",
    [
        "<row>" + "<a>" * 100 + "</a>" * 100 + "</row>",
        '<row><c t="s"><v>5</v></c></row>',
        '<row r="5"/><row r="4"/>',
        '<row r="9999999"/>',
        "<row><c><v>1</v></row>",
        "<row/>" * 3 + "<!-- never closed",
    ],
    ids=["deep", "no such string", "backwards", "far down", "no xml", "open comment"],
)
def test_what_no_spreadsheet_writes_is_refused(row: str) -> None:
    assert "no spreadsheet writes" in refusal(with_rows(row))


def test_a_tag_without_end_is_not_collected() -> None:
    assert "no spreadsheet" in refusal(with_rows(f'<row spans="{"x" * 9_000_000}"/>'))


def test_too_many_columns_and_too_long_cells_are_refused() -> None:
    wide = with_rows('<row r="3"><c r="XFD3"><v>1</v></c></row>')
    long = with_rows(f"<row>{cell('x' * 140_000)}</row>")

    assert f"Row 3 has more than {MOST_COLUMNS} columns" in refusal(wide)
    assert "A cell of row 1 holds too much text" in refusal(long)


def test_too_many_strings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_parts, "MOST_STRINGS", 2)

    strings = {"xl/sharedStrings.xml": shared(*["<t>x</t>"] * 3)}
    assert "no spreadsheet" in refusal(with_rows("<row/>", **strings))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and no zip",
        book()[:-40],
        book({"xl/workbook.xml": f'<workbook xmlns="{xlsx.MAIN}"/>'}),
        book({f"junk{number}": "" for number in range(sheets.MOST_PARTS)}),
    ],
    ids=["no zip", "cut off", "no sheet", "too many parts"],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    assert "damaged or protected" in refusal(content)


def test_a_sheet_outside_of_the_file_is_never_fetched() -> None:
    outside = xlsx.RELATIONS.replace(
        'Target="worksheets/sheet2.xml"', 'Target="http://127.0.0.1/x" TargetMode="External"'
    )

    assert "damaged" in refusal(book({"xl/_rels/workbook.xml.rels": outside}))


@given(st.data())
def test_no_broken_bit_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray(book({"xl/sharedStrings.xml": shared("<t>x</t>")}))
    for _bit in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(UnreadableTableError):
        assert all(number >= 1 for number, _cells in rows(bytes(content)))
