"""Customers from files: what becomes of each row, in the trial run and afterwards."""

from decimal import Decimal

import pytest

from audit.models import AuditEntry
from customers.flows import imports as flows
from customers.flows.customers import CREATED, EDITED
from customers.imports import columns as known_columns
from customers.imports import running
from customers.imports.running import ENDED
from customers.models import Customer, CustomField, CustomRank, Import
from formats.tables import texts
from jobs.models import Job, StoredFile
from tests.customers.importing import begin, fates, finish, outcomes, reason, take_over, try_out
from tests.factories.customers import CustomerFactory, CustomFieldFactory

pytestmark = pytest.mark.usefixtures("alpha")

HEAD = "Organization name,Code,Contact name,E-mail"
ACME = f"{HEAD}\nAcme GmbH,ACME,Anna Schmidt,anna@acme.example\n"


def test_the_trial_run_changes_nothing_and_says_what_would_happen() -> None:
    CustomerFactory(code="OLD", organization_name="Old Ltd", contact_name="Olaf")
    source = try_out(f"{ACME}Old Ltd,OLD,Olga,\n,,,\nNobody,N,,\n")

    assert source.trial
    assert (source.trial.state, source.trial.done, source.trial.total) == ("done", 3, 3)
    assert source.trial.result == {"added": 1, "changed": 1, "refused": 1}
    assert fates(source) == [
        (2, "added", ""),
        (3, "changed", ""),
        (5, "refused", "Missing: Contact name, E-mail."),
    ]
    assert list(Customer.objects.values_list("code", "contact_name")) == [("OLD", "Olaf")]
    assert not AuditEntry.objects.exists()


def test_a_file_is_taken_over_with_an_entry_on_each_timeline() -> None:
    source = take_over(
        "Name;Code;Contact name;E-mail;Phone;Country;City;Street;ZIP;Turnover;Currency;Website\n"
        "Acme GmbH;acme;Anna;anna@acme.example;030 901820;Germany;Berlin;Weg 1;10115;"
        "12500000;eur;www.acme.example\n"
    )

    customer = Customer.objects.get()
    assert (customer.code, customer.phone, customer.country.code) == ("ACME", "+4930901820", "DE")
    assert (customer.turnover, customer.turnover_currency) == (Decimal("12500000.00"), "EUR")
    assert customer.website == "https://www.acme.example"
    assert customer.search_text.startswith("acme gmbh acme anna")
    assert source.rows.get().record_id == customer.pk
    entry = AuditEntry.objects.get(action=CREATED)
    assert (entry.subject_id, entry.actor_id) == (customer.pk, source.uploaded_by_id)
    assert set(entry.about) == {customer.pk, source.pk}
    assert entry.note == "From the file “file.csv”."
    ended = AuditEntry.objects.get(action=ENDED)
    assert ended.note == "Done. 1 added, 0 changed, 0 unchanged, 0 refused"


def test_the_same_file_again_changes_nothing() -> None:
    content = f"{ACME}Beta Ltd,,Ben,ben@beta.example\nGamma,GAM,Gwen,gwen@gamma.example\n"
    take_over(content)
    before = list(Customer.objects.order_by("pk").values())

    again = take_over(content)

    assert outcomes(again) == ["unchanged"] * 3
    assert list(Customer.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(action__in=[CREATED, EDITED]).count() == 3


def test_only_told_and_different_fields_change() -> None:
    customer = CustomerFactory(complete=True, code="ACME", version=4)
    CustomerFactory(code="OTHER")
    take_over("Code,City,Industry,Notes\nACME,Hamburg,,Prefers to be called in the morning.\n")

    changed = Customer.objects.get(code="ACME")
    assert (changed.city, changed.industry, changed.version) == ("Hamburg", customer.industry, 5)
    entry = AuditEntry.objects.get(action=EDITED)
    assert entry.changes == {"city": ["Berlin", "Hamburg"]}


def test_rows_of_one_chunk_may_change_different_fields() -> None:
    CustomerFactory(code="A")
    CustomerFactory(code="B")
    CustomerFactory(code="C", city="Bonn")

    source = take_over("Code,City,Industry\nA,Köln,\nB,,Energy\nC,Bonn,\n")

    assert outcomes(source) == ["changed", "changed", "unchanged"]
    found = Customer.objects.order_by("code").values_list("city", "industry")
    assert list(found) == [("Köln", ""), ("", "Energy"), ("Bonn", "")]


def test_a_row_without_a_code_is_known_by_name_and_e_mail() -> None:
    known = CustomerFactory(organization_name="Acme GmbH", contact_email="Anna@acme.example")
    CustomerFactory(organization_name="Acme GmbH", contact_email="else@acme.example")

    source = take_over("Name,E-mail,City\nAcme GmbH,anna@ACME.example,Köln\n")

    known.refresh_from_db()
    assert (outcomes(source), known.city) == (["changed"], "Köln")


def test_two_customers_of_one_name_and_e_mail_are_not_guessed() -> None:
    CustomerFactory.create_batch(2, organization_name="Acme", contact_email="a@acme.example")

    assert "Several customers" in reason(try_out("Name,E-mail\nAcme,a@acme.example\n"))


def test_a_proposed_code_is_never_one_that_stands_in_the_file() -> None:
    source = take_over(
        f"{HEAD}\nAcme GmbH,,A,a@one.example\nAcme AG,,B,b@two.example\nOther,ACME,C,c@x.example\n"
    )

    assert outcomes(source) == ["added"] * 3
    codes = dict(Customer.objects.values_list("organization_name", "code"))
    assert codes == {"Acme GmbH": "ACME-2", "Acme AG": "ACME-3", "Other": "ACME"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Acme,ACME,A,a@acme.example", "Else,acme,B,b@acme.example"),
        ("Acme,,A,a@acme.example", "ACME,,B,A@acme.example"),
        ("Acme,ACME,A,a@acme.example", "Acme,,A,a@acme.example"),
    ],
)
def test_the_second_of_two_rows_about_the_same_is_refused(first: str, second: str) -> None:
    source = take_over(f"{HEAD}\n{first}\n{second}\n")

    assert fates(source)[1] == (3, "refused", "Row 2 is about the same already.")
    assert Customer.objects.count() == 1


def test_a_customer_is_changed_by_one_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its code, and by name and e-mail in a row of another chunk."""
    monkeypatch.setattr(running, "CHUNK", 1)
    CustomerFactory(code="ACME", organization_name="Acme", contact_email="a@acme.example")

    source = take_over("Code,Name,E-mail,City\nACME,,,Köln\n,Acme,a@acme.example,Bonn\n")

    assert fates(source)[1] == (3, "refused", "Row 2 is about the same already.")
    assert Customer.objects.get().city == "Köln"


def test_an_archived_customer_is_left_alone() -> None:
    CustomerFactory(code="ACME", status="archived", archived_from="active")

    assert "archived" in reason(take_over("Code,City\nACME,Köln\n"))


@pytest.mark.parametrize(
    ("header", "cell", "sentence"),
    [
        ("E-mail", "nonsense", "Contact: E-mail: Enter a valid email address."),
        ("Code", "A/B", "Code: Use capital letters, digits and hyphens."),
        ("Code", "X" * 21, "Code: Ensure this value has at most 20 characters (it has 21)."),
        ("Website", "javascript:alert(1)", "Website: Enter a"),
        ("Domain", "no domain", "Domain: Enter a domain such as example.com."),
        ("Turnover", "12.500,00", "Business turnover: Enter a number without separators"),
        ("Turnover", "5", "Currency of the turnover: Enter a currency as three"),
        ("Country", "Atlantis", "Country: “Atlantis” is no country."),
        ("Phone", "030 901820", "Phone of the office: Begin the number with its country code"),
        ("Test drives", "perhaps", "Test drives enabled: Enter yes or no."),
        ("City", "a\x00b", "City: This contains a control character"),
        ("City", "a\u202eb", "City: This contains an invisible character"),
        ("City", "x" * 101, "City: Ensure this value has at most 100 characters"),
        ("Notes", "x" * 5001, "Notes: Ensure this value has at most 5000 characters"),
        ("Billing city", "x" * 101, "Billing: City: Ensure this value"),
    ],
)
def test_a_bad_cell_refuses_its_row_with_a_sentence(header: str, cell: str, sentence: str) -> None:
    needed = {"Name": "Acme", "Contact name": "Anna", "E-mail": "a@acme.example", header: cell}
    source = take_over(f"{';'.join(needed)}\n{';'.join(needed.values())}\n")

    assert outcomes(source) == ["refused"]
    assert sentence in reason(source)
    assert not Customer.objects.exists()


def test_an_address_to_which_its_country_objects_is_refused_unless_one_insists() -> None:
    content = f"{HEAD},Street,City,ZIP,Country\nAcme,A,Anna,a@a.example,Weg 1,Berlin,1,DE\n"

    assert "Postal codes of this country" in reason(try_out(content))
    source = take_over(content, insist=True)
    assert outcomes(source) == ["added"]
    assert source.rows.get().is_odd
    assert Customer.objects.get().postal_code == "1"


def test_a_billing_address_is_no_longer_the_office() -> None:
    CustomerFactory(code="A")
    take_over(
        "Code,Billing: City,Billing: Street address,billing_postal_code,billing_country,"
        "billing_phone\nA,Wien,Am Hof 1,1010,AT,01 5128000\n"
    )

    customer = Customer.objects.get()
    assert (customer.billing_same_as_office, customer.billing_city) == (False, "Wien")
    assert (customer.billing_phone, customer.phone) == ("+4315128000", "")


def test_a_billing_address_needs_a_place() -> None:
    CustomerFactory(code="A")

    assert "needs a street or a city" in reason(try_out("Code,Billing: Landmark\nA,Tower\n"))


BILLED = {"billing_same_as_office": False, "billing_street": "Am Hof 1", "billing_city": "Wien"}


@pytest.mark.parametrize(
    "header",
    [
        "Billing: Same as the office address",
        "billing_same_as_office",
        "Same as office",
        "Rechnungsadresse wie Büro",
    ],
)
def test_bills_go_to_the_office_again_where_the_file_says_so(header: str) -> None:
    CustomerFactory(code="A", **BILLED)

    source = take_over(f"Code,{header}\nA,yes\n")

    customer = Customer.objects.get()
    assert outcomes(source) == ["changed"]
    assert (customer.billing_same_as_office, customer.billing_city) == (True, "")
    assert AuditEntry.objects.get(action=EDITED).changes == {
        "billing_same_as_office": [False, True],
        "billing_street": ["Am Hof 1", ""],
        "billing_city": ["Wien", ""],
    }
    assert outcomes(take_over(f"Code,{header}\nA,yes\n")) == ["unchanged"]


def test_where_both_are_told_the_office_wins_as_in_the_form_and_a_person_is_asked_to_look() -> None:
    content = (
        f"{HEAD},Same as office,Billing: City,Billing: Postal code,Billing: Country\n"
        "Acme,A,Anna,a@acme.example,yes,Wien,no code,AT\n"
    )
    source = try_out(content)
    assert outcomes(source) == ["added"]
    assert source.rows.get().is_odd
    assert "the billing address in this row is left out" in reason(source)

    take_over(content)

    customer = Customer.objects.get()
    assert (customer.billing_same_as_office, customer.billing_city) == (True, "")


def test_whoever_says_that_it_is_another_address_has_to_tell_it() -> None:
    CustomerFactory(code="A")
    CustomerFactory(code="B", **BILLED)

    source = take_over("Code,Same as office,Billing: City\nA,no,\nB,no,\n")

    assert outcomes(source) == ["refused", "unchanged"]
    assert "A billing address needs a street or a city." in fates(source)[0][2]
    told = take_over("Code,Same as office,Billing: City\nA,no,Linz\n")
    assert outcomes(told) == ["changed"]
    assert Customer.objects.get(code="A").billing_same_as_office is False


def test_the_template_s_own_row_is_taken() -> None:
    header, example = known_columns.template(flows.columns_of(Import.What.CUSTOMERS))

    assert dict(zip(header, example, strict=True))["Billing: Same as the office address"] == "yes"
    cells = ";".join(header), ";".join(example)
    source = take_over("\n".join(cells))

    assert outcomes(source) == ["added"]
    assert "" not in source.columns


def test_custom_fields_are_found_by_label_and_key_and_checked_by_kind() -> None:
    CustomFieldFactory(label="Tier", key="tier", choice=True)
    CustomFieldFactory(label="Contract day", key="contract_day", date=True, required=True)
    CustomFieldFactory(label="Searched", key="searched", searchable=True)

    source = take_over(
        f"{HEAD},Tier,contract_day,searched\n"
        "Acme,A,Anna,a@a.example,gold,2026-11-22,CC-7\n"
        "Beta,B,Ben,b@b.example,iron,2026-11-22,\n"
        "Gamma,C,Gwen,c@c.example,gold,,\n"
    )

    assert outcomes(source) == ["added", "refused", "refused"]
    assert "Tier: “iron” is not offered here" in fates(source)[1][2]
    assert fates(source)[2][2] == "“Contract day” is required."
    customer = Customer.objects.get()
    assert customer.custom_values == {
        "tier": "gold",
        "contract_day": "2026-11-22",
        "searched": "CC-7",
    }
    assert customer.custom_search == "CC-7"
    assert [each.key for each in CustomRank.objects.filter(customer=customer)] == ["contract_day"]
    again = take_over("Code,Tier\nA,Silver\n")
    assert outcomes(again) == ["changed"]
    entry = AuditEntry.objects.get(action=EDITED)
    assert entry.changes == {"field.tier": ["Gold", "Silver"]}


def test_filters_by_range_find_what_a_later_file_changed() -> None:
    field = CustomFieldFactory(label="Seats", key="seats", number=True)
    take_over(f"{HEAD},Seats\nAcme,A,Anna,a@a.example,5\n")

    take_over("Code,Seats\nA,70\n")

    assert CustomRank.objects.get().rank == 70
    assert Customer.objects.get().custom_values == {field.key: "70"}


def test_tags_are_written_one_way() -> None:
    file = f'{HEAD},Tags\nAcme,A,Anna,a@a.example,"Public  SECTOR, gold"\n'

    assert outcomes(take_over(file)) == ["added"]
    assert Customer.objects.get().tags == ["gold", "public sector"]
    assert outcomes(take_over(file)) == ["unchanged"]
    assert "Tags: " in reason(try_out(f"Code,Tags\nA,{'x' * 41}\n"))


def test_a_field_that_was_retired_meanwhile_refuses_what_it_would_hold() -> None:
    field = CustomFieldFactory(label="Tier", key="tier")
    CustomerFactory(code="A")
    source = try_out("Code,Tier\nA,gold\n")
    CustomField.objects.filter(pk=field.pk).update(retired_at="2026-01-01T00:00Z")

    finish(begin(source))

    assert "retired or deleted since" in reason(source)
    assert Customer.objects.get().custom_values == {}


def test_ragged_rows_are_refused_or_told() -> None:
    source = try_out(f"{ACME}Beta,B,Ben,b@b.example,stray\nGamma,G,Gwen\n")

    assert fates(source)[1] == (3, "refused", "The row has 5 cells, the header only 4.")
    assert "The last cell of the row is missing" in fates(source)[2][2]


def test_a_formula_is_text_and_looked_at() -> None:
    source = take_over(f"{HEAD}\n=1+1,A,@SUM(A1),a@a.example\n'=2,B,Ben,b@b.example\n")

    assert outcomes(source) == ["added", "added"]
    assert [row.is_odd for row in source.rows.all()] == [True, True]
    assert "“Organization name” looks like a formula" in fates(source)[0][2]
    assert set(Customer.objects.values_list("organization_name", flat=True)) == {"=1+1", "=2"}


def test_look_alikes_are_told_in_the_trial_run_alone() -> None:
    CustomerFactory(code="OLD", organization_name="Acme", contact_email="office@old.example")
    CustomerFactory(code="DOM", organization_name="Else", domain="beta.example")

    source = try_out(
        f"{ACME}Beta,B,Ben,ben@beta.example\nAcme AG,N,A,z@z.example\nX1,X,X,x@gmail.com\n"
    )

    assert [row[2] for row in fates(source)] == [
        "Looks like Acme (OLD): same name.",
        "Looks like Else (DOM): same domain.",
        "Row 2 has the same name. Looks like Acme (OLD): same name.",
        "",
    ]
    assert outcomes(source) == ["added"] * 4


def test_a_file_with_too_many_rows_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.imports.reading.MOST_ROWS", 2)

    source = try_out(f"{ACME}B,B,B,b@b.example\nC,C,C,c@c.example\n")

    assert source.trial
    assert source.trial.state == Job.State.FAILED
    assert "more than 2 rows" in source.trial.sentence
    assert not source.rows.exists()


def test_a_file_that_breaks_later_is_refused_before_anything_is_done() -> None:
    filler = "\n".join(f"C{n},C{n},C,c{n}@c.example" for n in range(texts.SAMPLE // 20))

    source = try_out(f'{ACME}{filler}\n"open,O,O,o@o.example\n')

    assert source.trial
    assert "does not end" in source.trial.sentence
    assert (source.trial.done, source.rows.count()) == (0, 0)


def test_a_deleted_file_cannot_be_taken_over() -> None:
    source = try_out(ACME)
    StoredFile.objects.all().delete()
    source.refresh_from_db()

    source = finish(begin(source))

    assert source.run
    assert "Upload it again" in source.run.sentence
    assert not Customer.objects.exists()
