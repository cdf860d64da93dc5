"""Customers and their people."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone
from factory import Faker, LazyFunction, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from customers.models import (
    AccountRun,
    BulkRow,
    BulkRun,
    Contact,
    Customer,
    CustomField,
    Export,
    Group,
    Import,
    ImportRow,
    Membership,
    PurchaseOrder,
    SavedView,
)
from customers.order_status import OrderStatus
from customers.roles import CustomerRole
from resellers.clouds import Cloud
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory, StoredFileFactory


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
        archived = Trait(status=Customer.Status.ARCHIVED, archived_from=Customer.Status.ACTIVE)

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


class CustomFieldFactory(DjangoModelFactory[CustomField]):
    """A text that is kept about customers, unless a trait says otherwise. The row only."""

    class Meta:
        model = CustomField

    class Params:
        number = Trait(kind=CustomField.Kind.NUMBER)
        date = Trait(kind=CustomField.Kind.DATE)
        yes_no = Trait(kind=CustomField.Kind.YES_NO)
        choice = Trait(
            kind=CustomField.Kind.CHOICE,
            choices=[
                {"key": "gold", "label": "Gold", "retired": False},
                {"key": "silver", "label": "Silver", "retired": False},
                {"key": "tin", "label": "Tin", "retired": True},
            ],
        )
        retired = Trait(retired_at=LazyFunction(timezone.now))

    applies_to = CustomField.Target.CUSTOMER
    label = Sequence(lambda number: f"Field {number}")
    key = Sequence(lambda number: f"field_{number}")
    kind = CustomField.Kind.TEXT
    position = Sequence(lambda number: number + 1)


class GroupFactory(DjangoModelFactory[Group]):
    """A current group with a name and nothing else."""

    class Meta:
        model = Group

    class Params:
        archived = Trait(archived_at=LazyFunction(timezone.now))

    customer = SubFactory(CustomerFactory)
    name = Sequence(lambda number: f"Group {number}")


class PurchaseOrderFactory(DjangoModelFactory[PurchaseOrder]):
    """An active order over 12,000 EUR without any date, unless a trait says otherwise."""

    class Meta:
        model = PurchaseOrder

    class Params:
        inactive = Trait(status=OrderStatus.INACTIVE)
        in_discussion = Trait(status=OrderStatus.IN_DISCUSSION)
        expired = Trait(status=OrderStatus.EXPIRED, expires_on=dt.date(2020, 12, 31))
        archived = Trait(archived_at=LazyFunction(timezone.now))
        complete = Trait(
            provider=Cloud.AWS,
            starts_on=dt.date(2026, 1, 1),
            expires_on=dt.date(2099, 12, 31),
            renewal_on=dt.date(2099, 10, 1),
            consumption_starts_on=dt.date(2026, 2, 1),
            consumption_base=Decimal("1000.500"),
            contract_period_days=365,
            comment="Signed by the board.",
        )

    customer = SubFactory(CustomerFactory)
    name = Sequence(lambda number: f"PO-{number}")
    annual_value = Decimal("12000.000")
    currency = "EUR"
    status = OrderStatus.ACTIVE


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


class SavedViewFactory(DjangoModelFactory[SavedView]):
    """Somebody's own view of all customers, unless a trait says otherwise. The row only."""

    class Meta:
        model = SavedView

    class Params:
        shared = Trait(is_shared=True)

    owner = SubFactory(UserFactory)
    name = Sequence(lambda number: f"View {number}")


class ImportFactory(DjangoModelFactory[Import]):
    """An uploaded file of customers, whose columns are chosen. The row only; `file` is empty."""

    class Meta:
        model = Import

    what = Import.What.CUSTOMERS
    file = SubFactory(StoredFileFactory)
    file_name = "customers.csv"
    told = "Read as UTF-8, with commas between the cells."
    headers = ["Organization name", "Code"]
    columns = ["organization_name", "code"]
    samples = [["Acme", "ACME"]]
    uploaded_by = SubFactory(UserFactory)


class ImportRowFactory(DjangoModelFactory[ImportRow]):
    """A row that would be refused."""

    class Meta:
        model = ImportRow

    source = SubFactory(ImportFactory)
    number = Sequence(lambda number: number + 2)
    outcome = ImportRow.Outcome.REFUSED
    name = "Acme"
    reason = "Missing: E-mail."


class BulkRunFactory(DjangoModelFactory[BulkRun]):
    """Customers that were to be suspended. The row only, without a job."""

    class Meta:
        model = BulkRun

    action = BulkRun.Action.SUSPEND
    plan = "0" * 64
    started_by = SubFactory(UserFactory)


class BulkRowFactory(DjangoModelFactory[BulkRow]):
    """A customer that was skipped."""

    class Meta:
        model = BulkRow

    run = SubFactory(BulkRunFactory)
    number = Sequence(lambda number: number + 1)
    customer = SubFactory(CustomerFactory)
    outcome = BulkRow.Outcome.SKIPPED
    reason = BulkRow.Reason.ARCHIVED


class ExportFactory(DjangoModelFactory[Export]):
    """Customers that were streamed at once, unless a trait says otherwise. The row only."""

    class Meta:
        model = Export

    class Params:
        finished = Trait(
            job=SubFactory(JobFactory, kind="customers.export", finished=True),
            file=SubFactory(StoredFileFactory),
        )
        under_way = Trait(job=SubFactory(JobFactory, kind="customers.export"))

    file_name = "customers-2026-11-22.csv"
    format = Export.Format.CSV
    told = "View: All"
    rows = 3
    made_by = SubFactory(UserFactory)
