"""Contacts from files: told apart by their customer's code and their e-mail."""

import pytest

from audit.models import AuditEntry
from customers.flows.contacts import ADDED, EDITED
from customers.models import Contact
from tests.customers.importing import CONTACTS, fates, outcomes, take_over, try_out
from tests.factories.customers import ContactFactory, CustomerFactory

pytestmark = pytest.mark.usefixtures("alpha")

HEAD = "Customer code,First name,Last name,E-mail,Phone,Role,Billing alerts"


def test_contacts_are_added_and_the_first_of_a_customer_is_primary() -> None:
    acme, beta = CustomerFactory(code="ACME", country="DE"), CustomerFactory(code="BETA")
    ContactFactory(customer=beta, primary=True)

    source = take_over(
        f"{HEAD}\nacme,Anna,Schmidt,Anna@ACME.example,030 901820,Billing,yes\n"
        "ACME,Ben,Miller,ben@acme.example,,,\nBETA,Cleo,Park,cleo@beta.example,,,no\n",
        CONTACTS,
    )

    assert outcomes(source) == ["added"] * 3
    anna = Contact.objects.get(email="anna@acme.example")
    assert (anna.customer, anna.phone, anna.user_type) == (acme, "+4930901820", "billing")
    assert (anna.is_primary, anna.gets_billing_alerts) == (True, True)
    assert Contact.objects.primary().count() == 2
    entry = AuditEntry.objects.get(action=ADDED, subject_id=anna.pk)
    assert set(entry.about) == {anna.pk, acme.pk, source.pk}
    assert source.rows.first().record_id == acme.pk  # type: ignore[union-attr]


def test_the_same_file_again_changes_nothing_and_another_one_what_differs() -> None:
    CustomerFactory(code="ACME")
    content = f"{HEAD}\nACME,Anna,Schmidt,anna@acme.example,,viewer,\n"
    take_over(content, CONTACTS)

    assert outcomes(take_over(content, CONTACTS)) == ["unchanged"]
    changed = take_over(content.replace("Schmidt", "Weber"), CONTACTS)

    assert outcomes(changed) == ["changed"]
    assert (Contact.objects.get().last_name, Contact.objects.get().version) == ("Weber", 2)
    assert AuditEntry.objects.get(action=EDITED).changes == {"last_name": ["Schmidt", "Weber"]}


def test_what_is_wrong_is_said_row_by_row() -> None:
    CustomerFactory(code="ACME")
    CustomerFactory(code="GONE", status="archived", archived_from="active")

    source = try_out(
        f"{HEAD}\n"
        ",Anna,Schmidt,anna@acme.example,,,\n"
        "NONE,Anna,Schmidt,anna@acme.example,,,\n"
        "GONE,Anna,Schmidt,anna@acme.example,,,\n"
        "ACME,Anna,,anna@acme.example,,,\n"
        "ACME,Anna,Schmidt,,,,\n"
        "ACME,Ben,Miller,ben@acme.example,030 1,boss,perhaps\n"
        "ACME,Cleo,Park,cleo@acme.example,,,\n"
        "acme,Cleo,Again,CLEO@acme.example,,,\n",
        CONTACTS,
    )

    assert [row[2] for row in fates(source)] == [
        "The code of the customer is missing.",
        "No customer has the code NONE.",
        "This customer is archived. Restore it first.",
        "Missing: Last name.",
        "Missing: E-mail.",
        (
            "Phone: Begin the number with its country code, such as +49 for Germany. "
            "User type: “boss” is no user type. Use one of Administrator, Billing, Viewer. "
            "Billing alerts: Enter yes or no."
        ),
        "",
        "Row 8 is about the same already.",
    ]
    assert outcomes(source).count("refused") == 7


def test_one_e_mail_may_stand_at_two_customers() -> None:
    CustomerFactory(code="ONE")
    CustomerFactory(code="TWO")

    source = take_over(
        f"{HEAD}\nONE,Anna,Schmidt,a@a.example,,,\nTWO,Anna,Schmidt,a@a.example,,,\n", CONTACTS
    )

    assert outcomes(source) == ["added", "added"]
