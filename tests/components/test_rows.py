import datetime as dt
import uuid
from types import SimpleNamespace

from django.urls import reverse
from django.utils.html import format_html

from components.addresses import record_url
from components.rows import Column, table_rows

EVIL = "<b>&\"'"


def cells(column: Column, record: object) -> str:
    [row] = table_rows([record], [Column("Name", lambda _record: "n"), column])
    return str(row.cells)


def test_the_first_cell_names_its_row() -> None:
    columns = [Column("Name", "name"), Column("Code", "code", kind="code", on_phone=False)]

    [row] = table_rows([SimpleNamespace(name="Acme", code="A1")], columns)

    assert row.cells == (
        '<th scope="row" class="cell-text">Acme</th><td class="cell-code wide-only">A1</td>'
    )


def test_whatever_is_no_markup_is_escaped() -> None:
    record = SimpleNamespace(name=EVIL)

    shown = [
        cells(Column("X", "name"), record),
        cells(Column("X", lambda each: each.name), record),
        cells(Column("X", markup=lambda each: each.name), record),
        cells(Column("X", markup=lambda each: format_html("<i>{}</i>", each.name)), record),
    ]

    assert all("<b>" not in each and "&lt;b&gt;&amp;" in each for each in shown)
    assert "<i>" in shown[-1]


def test_a_path_leads_over_what_is_unknown_and_calls_what_can_be_called() -> None:
    record = SimpleNamespace(owner=None, kind=lambda: "Direct", no=0)

    assert '<td class="cell-text"></td>' in cells(Column("X", "owner.name"), record)
    assert '<td class="cell-text">Direct</td>' in cells(Column("X", "kind"), record)
    assert '<td class="cell-text">0</td>' in cells(Column("X", "no"), record)
    assert '<td class="cell-text"></td>' in cells(Column("X"), record)


def test_a_moment_is_shown_as_one() -> None:
    record = SimpleNamespace(at=dt.datetime(2020, 2, 29, 12, tzinfo=dt.UTC))

    assert "Feb. 29, 2020</time></td>" in cells(Column("X", "at"), record)


def test_an_address_is_what_reverse_says() -> None:
    for _ in range(2):
        record_id = uuid.uuid4()
        expected = reverse("console:customers:detail", args=[record_id])
        assert record_url("console:customers:detail", record_id) == expected
