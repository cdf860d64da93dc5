"""One reseller's world with a record of every kind, in the schema in use."""

from dataclasses import dataclass

from accounts.models import StaffMember, User
from accounts.roles import StaffRole
from approvals.models import ApprovalRequest
from customers.models import AccountRun, Contact, Customer, Membership
from customers.roles import CustomerRole
from notifications.models import OutgoingMail
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import SignupFactory
from tests.factories.customers import (
    AccountRunFactory,
    ContactFactory,
    CustomerFactory,
    MembershipFactory,
)
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
    contact: Contact
    other_contact: Contact  # of the other customer
    run: AccountRun
    other_run: AccountRun  # of the other customer
    request: ApprovalRequest
    mail: OutgoingMail
    member: StaffMember  # of the team; may be changed


def make_world() -> World:
    """Make it with factories, quickly and without mails."""
    customer, other_customer = CustomerFactory.create_batch(2)
    people = {
        role: MembershipFactory(customer=customer, role=role).user for role in CustomerRole.values
    }
    MembershipFactory(customer=other_customer)
    return World(
        staff={role: StaffMemberFactory(role=role).user for role in StaffRole.values},
        people=people,
        nobody=UserFactory(),
        customer=customer,
        person=MembershipFactory(customer=customer, viewer=True).user,
        invited=MembershipFactory(
            customer=customer, viewer=True, pending_email_validation=True
        ).user,
        other_customer=other_customer,
        other_person=Membership.objects.get(customer=other_customer).user,
        contact=ContactFactory(customer=customer),
        other_contact=ContactFactory(customer=other_customer, primary=True),
        run=AccountRunFactory(customer=customer),
        other_run=AccountRunFactory(customer=other_customer),
        request=SignupFactory().request,
        mail=OutgoingMailFactory(about=[customer.pk]),
        member=StaffMemberFactory(viewer=True, invited=True),
    )
