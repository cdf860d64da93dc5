"""Asking for customers and memberships."""

from collections.abc import Callable

import pytest

from accounts import links
from accounts.models import OneTimeLink
from customers.models import Customer, Membership
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, MembershipFactory


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("müller", True),
        ("MÜLLER straßen", True),
        ("mue", True),
        ("anna@", True),
        ("+49 30", True),
        ("example.com", True),
        ("müller paris", False),
        ("50%", False),
        ("030 90", True),
        ("030-90", True),
        ("040 90", False),
        ("mu_ller", False),
        ("\\", False),
        # The index knows no shorter words than three letters: these must begin one.
        ("mü", True),
        ("s", True),
        ("sm st", True),
        ("th", False),
        ("a-b", False),
        ("an", True),
        ("gm str", True),
        ("ra", False),
        ("ll", False),
        ("%", False),
        ("m_", False),
        ("& müller -", True),
        ("&", False),
    ],
)
def test_search_finds_every_word_anywhere(alpha: Reseller, words: str, is_found: bool) -> None:
    customer = CustomerFactory(
        organization_name="Müller Straßenbau GmbH",
        code="MUELLER",
        contact_name="Anna Smith",
        contact_email="anna@mueller.example",
        contact_phone="+493090",
        website="https://www.example.com/",
    )
    CustomerFactory(contact_name="Nobody Else")  # a name made up may begin with what is searched

    found = Customer.objects.search(words)

    assert list(found) == ([customer] if is_found else [])


def test_the_people_of_each_customer_are_counted(alpha: Reseller) -> None:
    crowded, empty = CustomerFactory(code="A"), CustomerFactory(code="B")
    MembershipFactory(customer=crowded)
    MembershipFactory(customer=crowded)

    counted = {each.pk: vars(each)["people_count"] for each in Customer.objects.with_people_count()}

    assert counted == {crowded.pk: 2, empty.pk: 0}


def test_a_live_invitation_is_told_with_its_end(alpha: Reseller) -> None:
    invited, reinvited, never = (MembershipFactory() for _ in range(3))
    links.issue(invited.user, OneTimeLink.Purpose.INVITATION)
    links.issue(reinvited.user, OneTimeLink.Purpose.INVITATION)
    links.issue(reinvited.user, OneTimeLink.Purpose.INVITATION)
    links.issue(never.user, OneTimeLink.Purpose.EMAIL_VALIDATION)

    people = Membership.objects.with_invitations()

    assert people.count() == 3
    ends = {each.pk: vars(each)["invited_until"] for each in people}
    assert ends[invited.pk] == OneTimeLink.objects.get(user=invited.user).expires_at
    assert ends[reinvited.pk] == OneTimeLink.objects.live().get(user=reinvited.user).expires_at
    assert ends[never.pk] is None
    assert set(Membership.objects.invited()) == {invited, reinvited}


def test_customers_of_a_person_are_only_theirs(alpha: Reseller) -> None:
    person = UserFactory()
    own = MembershipFactory(user=person).customer
    MembershipFactory()

    assert list(Customer.objects.of_person(person)) == [own]


@pytest.mark.parametrize("write", [str, lambda key: f" {str(key).upper()} ", lambda key: key.hex])
def test_an_id_finds_the_customer_that_has_it(alpha: Reseller, write: Callable[..., str]) -> None:
    wanted, other = CustomerFactory(), CustomerFactory()

    assert list(Customer.objects.search(write(wanted.pk))) == [wanted]
    assert other not in Customer.objects.search(str(UserFactory().pk))
