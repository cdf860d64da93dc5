"""Who looks like the applicant: hints for the approver."""

import pytest

from approvals import duplicates
from approvals.models import ApprovalRequest, Signup
from resellers.models import Reseller
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def applicant(company: str = "Acme GmbH", email: str = "anna@acme.example") -> Signup:
    request: ApprovalRequest = ApprovalRequestFactory(
        requester__email=email, signup__company=company
    )
    return Signup.objects.get(request=request)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme GmbH", "ACME"),
        ("Acme GmbH", "Acme Inc."),
        ("ACME S.p.A.", "acme spa"),
        ("Müller & Söhne KG", "müller söhne"),
        ("東京電力", "東京電力"),
    ],
)
def test_the_same_name_is_seen_through_legal_forms(alpha: Reseller, one: str, other: str) -> None:
    customer = CustomerFactory(organization_name=other)

    assert duplicates.hints(applicant(one)).same_name == [customer]


@pytest.mark.parametrize("other", ["Acme Holding", "Pacmeter", "Beta"])
def test_another_name_is_none(alpha: Reseller, other: str) -> None:
    CustomerFactory(organization_name=other)

    assert not duplicates.hints(applicant("Acme GmbH")).any


def test_the_same_mail_domain_is_a_hint(alpha: Reseller) -> None:
    customer = CustomerFactory(organization_name="Beta", contact_email="otto@ACME.example")
    CustomerFactory(organization_name="Gamma", contact_email="eve@acme.example.org")

    hints = duplicates.hints(applicant())

    assert (hints.same_name, hints.same_domain) == ([], [customer])
    assert not hints.is_free_mail


def test_a_free_mail_domain_says_nothing_about_the_company(alpha: Reseller) -> None:
    CustomerFactory(organization_name="Beta", contact_email="otto@gmail.com")

    hints = duplicates.hints(applicant(email="anna@gmail.com"))

    assert hints.is_free_mail
    assert hints.same_domain == []


def test_other_requests_of_the_company_are_shown_drafts_are_not(alpha: Reseller) -> None:
    declined = ApprovalRequestFactory(declined=True, signup__company="ACME")
    ApprovalRequestFactory(draft=True, signup__company="Acme")
    ApprovalRequestFactory(signup__company="Beta")

    assert duplicates.hints(applicant()).other_requests == [declined]


def test_a_company_with_a_short_name_is_found(alpha: Reseller) -> None:
    bare = CustomerFactory(organization_name="IT")
    CustomerFactory(organization_name="Bit")
    mixed = CustomerFactory(organization_name="Müller/IT GmbH")

    assert duplicates.hints(applicant("IT GmbH")).same_name == [bare]
    assert duplicates.hints(applicant("Müller IT", email="it@mueller.example")).same_name == [mixed]


def test_another_request_with_the_same_email_is_shown(alpha: Reseller) -> None:
    same = ApprovalRequestFactory(signup__company="Beta", signup__email="anna_s@acme.example")
    ApprovalRequestFactory(signup__company="Beta", signup__email="annaxs@acme.example")
    signup = applicant("Alpha", email="anna_s@acme.example")

    assert duplicates.hints(signup).other_requests == [same]


def test_a_name_without_letters_is_nobodys_double(alpha: Reseller) -> None:
    CustomerFactory(organization_name="???")

    assert not duplicates.hints(applicant("!!!")).any


def test_costs_two_queries_however_many_look_alike(
    alpha: Reseller, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    signup = applicant()
    for _ in range(12):
        CustomerFactory(organization_name="Acme")
        ApprovalRequestFactory(signup__company="Acme", declined=True)

    with django_assert_num_queries(2):  # type: ignore[operator]
        hints = duplicates.hints(signup)

    assert len(hints.same_name) == len(hints.other_requests) == 5
