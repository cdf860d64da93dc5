"""Makes everything that a list may show more numerous."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import OneTimeLink, Session, User
from accounts.roles import StaffRole
from approvals.models import ApprovalRequest
from audit.models import AuditEntry
from customers.flows.customers import EDITED
from customers.models import BulkRow, Customer, CustomRank, Membership
from customers.roles import CustomerRole
from inbox import store
from jobs.models import StoredPart
from resellers.current import today
from tests.factories import factors
from tests.factories.accounts import StaffMemberFactory, UserFactory
from tests.factories.approvals import (
    AccountRequestFactory,
    ApprovalRequestFactory,
    RequestMessageFactory,
)
from tests.factories.audit import AuditEntryFactory
from tests.factories.cloudaccounts import (
    CloudAccountFactory,
    CreationFactory,
    CustomerProviderFactory,
    HoldingFactory,
    InvitationFactory,
    SecretLinkFactory,
)
from tests.factories.customers import (
    AccountRunFactory,
    BulkRowFactory,
    BulkRunFactory,
    ContactFactory,
    CustomerFactory,
    ExportFactory,
    GroupFactory,
    ImportFactory,
    ImportRowFactory,
    MembershipFactory,
    PurchaseOrderFactory,
)
from tests.factories.jobs import JobFactory
from tests.factories.notifications import OutgoingMailFactory
from tests.factories.operations import FulfilmentTicketFactory, TicketNoteFactory
from tests.factories.resellers import DomainFactory, ResellerFactory
from tests.isolation.visitors import PlatformWorld
from tests.isolation.world import World


def grow(world: World, number: int) -> None:
    """Add so many of everything to a reseller's world, tied to the records that pages show."""
    records = _records(world)
    visitors = [*world.staff.values(), *world.people.values(), world.nobody]
    for _ in range(number):
        customer = CustomerFactory.create(
            organization_name=world.request.signup.company, contact_email="else@example.net"
        )
        CustomRank.objects.create(customer=customer, key="seats", rank=1)
        neighbour = CustomerFactory.create(contact_email=f"{uuid.uuid4()}@example.com")
        _people(world, customer)
        _what_a_customer_has(world.customer)
        _accounts(world, customer)
        _requests(world, neighbour)
        _requests_about_accounts(world)
        source = ImportFactory.create()
        StoredPart.objects.create(file=source.file, number=0, content=b"Code")
        JobFactory.create(finished=True)
        ImportRowFactory.create(source=world.source)
        BulkRunFactory.create(job=JobFactory.create(kind="customers.bulk", finished=True))
        _what_became_of_more_customers(world)
        ExportFactory.create(made_by=world.staff[StaffRole.OWNER], finished=True)
        StaffMemberFactory.create(viewer=True)
        for record in records:
            changes = {"code": ["OLD", "NEW"]}
            AuditEntryFactory.create(subject_id=record, action=EDITED, changes=changes)
            OutgoingMailFactory.create(about=[record], recipient_email=f"{uuid.uuid4()}@a.example")
        OutgoingMailFactory.create(failed=True, recipient_email=f"{uuid.uuid4()}@a.example")
        _visits(visitors)
    Customer.objects.filter(pk=world.customer.pk).update(version=1 + _edits(world.customer))


def grow_platform(world: PlatformWorld, number: int) -> None:
    """The same for the operators' host. The test must stand in public."""
    for count in range(number):
        DomainFactory.create(tenant=ResellerFactory.create(ready=True))
        UserFactory.create(is_staff=True)
        store.put(f"Subject: Hello {count}\nTo: dana@acme.example\n\nHello\n".encode())
        records = (world.operator, world.reseller, world.ticket, world.connection)
        for record in (each.pk for each in records):
            AuditEntryFactory.create(subject_id=record)
        FulfilmentTicketFactory.create(reseller=world.reseller)
        TicketNoteFactory.create(ticket=world.ticket)
        _visits([world.operator])


def _records(world: World) -> list[uuid.UUID]:
    people = [world.person.pk, world.invited.pk, world.member.pk]
    theirs = [world.contact.pk, world.group.pk, world.purchase_order.pk, world.linked_account.pk]
    asked = [world.account_request.pk, world.unlinking_request.pk]
    return [world.customer.pk, world.request.pk, world.export.pk, *asked, *people, *theirs]


def _people(world: World, customer: Customer) -> None:
    """Two more colleagues, one has not come yet; one more company for each person."""
    MembershipFactory.create(customer=world.customer)
    invited = MembershipFactory.create(customer=world.customer, pending_email_validation=True).user
    _link(invited)
    for user in (*world.people.values(), world.person, world.invited):
        Membership.objects.create(customer=customer, user=user, role=CustomerRole.VIEWER)


def _what_a_customer_has(customer: Customer) -> None:
    """One more of each, with a tag that nobody had and with days that are near."""
    ContactFactory.create(customer=customer)
    AccountRunFactory.create(customer=customer)
    GroupFactory.create(customer=customer, tags=[uuid.uuid4().hex], attributes={"cost": "4711"})
    day = today()
    PurchaseOrderFactory.create(customer=customer, expires_on=day, renewal_on=day)


def _accounts(world: World, customer: Customer) -> None:
    """One more account in each state, and one more of everything that an account has."""
    owner, linked = world.customer, world.linked_account
    CustomerProviderFactory.create(customer=customer)
    CloudAccountFactory.create(customer=owner, group=world.group)
    broken = CloudAccountFactory.create(customer=owner, linked=True, broken=True)
    CloudAccountFactory.create(customer=owner, unlinked=True)
    CreationFactory.create(account=linked, failed=True)
    InvitationFactory.create(account=linked, expired=True)
    SecretLinkFactory.create(account=broken)
    SecretLinkFactory.create(account=linked)
    before = linked.holdings.order_by("since").values_list("since", flat=True)[0]
    earlier = before - dt.timedelta(days=1)
    HoldingFactory.create(account=linked, customer=customer, since=earlier, until=before)


def _what_became_of_more_customers(world: World) -> None:
    """One more row of each outcome."""
    number = BulkRow.objects.count()
    for outcome in BulkRow.Outcome:
        number += 1
        reason = BulkRow.Reason.ARCHIVED if outcome == BulkRow.Outcome.SKIPPED else ""
        told = {"number": number, "outcome": outcome, "reason": reason}
        BulkRowFactory.create(run=world.bulk, customer=world.other_customer, **told)


def _link(user: User) -> OneTimeLink:
    now = timezone.now()
    return OneTimeLink.objects.create(
        user=user,
        purpose=OneTimeLink.Purpose.INVITATION,
        token_digest=uuid.uuid4().hex,
        created_at=now,
        expires_at=now + dt.timedelta(days=7),
    )


def _requests(world: World, customer: Customer) -> None:
    """Requests of every kind, from companies with the name that the shown request has."""
    company = world.request.signup.company
    ApprovalRequestFactory.create(signup__company=company)
    ApprovalRequestFactory.create(draft=True)
    by = {"decided_by": next(iter(world.staff.values())), "decided_at": timezone.now()}
    ApprovalRequestFactory.create(
        status=ApprovalRequest.Status.APPROVED, customer=customer, requester=UserFactory(), **by
    )


def _requests_about_accounts(world: World) -> None:
    """One more in each state, and one more question on those that pages show."""
    owner = world.staff[StaffRole.OWNER]
    told = {"in_portal": True, "request__requester": owner}
    for state in ({}, {"questioned": True}, {"unlink": True}):
        AccountRequestFactory.create(account__customer=world.customer, **told, **state)
    for trait in ("fulfilled", "refused", "withdrawn"):
        account = CloudAccountFactory.create(customer=world.customer)
        by = {} if trait == "withdrawn" else {"request__decided_by": owner}
        AccountRequestFactory.create(account=account, **told, **by, **{trait: True})
    for request in (world.account_request, world.questioned_request):
        RequestMessageFactory.create(request=request, author=owner)


def _visits(visitors: list[User]) -> None:
    """One more key and one more session for each."""
    for user in visitors:
        factors.security_key(user)
        Session.objects.create(
            session_key=uuid.uuid4().hex,
            session_data="",
            user=user,
            began_at=timezone.now(),
            seen_at=timezone.now(),
            expire_date=timezone.now() + dt.timedelta(hours=1),
        )


def _edits(customer: Customer) -> int:
    return AuditEntry.objects.about(customer.pk).filter(action=EDITED).count()
