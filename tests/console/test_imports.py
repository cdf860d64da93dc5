"""Importing in the console: from the empty upload page to the list of refused rows."""

import re
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import StaffRole
from customers.models import Customer, Import
from jobs import running
from jobs.models import Job, StoredFile
from resellers.models import Reseller
from tests.console.staff import log_in
from tests.factories.customers import CustomerFactory, CustomFieldFactory
from tests.harness.clients import HostClient

ACME = b"Name;Code;Contact name;E-mail\nAcme & Co;ACME;Anna;anna@acme.example\nBeta;B;;\n"


def page_of(name: str, *args: object) -> str:
    return reverse(f"console:imports:{name}", "config.urls_reseller", args=args)


@pytest.fixture
def client(alpha: Reseller, alpha_client: HostClient) -> HostClient:
    log_in(alpha_client, StaffRole.SUPPORT)
    return alpha_client


def upload(client: HostClient, content: bytes = ACME, **more: Any) -> Any:
    file = SimpleUploadedFile("acme.csv", content)
    return client.post(page_of("upload"), {"what": "customers", "file": file, **more})


def chosen(source: Import) -> dict[str, str]:
    return {f"column_{number}": key for number, key in enumerate(source.columns, 1) if key}


def work(job: Job | None) -> None:
    assert job
    running.run(job.pk)


def the_import() -> Import:
    return Import.objects.select_related("trial", "run").get()


def test_a_file_is_uploaded_tried_out_and_taken_over(client: HostClient) -> None:
    response = upload(client)
    source = the_import()
    assert response["Location"] == page_of("columns", source.pk)

    page = client.get(page_of("columns", source.pk)).content.decode()
    assert "Read as UTF-8, with semicolons between the cells." in page
    assert re.search(r'value="contact_email" selected', page)
    response = client.post(page_of("columns", source.pk), chosen(source))
    assert response["Location"] == page_of("detail", source.pk)

    page = client.get(page_of("detail", source.pk)).content.decode()
    assert "Waiting for a worker" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    work(the_import().trial)
    page = client.get(page_of("detail", source.pk)).content.decode()
    assert "nothing has been changed yet" in page
    assert "Acme &amp; Co" in page
    assert "Missing: Contact name, E-mail." in page
    assert "Import 1 row" in page
    assert "http-equiv" not in page
    assert not Customer.objects.exists()

    assert client.post(page_of("start", source.pk)).status_code == HTTPStatus.FOUND
    work(the_import().run)
    page = client.get(page_of("detail", source.pk)).content.decode()
    customer = Customer.objects.get()
    assert "The file was imported." in page
    assert reverse("console:customers:detail", "config.urls_reseller", args=[customer.pk]) in page
    answer = client.get(page_of("refused", source.pk))
    text = b"".join(answer).decode("utf-8-sig")
    assert text.splitlines()[1] == '3,"Missing: Contact name, E-mail.",Beta,B,,'
    timeline = client.get(
        reverse("console:customers:timeline", "config.urls_reseller", args=[customer.pk])
    )
    assert "From the file “acme.csv”." in timeline.content.decode()


def test_the_form_sent_twice_makes_one_import(client: HostClient) -> None:
    key = str(uuid.uuid4())

    assert upload(client, key=key)["Location"] == upload(client, key=key)["Location"]
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04 no zip", "damaged or protected"),
        (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind"),
        (b"Name\n\x81\n", "encoding of this file is not clear"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_file(
    client: HostClient, content: bytes, sentence: str
) -> None:
    response = upload(client, content)

    assert response.status_code == HTTPStatus.OK
    assert sentence in response.context["form"].errors["file"][0]
    assert not StoredFile.objects.exists()


def test_a_file_beyond_the_limit_is_thrown_away_while_it_arrives(
    client: HostClient, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    response = upload(client, b"x" * 300_000)

    assert response.context["form"].errors == {
        "file": ["This file has more than 0 MB. Split it into several files."]
    }
    assert not StoredFile.objects.exists()


def test_a_missing_file_is_asked_for(client: HostClient) -> None:
    response = client.post(page_of("upload"), {"what": "customers"})

    assert response.context["form"].errors == {"file": ["This field is required."]}


def test_a_column_that_is_chosen_twice_is_said(client: HostClient) -> None:
    upload(client)
    source = the_import()

    response = client.post(page_of("columns", source.pk), {"column_1": "code", "column_2": "code"})

    assert "is chosen for two columns" in response.content.decode()
    assert not Job.objects.exists()


def test_headers_are_text_and_repetitions_are_told(client: HostClient) -> None:
    upload(client, b"<b>Name</b>,City,city,\nA,B,C,D\n")

    page = client.get(page_of("columns", the_import().pk)).content.decode()

    assert "&lt;b&gt;Name&lt;/b&gt;" in page
    assert "more than once: City, city." in page
    assert "Column 4" not in page, "an empty last column is none"


def test_what_is_under_way_can_be_cancelled(client: HostClient) -> None:
    upload(client)
    source = the_import()
    client.post(page_of("columns", source.pk), chosen(source))

    client.post(page_of("cancel", source.pk))

    assert "trial run was cancelled" in client.get(page_of("detail", source.pk)).content.decode()
    response = client.post(page_of("start", source.pk), follow=True)
    assert "Wait for the end of the trial run first." in response.content.decode()


def test_a_stopped_import_says_how_far_it_came(client: HostClient) -> None:
    upload(client)
    source = the_import()
    client.post(page_of("columns", source.pk), chosen(source))
    work(the_import().trial)
    client.post(page_of("start", source.pk))
    StoredFile.objects.all().delete()
    work(the_import().run)

    page = client.get(page_of("detail", source.pk)).content.decode()

    assert "The import stopped." in page
    assert "Upload it again." in page
    assert "Go on with the import" in page


def test_rows_can_be_narrowed_to_the_refused_ones(client: HostClient) -> None:
    upload(client)
    source = the_import()
    client.post(page_of("columns", source.pk), chosen(source))
    work(the_import().trial)

    page = client.get(page_of("detail", source.pk), {"view": "refused"}).content.decode()

    assert "Beta" in page
    assert "Acme" not in page.replace("acme.csv", "")


def test_the_template_holds_the_resellers_own_fields(client: HostClient) -> None:
    CustomFieldFactory(label="Cost centre")
    CustomerFactory()

    text = b"".join(client.get(page_of("template"), {"what": "customers"})).decode("utf-8-sig")

    assert text.startswith("Organization name,")
    assert "Cost centre" in text.splitlines()[0]
    assert client.get(page_of("template"), {"what": "nonsense"}).status_code == HTTPStatus.NOT_FOUND


def test_earlier_imports_are_listed(client: HostClient) -> None:
    assert "Nothing was imported yet" in client.get(page_of("list")).content.decode()
    upload(client)

    page = client.get(page_of("list")).content.decode()

    assert "acme.csv" in page
    assert "Not imported yet" in page
