"""Makes the demo resellers as people would, through the flows: every timeline tells the truth.

Running it again changes nothing; a run that was cut short begins that reseller anew.
"""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import schema_context, tenant_context

from accounts import links
from accounts.flows import invitations, people, staff
from accounts.models import OneTimeLink, StaffMember, User
from accounts.roles import StaffRole
from approvals.flows import decisions, signup
from approvals.models import ApprovalRequest, Signup
from config.environment import Mode
from customers.custom_values import parse
from customers.flows import contacts, custom_fields, customers
from customers.flows import people as customer_people
from customers.models import Customer, CustomField, Membership
from customers.tags import Tags
from demo import accounts as cloud_accounts
from demo import calendar, orders, requests
from demo.contacts import CONTACTS
from demo.kinds import DemoCustomer, DemoField, DemoPerson, DemoReseller, DemoSignup
from demo.views import TAGS, save_views
from demo.world import OPERATOR_EMAIL, PASSWORD, RESELLERS
from formats import addresses, phones
from operations.models import FulfilmentTicket
from resellers import flows as reseller_flows
from resellers import provisioning
from resellers.models import Domain, Reseller


class NotADemoError(RuntimeError):
    """Somebody wants demo data in an installation that is not a demo."""


def load() -> list[str]:
    """Make what is missing of the demo. Returns the names of the resellers that it made."""
    if settings.MODE is Mode.PRODUCTION:
        raise NotADemoError("Demo resellers have public passwords; production does not take them.")
    with schema_context("public"):
        _make_operator()
        return [each.name for each in RESELLERS if _make_reseller(each)]


def _make_operator() -> None:
    if not User.objects.filter(email=OPERATOR_EMAIL).exists():
        User.objects.create_superuser(OPERATOR_EMAIL, PASSWORD, full_name="Olivia Operator")


def _make_reseller(world: DemoReseller) -> bool:
    existing = Reseller.objects.filter(host=world.host).first()
    if existing and not existing.is_demo:
        return False  # somebody made a real one on this host
    if existing and _is_furnished(existing):
        return False
    if existing:
        _remove(existing)
    new = Reseller(
        name=world.name,
        host=world.host,
        currency=world.currency,
        time_zone=world.time_zone,
        brand_color=world.brand_color,
        providers=list(world.providers),
        support_email=f"support@{world.domain}",
        support_phone=world.support_phone,
        owner_email=world.team_email(StaffRole.OWNER),
        owner_name=world.team[StaffRole.OWNER],
        is_demo=True,
    )
    reseller = reseller_flows.create(new, by=None)
    provisioning.provision(reseller.pk)
    reseller.refresh_from_db()
    with tenant_context(reseller), transaction.atomic():
        _furnish(world)
    return True


def _is_furnished(reseller: Reseller) -> bool:
    """All of the content is written in one transaction: one customer tells that it is there."""
    if reseller.state != Reseller.State.READY:
        return False
    with tenant_context(reseller):
        return Customer.objects.exists()


def _remove(reseller: Reseller) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(reseller.schema_name)} CASCADE"
        )
        FulfilmentTicket.objects.filter(reseller=reseller).delete()
        Domain.objects.filter(tenant=reseller).delete()
        Reseller.objects.filter(pk=reseller.pk).delete()


def _furnish(world: DemoReseller) -> None:
    owner = _make_team(world)
    with calendar.backdated(days=34):
        fields = [_define_field(each, by=owner) for each in world.fields]
        cloud_accounts.define_fields(by=owner)
    for number, customer in enumerate(world.customers):
        _make_customer(customer, by=owner, days_ago=30 - 2 * number, fields=fields)
    with calendar.backdated(days=5):
        for number, field in enumerate(fields):
            if world.fields[number].retired:
                custom_fields.retire(field, by=owner)
    with calendar.backdated(days=4):
        save_views(by=owner)
    for each in world.signups:
        _make_signup(each, by=owner)
    requests.furnish(owner=owner)


def _make_team(world: DemoReseller) -> User:
    owner = StaffMember.objects.select_related("user").get(role=StaffRole.OWNER).user
    with calendar.backdated(days=35):
        _accept_invitation(owner)
        owner.refresh_from_db()
        for role, full_name in world.team.items():
            if role != StaffRole.OWNER:
                member = staff.invite_staff(
                    world.team_email(role), full_name=full_name, role=role, by=owner
                )
                _accept_invitation(member.user)
    return owner


def _accept_invitation(user: User) -> None:
    token = links.issue(user, OneTimeLink.Purpose.INVITATION)
    invitations.accept(token, password=PASSWORD)


def _define_field(world: DemoField, *, by: User) -> CustomField:
    details: custom_fields.FieldDetails = {
        "label": world.label,
        "kind": world.kind,
        "help_text": world.help_text,
        "required": world.required,
        "searchable": world.searchable,
    }
    target = CustomField.Target.CUSTOMER
    new = custom_fields.NewField(applies_to=target, details=details, choices=world.choices)
    return custom_fields.create(new, by=by)


def _make_customer(
    world: DemoCustomer, *, by: User, days_ago: int, fields: list[CustomField]
) -> None:
    details: customers.CustomerDetails = {
        "organization_name": world.organization_name,
        "contact_name": world.contact_name,
        "contact_title": world.contact_title,
        "contact_email": world.contact_email,
        "contact_phone": phones.parse(world.contact_phone, world.country),
        "street": world.street,
        "city": world.city,
        "state": addresses.tidied({"country": world.country, "state": world.state})["state"],
        "postal_code": world.postal_code,
        "country": world.country,
        "industry": world.industry,
        "tags": TAGS.get(world.organization_name, Tags()),
    }
    with calendar.backdated(days=days_ago):
        custom = {each.key: parse(each, world.custom.get(each.label)) for each in fields}
        customer = customers.create(details, by=by, custom=custom)
        made_at = calendar.days_ago(days_ago)
        Customer.objects.filter(pk=customer.pk).update(created_at=made_at)
        orders.furnish(customer, world, at=made_at, by=by)
        cloud_accounts.furnish(customer, world.organization_name, at=made_at, by=by)
        for contact in CONTACTS.get(world.organization_name, ()):
            contacts.add(customer, contact, by=by)
    for number, person in enumerate(world.people):
        days = max(days_ago - 1 - number, 0)
        with calendar.backdated(days=days):
            membership = _make_person(customer, person, by=by)
        Membership.objects.filter(pk=membership.pk).update(created_at=calendar.days_ago(days))


def _make_person(customer: Customer, world: DemoPerson, *, by: User) -> Membership:
    pending = User.Status.PENDING_EMAIL_VALIDATION
    status = world.status if world.status == User.Status.PENDING_APPROVAL else pending
    new = customer_people.NewPerson(
        email=world.email, full_name=world.full_name, role=world.role, status=status
    )
    membership = customer_people.add_person(customer, new, by=by)
    user = membership.user
    if world.invited or world.status in {User.Status.ACTIVE, User.Status.SUSPENDED}:
        invitations.invite(
            user,
            by=by,
            kind="customer_invitation",
            organization=customer.organization_name,
            about=[customer],
        )
    if world.status in {User.Status.ACTIVE, User.Status.SUSPENDED}:
        _accept_invitation(user)
    if world.status == User.Status.SUSPENDED:
        people.suspend(user, by=by, reason="Left the company.")
    return membership


def _make_signup(world: DemoSignup, *, by: User) -> None:
    with calendar.backdated(days=world.days_ago):
        request = _sign_up(world)
        if world.outcome != "draft":
            _validate(request, world)
    if world.outcome == "declined":
        with calendar.backdated(days=world.days_ago - 1):
            _decline(request, by=by, at=calendar.days_ago(world.days_ago - 1))


def _sign_up(world: DemoSignup) -> ApprovalRequest:
    details = signup.SignupDetails(
        company=world.company,
        contact_name=world.contact_name,
        email=world.email,
        country=world.country,
        title=world.title,
        phone=phones.parse(world.phone, world.country),
        street=world.street,
        city=world.city,
        state=addresses.tidied({"country": world.country, "state": world.state})["state"],
        postal_code=world.postal_code,
    )
    signup.sign_up(details, password=PASSWORD)
    begun = calendar.days_ago(world.days_ago)
    typed = Signup.objects.filter(email=world.email)
    typed.update(licence_accepted_at=begun)
    filed = ApprovalRequest.objects.filter(signup__in=typed)
    filed.update(created_at=begun)
    return filed.get()


def _validate(request: ApprovalRequest, world: DemoSignup) -> None:
    person = User.objects.get(email=world.email)
    signup.validate_email(links.issue(person, OneTimeLink.Purpose.EMAIL_VALIDATION))
    submitted = request.created_at + dt.timedelta(minutes=4)
    ApprovalRequest.objects.filter(pk=request.pk).update(submitted_at=submitted)


def _decline(request: ApprovalRequest, *, by: User, at: dt.datetime) -> None:
    request.refresh_from_db()
    refusal = decisions.Refusal(
        reason=ApprovalRequest.DeclineReason.NOT_SERVED,
        message="We do not serve hosting companies at the moment. Thank you for asking.",
    )
    decisions.decline(request, refusal, version=request.version, by=by)
    ApprovalRequest.objects.filter(pk=request.pk).update(decided_at=at)
