"""One reseller's world with a record of every kind, in the schema in use."""

from dataclasses import dataclass

from accounts.models import StaffMember, User
from accounts.roles import StaffRole
from approvals.models import ApprovalRequest
from cloudaccounts.models import CloudAccount, Connection, CustomerProvider, SecretLink
from customers.models import (
    AccountRun,
    BulkRun,
    Contact,
    Customer,
    CustomField,
    Export,
    Group,
    Import,
    Membership,
    PurchaseOrder,
    SavedView,
)
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import (
    AccountRequestFactory,
    RequestMessageFactory,
    SignupFactory,
)
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    ConnectionFactory,
    CustomerProviderFactory,
    SecretLinkFactory,
)
from tests.factories.customers import (
    AccountRunFactory,
    BulkRowFactory,
    BulkRunFactory,
    ContactFactory,
    CustomerFactory,
    CustomFieldFactory,
    ExportFactory,
    GroupFactory,
    ImportFactory,
    ImportRowFactory,
    MembershipFactory,
    PurchaseOrderFactory,
    SavedViewFactory,
)
from tests.factories.jobs import JobFactory
from tests.factories.notifications import OutgoingMailFactory


@dataclass(frozen=True)
class World:
    """What pages show and forms change."""

    staff: dict[str, User]  # by role
    people: dict[str, User]  # of the customer, by role
    nobody: User  # can log in, belongs nowhere
    customer: Customer
    person: User  # of the customer; not an administrator, may be changed
    invited: User  # of the customer, has not come yet
    other_customer: Customer
    other_person: User  # of the other customer
    group: Group  # of the customer, and one of the other
    other_group: Group
    purchase_order: PurchaseOrder  # of the customer, and one of the other
    other_purchase_order: PurchaseOrder
    provider: CustomerProvider  # AWS, of the customer
    account: CloudAccount  # of the customer, being set up, and one of the other
    linked_account: CloudAccount  # of the customer
    suspended_account: CloudAccount  # of the customer
    other_account: CloudAccount
    contact: Contact
    other_contact: Contact  # of the other customer
    run: AccountRun
    other_run: AccountRun  # of the other customer
    source: Import  # was tried out
    bulk: BulkRun  # was cancelled
    export: Export  # the owner's, waits for a worker
    stored_export: Export  # the owner's, with a file
    request: ApprovalRequest
    account_request: ApprovalRequest  # to link an account of the customer; asked in the portal
    other_account_request: ApprovalRequest  # of the other customer
    questioned_request: ApprovalRequest  # of the customer, waits for an answer
    other_questioned_request: ApprovalRequest
    unlinking_request: ApprovalRequest  # of the customer, to be done by hand
    mail: OutgoingMail
    member: StaffMember  # of the team; may be changed
    field: CustomField  # kept about customers
    secret_link: SecretLink  # to credentials of the linked account
    other_secret_link: SecretLink
    connection: Connection  # the reseller's own
    account_field: CustomField  # kept about cloud accounts
    retired_field: CustomField
    number_field: CustomField  # what the crowd has numbers for
    choice_field: CustomField
    view: SavedView  # of the list of customers; shared by the team


def make_world() -> World:
    """Make it with factories, quickly and without mails."""
    customer, other_customer = CustomerFactory.create_batch(2)
    people = {
        role: MembershipFactory(customer=customer, role=role).user for role in CustomerRole.values
    }
    MembershipFactory(customer=other_customer)
    CustomerProviderFactory(customer=other_customer)  # what is linked may be moved there
    staff = {role: StaffMemberFactory(role=role).user for role in StaffRole.values}
    linked_account = CloudAccountFactory(customer=customer, linked=True, checked=True)
    other_account = CloudAccountFactory(customer=other_customer, with_role=True)
    return World(
        staff=staff,
        people=people,
        nobody=UserFactory(),
        customer=customer,
        person=MembershipFactory(customer=customer, viewer=True).user,
        invited=MembershipFactory(
            customer=customer, viewer=True, pending_email_validation=True
        ).user,
        other_customer=other_customer,
        other_person=Membership.objects.get(customer=other_customer).user,
        group=GroupFactory(customer=customer),
        other_group=GroupFactory(customer=other_customer),
        purchase_order=PurchaseOrderFactory(customer=customer),
        other_purchase_order=PurchaseOrderFactory(customer=other_customer),
        provider=CustomerProviderFactory(customer=customer),
        account=CloudAccountFactory(customer=customer, with_role=True),
        linked_account=linked_account,
        suspended_account=CloudAccountFactory(customer=customer, suspended=True),
        other_account=other_account,
        secret_link=SecretLinkFactory(account=linked_account),
        other_secret_link=SecretLinkFactory(account=other_account),
        connection=ConnectionFactory(),
        contact=ContactFactory(customer=customer),
        other_contact=ContactFactory(customer=other_customer, primary=True),
        run=AccountRunFactory(customer=customer),
        other_run=AccountRunFactory(customer=other_customer),
        source=_source(),
        bulk=_bulk(customer, other_customer),
        export=ExportFactory(made_by=staff[StaffRole.OWNER], under_way=True),
        stored_export=ExportFactory(made_by=staff[StaffRole.OWNER], finished=True),
        request=SignupFactory().request,
        account_request=_asked(customer),
        other_account_request=_asked(other_customer),
        questioned_request=_asked(customer, questioned=True),
        other_questioned_request=_asked(other_customer, questioned=True),
        unlinking_request=_asked(customer, unlinking=True),
        mail=OutgoingMailFactory(about=[customer.pk]),
        member=StaffMemberFactory(viewer=True, invited=True),
        field=CustomFieldFactory(key="cost_centre"),
        account_field=CustomFieldFactory(applies_to="cloud_account", key="owner"),
        retired_field=CustomFieldFactory(retired=True),
        number_field=CustomFieldFactory(key="seats", number=True),
        choice_field=CustomFieldFactory(
            key="tier",
            kind=CustomField.Kind.CHOICE,
            choices=[
                {"key": f"level{number}", "label": f"Level {number}", "retired": False}
                for number in range(4)
            ],
        ),
        view=SavedViewFactory(owner=staff[StaffRole.OWNER], shared=True),
    )


def _asked(customer: Customer, **state: bool) -> ApprovalRequest:
    asked = AccountRequestFactory(account__customer=customer, in_portal=True, **state)
    RequestMessageFactory(request=asked.request)
    request: ApprovalRequest = asked.request
    return request


def _source() -> Import:
    trial = JobFactory(kind="customers.import_trial", finished=True, result={"refused": 1})
    source: Import = ImportFactory(trial=trial)
    ImportRowFactory(source=source)
    return source


def _bulk(customer: Customer, other: Customer) -> BulkRun:
    job = JobFactory(kind="customers.bulk", finished=True, state="cancelled")
    run: BulkRun = BulkRunFactory(
        job=job, total=2, counts={"archived": 1}, tags=["old"], reason="Unpaid"
    )
    BulkRowFactory(run=run, number=1, customer=other)
    BulkRowFactory(run=run, number=2, customer=customer, outcome="waiting", reason="")
    return run
