"""XLSX files made by hand, so that each part of them can be wrong."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><workbookPr/><sheets>'
    '<sheet name="Hidden" sheetId="1" state="hidden" r:id="rId1"/>'
    '<sheet name="Customers" sheetId="2" r:id="rId2"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId2" Target="worksheets/sheet2.xml"/></Relationships>'
)
# Style 1: a built-in date; 2: one of our own; 3: five digits; 4: an amount.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="[$-409]d/m/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="00000"/>'
    '<numFmt numFmtId="166" formatCode="0.00 &quot;day&quot;"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>'
    "</styleSheet>"
)


def cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def shared(*texts: str) -> str:
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'


def plain(rows: Sequence[Sequence[str]]) -> str:
    return sheet("".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows))


def book(parts: dict[str, str | bytes] | None = None) -> bytes:
    """An XLSX file. `parts` stand in the place of the usual ones, or beside them."""
    everything: dict[str, str | bytes] = {
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": plain([["hidden"]]),
        "xl/worksheets/sheet2.xml": plain([["Name", "Code"], ["Acme", "ACME"]]),
        **(parts or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in everything.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_rows(rows: str, **parts: str | bytes) -> bytes:
    return book({"xl/worksheets/sheet2.xml": sheet(rows), **parts})
