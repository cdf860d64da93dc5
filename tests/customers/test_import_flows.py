"""Uploading a file, saying what its columns are, trying, starting and cancelling."""

import csv
import io
import uuid
from typing import IO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from audit.models import AuditEntry
from customers.flows import imports as flows
from customers.flows.imports import STARTED, CannotImportError
from customers.imports import columns, downloads
from customers.models import Customer, Import
from jobs import running
from jobs.models import Job, StoredFile
from tests.customers.importing import CONTACTS, CUSTOMERS, begin, finish, take_over, try_out, upload
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomFieldFactory
from tests.formats import xlsx

pytestmark = pytest.mark.usefixtures("alpha")

ACME = "Name,Code,Contact name,E-mail\nAcme,ACME,Anna,anna@acme.example\n"


def content_of(file: IO[bytes]) -> bytes:
    with file:
        return file.read()


@pytest.fixture
def dana(alpha: object) -> User:
    user: User = UserFactory.create()
    return user


def test_an_upload_keeps_the_file_and_guesses_its_columns(dana: User) -> None:
    CustomFieldFactory(label="Cost centre", key="cc")
    content = "\n\nOrganisation;Kundennummer;E-Mail;Cost Centre;?\nAcme;A;a@a.example;1;2\n"
    source = upload(content)

    assert source.told == "Read as UTF-8, with semicolons between the cells."
    assert (source.header_row, source.headers[0]) == (3, "Organisation")
    assert source.columns == ["organization_name", "code", "contact_email", "field.cc", ""]
    assert source.samples == [["Acme", "A", "a@a.example", "1", "2"]]
    assert source.file
    assert source.file.size == len(content.encode())


def test_an_xlsx_file_is_read_like_any_other() -> None:
    source = upload(xlsx.book())

    assert source.told == "Read from the sheet “Customers”."
    assert source.columns == ["organization_name", "code"]


def test_the_same_form_sent_twice_makes_one_import(dana: User) -> None:
    key = uuid.uuid4()
    made = [
        flows.upload(CUSTOMERS, SimpleUploadedFile("a.csv", ACME.encode()), by=dana, key=key)
        for _again in range(2)
    ]

    assert made[0] == made[1]
    assert (Import.objects.count(), StoredFile.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\n ,\n", "This file is empty."),
        (b"Name,Code\n", "a header and no row below"),
        (b"Name\n\x81\xe9\n", "encoding of this file is not clear"),
    ],
)
def test_a_file_without_a_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(CannotImportError, match=sentence) as refused:
        upload(content)

    assert refused.value.field == "file"
    assert not StoredFile.objects.exists()


def test_a_file_that_is_too_large_is_refused(settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 20  # type: ignore[attr-defined]

    with pytest.raises(CannotImportError, match="more than"):
        upload(ACME)


def test_nul_and_other_strange_characters_of_samples_are_not_shown() -> None:
    source = upload("Na\x00me,Code\nA\x07cme\u202e,A\n")

    assert (source.headers, source.samples) == (["Na me", "Code"], [["A cme", "A"]])


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (["", "", "", ""], "rows are told apart by it"),
        (["code", "code", "", ""], "“Code” is chosen for two columns"),
        (["code", "", ""], "changed meanwhile"),
        (["code", "password", "", ""], "changed meanwhile"),
    ],
)
def test_columns_that_make_no_sense_are_refused(
    dana: User, chosen: list[str], sentence: str
) -> None:
    source = upload(ACME)

    with pytest.raises(CannotImportError, match=sentence):
        flows.try_out(source, chosen, takes_odd_addresses=False, by=dana)
    assert not Job.objects.exists()


@pytest.mark.parametrize("missing", ["customer_code", "email"])
def test_contacts_need_code_and_e_mail(dana: User, missing: str) -> None:
    source = upload("Code,E-mail\nA,a@a.example\n", CONTACTS)
    chosen = [key if key != missing else "" for key in source.columns]

    with pytest.raises(CannotImportError, match="rows are told apart"):
        flows.try_out(source, chosen, takes_odd_addresses=False, by=dana)


def test_the_same_columns_are_tried_once_and_others_anew(dana: User) -> None:
    source = try_out(ACME)
    again = flows.try_out(source, source.columns, takes_odd_addresses=False, by=dana)
    assert (again.trial_id, Job.objects.count()) == (source.trial_id, 1)

    other = flows.try_out(
        source, ["organization_name", "", "", ""], takes_odd_addresses=False, by=dana
    )

    assert other.trial_id != source.trial_id
    assert not source.rows.exists()


def test_a_trial_that_is_under_way_gives_way_to_another(dana: User) -> None:
    source = upload(ACME)
    first = flows.try_out(source, source.columns, takes_odd_addresses=False, by=dana).trial
    flows.try_out(source, source.columns, takes_odd_addresses=True, by=dana)

    assert first
    first.refresh_from_db()
    assert first.state == Job.State.CANCELLED


def test_an_import_waits_for_its_trial(dana: User) -> None:
    source = upload(ACME)
    with pytest.raises(CannotImportError, match="trial run first"):
        flows.start(source, by=dana)
    flows.try_out(source, source.columns, takes_odd_addresses=False, by=dana)
    with pytest.raises(CannotImportError, match="trial run first"):
        flows.start(source, by=dana)


def test_an_import_is_started_once(dana: User) -> None:
    source = try_out(ACME)
    first = flows.start(source, by=dana)
    again = flows.start(source, by=dana)

    assert first.run_id == again.run_id
    assert AuditEntry.objects.filter(action=STARTED, subject_id=source.pk).count() == 1
    with pytest.raises(CannotImportError, match="already"):
        flows.try_out(source, source.columns, takes_odd_addresses=True, by=dana)


def test_what_was_done_is_done_once(dana: User) -> None:
    source = take_over(ACME)

    assert flows.start(source, by=dana).run_id == source.run_id
    assert Customer.objects.count() == 1


def test_a_cancelled_import_can_be_gone_on_with(dana: User) -> None:
    source = begin(try_out(ACME))
    flows.cancel(Import.objects.get(pk=source.pk))
    assert source.run_id
    running.run(source.run_id)
    assert not Customer.objects.exists()

    source = finish(begin(Import.objects.get(pk=source.pk)))

    assert source.run
    assert source.run.result == {"added": 1}


def test_cancelling_nothing_changes_nothing() -> None:
    flows.cancel(upload(ACME))

    assert not Job.objects.exists()


@pytest.mark.parametrize("what", [CUSTOMERS, CONTACTS])
def test_the_template_is_guessed_completely_and_its_example_is_taken(what: str) -> None:
    CustomFieldFactory(label="Tier, internal", key="tier", choice=True, required=True)
    CustomFieldFactory(label="Since", key="since", date=True)
    if what == CONTACTS:
        take_over(content_of(downloads.template(CUSTOMERS)))

    source = take_over(content_of(downloads.template(what)), what)

    known = {each.key for each in flows.columns_of(what)}
    assert set(source.columns) == known
    assert source.run
    assert source.run.result == {"added": 1}


def test_refused_rows_are_downloaded_mended_and_uploaded_again() -> None:
    source = take_over(f"{ACME}=Beta,B,,+no mail\n")

    text = content_of(downloads.refused(source)).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Row", "Why it was refused", "Name", "Code", "Contact name", "E-mail"]
    assert rows[1][0] == "3"
    assert rows[1][1].startswith("Contact: E-mail: Enter a valid email address.")
    assert rows[1][2:] == ["'=Beta", "B", "", "'+no mail"]
    mended = text.replace("'+no mail", "b@b.example").replace("B,,", "B,Ben,")
    again = take_over(mended)
    assert again.run
    assert again.run.result == {"added": 1, "odd": 1}
    assert Customer.objects.get(code="B").organization_name == "=Beta"


def test_refused_rows_of_a_deleted_file_keep_their_reasons() -> None:
    source = try_out("Code,E-mail\nA,\n")
    StoredFile.objects.all().delete()
    source.refresh_from_db()

    text = content_of(downloads.refused(source)).decode("utf-8-sig")

    assert text.splitlines()[0] == "Row,Name,Why it was refused"
    assert text.splitlines()[1].startswith('2,A,"Missing: ')


def test_a_column_is_guessed_once_and_labels_win() -> None:
    field = CustomFieldFactory.build(label="Title", key="own_title")
    known = columns.columns_of(CUSTOMERS, [field])

    guessed = columns.guess(["E-Mail*", "e_mail", "TITLE", "", "Contact: Title"], known)

    assert guessed == ["contact_email", "", "field.own_title", "", "contact_title"]
