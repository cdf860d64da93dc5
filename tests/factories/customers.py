"""Customers and their people."""

from factory import Faker, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from customers.models import AccountRun, Contact, Customer, Membership
from customers.roles import CustomerRole
from tests.factories.accounts import UserFactory


class CustomerFactory(DjangoModelFactory[Customer]):
    """A company with the least that a company needs. `complete` fills in every field."""

    class Meta:
        model = Customer

    class Params:
        complete = Trait(
            industry="Mechanical engineering",
            website="https://www.example.com/",
            account_type="Direct",
            turnover="12500000.00",
            turnover_currency="EUR",
            contact_title="Head of IT",
            contact_phone="+4930901820",
            domain="company.example",
            address_3="2. Hinterhof",
            landmark="Gegenüber dem Naturkundemuseum",
            phone="+4930901821",
            fax="+4930901822",
            street="Invalidenstraße 116",
            suite="Aufgang B",
            city="Berlin",
            postal_code="10115",
            country="DE",
            test_drives_enabled=True,
            notes="Prefers to be called in the morning.",
        )

    organization_name = Sequence(lambda number: f"Company {number}")
    code = Sequence(lambda number: f"COMPANY-{number}")
    contact_name = Faker("name")
    contact_email = Sequence(lambda number: f"office{number}@company.example")


class MembershipFactory(DjangoModelFactory[Membership]):
    """A person of a customer: an active administrator, unless a trait says otherwise.

    The rows only. `customers.flows.people` keeps the rules.
    """

    class Meta:
        model = Membership

    class Params:
        billing = Trait(role=CustomerRole.BILLING)
        viewer = Trait(role=CustomerRole.VIEWER)
        suspended = Trait(user__suspended=True)
        pending_email_validation = Trait(user__pending_email_validation=True)
        pending_approval = Trait(user__pending_approval=True)

    customer = SubFactory(CustomerFactory)
    user = SubFactory(UserFactory)
    role = CustomerRole.ADMINISTRATOR


class ContactFactory(DjangoModelFactory[Contact]):
    """Somebody at a customer: not the primary contact, unless a trait says otherwise."""

    class Meta:
        model = Contact

    class Params:
        primary = Trait(is_primary=True)

    customer = SubFactory(CustomerFactory)
    first_name = "Anna"
    last_name = Sequence(lambda number: f"Contact{number}")
    email = Sequence(lambda number: f"contact{number}@company.example")


class AccountRunFactory(DjangoModelFactory[AccountRun]):
    """A run over no contacts."""

    class Meta:
        model = AccountRun

    customer = SubFactory(CustomerFactory)
    started_by = SubFactory(UserFactory)
