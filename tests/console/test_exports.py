"""Exporting the list of customers: what stands in the file, who may have it, what is noted."""

import datetime as dt
import io
import re
import uuid
import zipfile
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import StaffRole
from audit.models import AuditEntry
from console.exports import columns, reading, running, sheets
from console.lists import customer_columns
from console.views import exports as views
from customers.flows import list_views
from customers.models import Customer, Export
from jobs import files
from jobs.models import Job, StoredFile
from jobs.running import Run, claim
from notifications.models import OutgoingMail
from resellers.current import current_time_zone
from resellers.models import Reseller
from tests.console.exporting import (
    ask,
    content,
    in_background,
    names,
    page_of,
    rows,
    sheet,
    streamed,
    worked,
)
from tests.console.staff import log_in
from tests.factories.accounts import StaffMemberFactory
from tests.factories.customers import (
    CustomerFactory,
    CustomFieldFactory,
    ExportFactory,
    MembershipFactory,
)
from tests.harness.clients import HostClient

LIST = reverse("console:customers:list", "config.urls_reseller")


@pytest.fixture
def client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    alpha_client.force_login(StaffMemberFactory(role=StaffRole.SUPPORT).user)
    return alpha_client


def me() -> Any:
    return StaffMemberFactory._meta.model.objects.get(role=StaffRole.SUPPORT).user


def page(client: HostClient, query: str = "") -> str:
    found: str = client.get(page_of("new") + query).content.decode()
    return found


# ── The page ──


def test_the_page_tells_which_customers_and_changes_nothing(client: HostClient) -> None:
    CustomerFactory(organization_name="Nordlicht", country="DE", tags=["gold"])
    CustomerFactory(organization_name="Südlicht", country="FR", tags=["gold"])

    shown = page(client, "?country=DE&tag=gold&q=nordlicht")

    assert "1 customer." in shown
    for words in ("Country: Germany", "Tags: gold", "Search: nordlicht"):
        assert words in shown
    assert not Export.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_list_leads_to_the_page_with_its_own_parameters(client: HostClient) -> None:
    listed = client.get(LIST, {"view": "archived", "sort": "-code"}).content.decode()

    link = f'{page_of("new")}?view=archived&amp;sort=-code"'
    assert link in listed


def test_whoever_may_only_look_finds_no_export(alpha_client: HostClient, alpha: Reseller) -> None:
    log_in(alpha_client, StaffRole.VIEWER)

    assert page_of("new") not in alpha_client.get(LIST).content.decode()
    assert ask(alpha_client).status_code == HTTPStatus.FORBIDDEN
    assert not AuditEntry.objects.exists()


def test_a_filter_that_is_not_understood_exports_nothing(client: HostClient) -> None:
    CustomerFactory()
    response = ask(client, {"created.from": "soon", "country": "DE"})

    assert "was not used" in response.content.decode()
    assert not AuditEntry.objects.exists()
    assert response.context["form"].action == "?country=DE", "whoever has read it, may go on"


# ── CSV ──


def test_the_columns_are_those_of_the_list(client: HostClient) -> None:
    CustomFieldFactory(label="Seats", key="seats", number=True)
    list_views.choose_columns(["field.seats", "code", "contact", "phone"], by=me())
    CustomerFactory(
        organization_name="Nordlicht, Söhne",
        code="NORD",
        contact_name="Anna",
        contact_email="anna@nord.example",
        phone="+4930901820",
        custom_values={"seats": "-12.5"},
    )

    response = ask(client)

    assert content(client, response).decode() == (
        "\ufeffOrganization,Seats,Code,Contact,E-mail,Phone,Contact: phone\r\n"
        '"Nordlicht, Söhne",-12.5,NORD,Anna,anna@nord.example,\'+4930901820,\r\n'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="customers-\d{4}-\d\d-\d\d\.csv"', response["Content-Disposition"]
    )
    assert "no-store" in response["Cache-Control"]


def test_the_usual_columns_hold_what_programs_read(client: HostClient) -> None:
    customer = CustomerFactory(country="DE", tags=["a", "b"], code="C")
    moment = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)
    Customer.objects.update(created_at=moment)
    MembershipFactory(customer=customer)

    [head, row] = streamed(client)

    by_clock = moment.astimezone(current_time_zone()).strftime("%Y-%m-%d %H:%M:%S")
    assert dict(zip(head, row, strict=True)) == {
        "Organization": customer.organization_name,
        "Code": "C",
        "Contact": customer.contact_name,
        "E-mail": customer.contact_email,
        "Country": "Germany",
        "Tags": "a, b",
        "People": "1",
        "Created": by_clock,
    }


def test_every_column_of_the_list_can_be_exported(alpha: Reseller) -> None:
    keys = [each.key for each in customer_columns.OFFERS]

    told = columns.of_list(keys, [], current_time_zone())

    assert len(told) >= len(keys) + 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_are_parted_by_the_chosen_delimiter(client: HostClient, delimiter: str) -> None:
    CustomerFactory(organization_name='A,B;C\tD "E"\nF')

    raw = content(client, ask(client, delimiter=delimiter))

    assert f"Organization{delimiter}Code".encode() in raw
    assert names(rows(raw, delimiter)) == ['A,B;C\tD "E"\nF']
    assert f'value="{delimiter}" selected' in page(client), "it is offered first next time"


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_no_cell_is_a_formula(client: HostClient, begin: str) -> None:
    CustomerFactory(organization_name=begin)

    assert names(streamed(client)) == [f"'{begin}"]


def test_headers_are_no_formulas_either(client: HostClient) -> None:
    CustomFieldFactory(label="=cmd|' /C calc'!A0", key="evil")
    CustomerFactory()

    assert "'=cmd|' /C calc'!A0" in streamed(client, columns="all")[0]


def test_rows_are_those_of_the_list_in_its_order(client: HostClient) -> None:
    for name, country in (("Beta", "DE"), ("Alpha", "DE"), ("Gamma", "FR")):
        CustomerFactory(organization_name=name, country=country)
    CustomerFactory(
        organization_name="Old", country="DE", status="archived", archived_from="active"
    )

    assert names(streamed(client)) == ["Alpha", "Beta", "Gamma"]
    assert names(streamed(client, {"sort": "-organization_name"})) == ["Gamma", "Beta", "Alpha"]
    assert names(streamed(client, {"country": "DE"})) == ["Alpha", "Beta"]
    assert names(streamed(client, {"q": "gamm"})) == ["Gamma"]
    assert names(streamed(client, {"view": "archived"})) == ["Old"]


def test_a_saved_view_exports_its_own_rows_and_columns(client: HostClient) -> None:
    CustomerFactory(organization_name="Alpha", city="Bonn", country="DE")
    CustomerFactory(organization_name="Gamma", country="FR")
    look = list_views.Look(parameters={"country": "DE"}, columns=["city"])
    view = list_views.save("German", look, by=me())

    query = {"saved": str(view.pk), "view": "all", "country": "DE"}
    assert streamed(client, query) == [["Organization", "City"], ["Alpha", "Bonn"]]
    assert streamed(client, {"saved": str(view.pk)}) == [
        ["Organization", "City"],
        ["Alpha", "Bonn"],
    ]


def test_ticked_customers_are_exported_whatever_the_list_narrows(client: HostClient) -> None:
    made = [CustomerFactory(organization_name=name, country="FR") for name in "CBA"]
    ids = [str(each.pk) for each in made[:2]]

    asked = client.post(page_of("new") + "?country=DE", {"scope": "selected", "ids": ids})
    shown = asked.content.decode()
    assert "2 ticked customers." in shown
    assert all(f'value="{each}"' in shown for each in ids)
    assert not AuditEntry.objects.exists()

    table = streamed(client, {"country": "DE"}, scope="selected", ids=ids)
    assert names(table) == ["B", "C"]
    assert "2 ticked customers" in AuditEntry.objects.get().note


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([], "Choose at least one customer"),
        (["no id"], "not told rightly"),
        ([str(uuid.uuid4()) for _ in range(201)], "at most 200"),
    ],
)
def test_ticked_customers_are_told_rightly(
    client: HostClient, ids: list[str], sentence: str
) -> None:
    CustomerFactory()

    assert sentence in ask(client, scope="selected", ids=ids).content.decode()
    assert not AuditEntry.objects.exists()


def test_all_columns_hold_whatever_is_known(client: HostClient) -> None:
    CustomFieldFactory(label="Contract ends", key="ends", date=True)
    CustomFieldFactory(label="Tier", key="tier", choice=True)
    CustomFieldFactory(label="Paid", key="paid", yes_no=True)
    CustomFieldFactory(label="Old number", key="old", number=True, retired=True)
    values = {"ends": "2027-01-31", "tier": "tin", "paid": False, "old": "7"}
    customer = CustomerFactory(complete=True, custom_values=values, tags=["gold"])

    [head, row] = streamed(client, columns="all")

    told = dict(zip(head, row, strict=True))
    assert len(head) == len(told), "no header stands twice"
    stored = {each.name for each in Customer._meta.get_fields() if hasattr(each, "column")}
    internal = {"custom_values", "custom_search", "search_text", "version", "archived_from"}
    read = {
        each.read.removesuffix("__code") for each in columns.of_everything([], current_time_zone())
    }
    assert stored - internal - read == set()
    assert told["Contract ends"] == "2027-01-31"
    assert told["Tier"] == "Tin"
    assert told["Paid"] == "no"
    assert told["Old number (retired)"] == "7"
    assert told["Business turnover"] == "12500000.00"
    assert told["Country"] == "DE"
    assert told["Status"] == "Active"
    assert told["ID"] == str(customer.pk)


def test_every_export_stands_in_the_trail(client: HostClient) -> None:
    CustomerFactory(country="DE", tags=["gold"])
    CustomerFactory(country="DE")

    streamed(client, {"country": "DE"}, columns="all")

    entry = AuditEntry.objects.get()
    export = Export.objects.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == (
        "export.streamed",
        me().pk,
        export.pk,
    )
    assert entry.note == "2 customers · CSV · View: All · Country: Germany · All columns"
    assert (export.rows, export.job, export.file) == (2, None, None)
    shown = client.get(page_of("detail", export.pk)).content.decode()
    assert "2 customers were downloaded at once" in shown
    assert "Country: Germany" in shown
    assert entry in AuditEntry.objects.about(me().pk), "the team's page of the person shows it"


def test_an_empty_list_is_a_header(client: HostClient) -> None:
    assert len(streamed(client)) == 1


# ── In the background ──


def test_what_is_too_long_for_a_page_is_written_by_a_worker(
    client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_STREAMED", 2)
    for name in "BAC":
        CustomerFactory(organization_name=name)
    CustomerFactory(organization_name="X", status="archived", archived_from="active")

    export, raw = in_background(client, {"sort": "-organization_name"}, delimiter=";")

    assert names(rows(raw, ";")) == ["C", "B", "A"]
    assert raw.startswith(b"\xef\xbb\xbfOrganization;")
    assert export.rows == 3
    assert export.job
    assert (export.job.done, export.job.total) == (3, 3)
    notes = [each.note for each in AuditEntry.objects.order_by("pk")]
    assert {note.split(" · ")[0] for note in notes} == {"CSV", "Done. 3 customers"}


def test_a_sheet_has_typed_cells(client: HostClient) -> None:
    CustomFieldFactory(label="Seats", key="seats", number=True)
    CustomFieldFactory(label="Exact", key="exact", number=True)
    CustomFieldFactory(label="Ends", key="ends", date=True)
    CustomFieldFactory(label="Began", key="began", date=True)
    values = {"seats": "-12.5", "exact": "123456789012345678", "ends": "2027-01-31"}
    CustomerFactory(
        organization_name="=HYPERLINK(1)",
        postal_code="00123",
        notes="https://example.com \ufffe\x0b_x0041_",
        custom_values={**values, "began": "1887-05-01"},
    )

    export, raw = in_background(client, format="xlsx", columns="all")

    [head, row] = sheet(raw)
    told = dict(zip(head, row, strict=False))
    assert export.file_name.endswith(".xlsx")
    assert told["Organization name"] == "=HYPERLINK(1)"
    assert told["Postal code"] == "00123"
    assert told["Seats"] == "-12.5"
    assert told["Exact"] == "123456789012345678"
    assert told["Ends"] == "2027-01-31"
    assert told["Began"] == "1887-05-01"
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert re.search(r'<c r="\w+2"( s="\d")?><v>-12\.5</v>', xml), "a number, not a text"
    assert re.search(r'<c r="\w+2" s="\d"><v>46418</v>', xml), "a day, as Excel counts them"
    assert 'state="frozen"' in xml
    assert "<autoFilter" in xml
    assert "_x005F_x0041_" in xml


def test_its_person_gets_a_mail_with_a_link_and_no_file(client: HostClient) -> None:
    CustomerFactory(organization_name="Secret Ltd")

    export, _raw = in_background(client, format="xlsx")

    mail = OutgoingMail.objects.get()
    assert mail.kind == "export_ready"
    assert mail.recipient_email == me().email
    assert page_of("detail", export.pk) in mail.text_body
    assert "Secret" not in mail.text_body
    shown = client.get(page_of("detail", export.pk)).content.decode()
    assert "The file is ready." in shown
    assert page_of("file", export.pk) in shown
    assert "http-equiv" not in shown


def test_the_form_sent_twice_starts_one_export(client: HostClient) -> None:
    CustomerFactory()
    key = str(uuid.uuid4())

    first, again = (ask(client, format="xlsx", key=key)["Location"] for _ in range(2))
    other = ask(client, format="xlsx", columns="all", key=key)["Location"]

    assert first == again == page_of("detail", key)
    assert other != first, "the browser's way back, and another choice"
    assert Job.objects.count() == Export.objects.count() == 2


def test_a_key_of_somebody_elses_export_is_no_way_to_it(client: HostClient) -> None:
    theirs = ExportFactory(under_way=True, format="xlsx")

    response = ask(client, format="xlsx", key=str(theirs.pk))

    assert response["Location"] != page_of("detail", theirs.pk)


def test_progress_is_shown_and_an_export_can_be_cancelled(client: HostClient) -> None:
    CustomerFactory()
    where = ask(client, format="xlsx")["Location"]
    shown = client.get(where).content.decode()
    assert "Waiting for a worker" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    export = Export.objects.get()

    assert client.post(page_of("cancel", export.pk))["Location"] == where

    shown = client.get(where).content.decode()
    assert "The export was cancelled." in shown
    worked(export)
    assert not StoredFile.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert AuditEntry.objects.filter(action="export.ended", note__startswith="Cancelled").exists()
    assert client.get(page_of("file", export.pk)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_cancelled_between_two_chunks(
    client: HostClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(views, "MOST_STREAMED", 0)
    monkeypatch.setattr(running, "TOLD_EVERY", 1)
    monkeypatch.setattr(reading, "CHUNK", 1)
    CustomerFactory.create_batch(3)
    ask(client, format=kind)
    export = Export.objects.get()
    tell = Run.tell

    def telling(self: Any, **told: int) -> None:
        tell(self, **told)
        client.post(page_of("cancel", export.pk))

    monkeypatch.setattr(Run, "tell", telling)

    worked(export)

    assert export.job
    assert export.job.state == Job.State.CANCELLED
    assert not StoredFile.objects.exists()


class WorkerKilledError(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


def _killed(*_args: object, **_kwargs: object) -> None:
    raise WorkerKilledError


def test_a_worker_that_is_killed_leaves_no_half_file_and_the_next_begins_again(
    client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    CustomerFactory.create_batch(3)
    ask(client, format="xlsx")
    export = Export.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(files, "write", _killed)
        with pytest.raises(WorkerKilledError):
            worked(export)
    assert not StoredFile.objects.exists()

    Job.objects.update(next_run_at="2020-01-01T00:00Z")
    worked(export)

    assert export.rows == 3
    assert StoredFile.objects.count() == OutgoingMail.objects.count() == 1


def test_an_export_that_kills_every_worker_ends(client: HostClient) -> None:
    CustomerFactory()
    ask(client, format="xlsx")
    Job.objects.update(place={"begun": running.MOST_BEGINNINGS})

    export = worked(Export.objects.get())

    shown = client.get(page_of("detail", export.pk)).content.decode()
    assert "The export stopped." in shown
    assert "never came to its end" in shown


def test_a_worker_that_was_killed_after_the_file_was_stored_makes_no_second_one(
    client: HostClient,
) -> None:
    CustomerFactory()
    ask(client, format="xlsx")
    export = Export.objects.get()
    assert export.job_id
    held = claim(export.job_id)
    assert held
    running.work(held)
    Job.objects.update(next_run_at="2020-01-01T00:00Z")

    worked(export)

    assert StoredFile.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_no_more_is_exported_than_was_asked_for(client: HostClient) -> None:
    field = CustomFieldFactory(label="Tier", key="tier")
    CustomerFactory(custom_values={"tier": "gold"})
    CustomerFactory()
    ask(client, {"field.tier": "gold"}, format="xlsx")
    field.delete()

    export = worked(Export.objects.get())

    assert export.job
    assert "A filter of the list is not known any more." in export.job.sentence
    assert not StoredFile.objects.exists()


def test_a_sheet_that_would_be_too_long_is_refused(
    client: HostClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    CustomerFactory.create_batch(2)
    ask(client, format="xlsx")

    export = worked(Export.objects.get())

    assert export.job
    assert "Choose CSV." in export.job.sentence


def test_a_deleted_file_is_said(client: HostClient) -> None:
    CustomerFactory()
    export, _raw = in_background(client, format="xlsx")
    StoredFile.objects.update(keep_until="2020-01-01T00:00Z")

    files.delete_expired()

    shown = client.get(page_of("detail", export.pk)).content.decode()
    assert "The file was deleted" in shown
    assert "The file was deleted" in client.get(page_of("list")).content.decode()
    assert client.get(page_of("file", export.pk)).status_code == HTTPStatus.NOT_FOUND


def test_ones_own_exports_are_listed_and_no_others(client: HostClient) -> None:
    mine = ExportFactory(made_by=me(), file_name="mine.csv")
    theirs = ExportFactory(finished=True, file_name="theirs.csv")

    shown = client.get(page_of("list")).content.decode()

    assert "mine.csv" in shown
    assert "theirs.csv" not in shown
    assert client.get(page_of("detail", mine.pk)).status_code == HTTPStatus.OK
    for name in ("detail", "file"):
        assert client.get(page_of(name, theirs.pk)).status_code == HTTPStatus.NOT_FOUND
    assert client.post(page_of("cancel", theirs.pk)).status_code == HTTPStatus.NOT_FOUND


def test_rights_are_asked_for_again_when_the_file_is_fetched(client: HostClient) -> None:
    CustomerFactory()
    export, _raw = in_background(client, format="xlsx")
    StaffMemberFactory._meta.model.objects.filter(user=me()).update(role=StaffRole.VIEWER)

    assert client.get(page_of("file", export.pk)).status_code == HTTPStatus.FORBIDDEN


def test_numbers_that_are_none_stay_text() -> None:
    assert columns._number("12.50") == Decimal("12.50")
    assert columns._number("=1+1") == "=1+1"
    assert columns._day("tomorrow") == "tomorrow"
