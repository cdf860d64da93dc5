"""The people of a customer: adding, roles, leaving. What a person may do is the role's business."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import links
from accounts.flows import invitations
from accounts.flows.invitations import CannotInviteError
from accounts.flows.people import CannotCreatePersonError, create_person, set_password_for
from accounts.models import OneTimeLink, StaffMember, User
from audit import sentences, trail
from customers import administrators, mails
from customers.administrators import LastAdministratorError
from customers.models import Customer, Membership
from customers.roles import CustomerRole
from customers.standing import refusal_to_change

ADDED = "membership.added"
ROLE_CHANGED = "membership.role_changed"
REMOVED = "membership.removed"
sentences.describe(
    {
        ADDED: gettext_lazy("added {subject}"),
        ROLE_CHANGED: gettext_lazy("changed the role of {subject}"),
        REMOVED: gettext_lazy("removed {subject}"),
    }
)


class CannotAddPersonError(Exception):
    """The person cannot be added like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class CannotChangeMembershipError(Exception):
    """The change is not allowed. The message is fit to show."""


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Whom to add. Name, status and password count only for people who are new to the reseller."""

    email: str
    full_name: str = ""
    role: str = CustomerRole.VIEWER
    status: str = User.Status.PENDING_EMAIL_VALIDATION
    password: str = ""
    invite: bool = False


@transaction.atomic
def add_person(customer: Customer, person: NewPerson, *, by: User) -> Membership:
    """Add a person by e-mail. Whom the reseller knows already joins with the account they have.

    With `invite` they are mailed: a link to set a password, or that their account opens this
    customer, too. The first person of a customer becomes its administrator, whatever role was
    asked for. Raises CannotAddPersonError.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if refusal := refusal_to_change(customer):
        raise CannotAddPersonError(refusal)
    user, is_new = _find_or_create(person, by=by)
    if not is_new:
        _forget_unproved_password(user)
    field = "status" if is_new else "email"
    membership = _join(customer, user, role=person.role, by=by, field=field)
    if person.invite:
        try:
            call_in(membership, by=by)
        except CannotInviteError as error:
            raise CannotAddPersonError(str(error), field="invite") from error
    return membership


@transaction.atomic
def join(customer: Customer, user: User, *, role: str, by: User | None) -> Membership:
    """Make an existing person belong to the customer. The first one becomes its administrator.

    Raises CannotAddPersonError.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    _forget_unproved_password(user)
    return _join(customer, user, role=role, by=by, field=None)


@transaction.atomic
def call_in(membership: Membership, *, by: User) -> None:
    """Mail the person that they belong here: with a link to set a password where they have none.

    Nobody who is suspended is told anything. Raises CannotInviteError.
    """
    if invitations.may_be_invited(membership.user):
        invite(membership, by=by)
    elif membership.user.is_active:
        _mark_invited(membership)
        mails.customer_joined(membership, by=by, event=str(membership.invited_at))


@transaction.atomic
def invite(membership: Membership, *, by: User) -> None:
    """Mail the person a link on which they set a password. Raises CannotInviteError."""
    customer = membership.customer
    invitations.invite(
        membership.user,
        by=by,
        kind="customer_invitation",
        organization=customer.organization_name,
        about=[customer],
    )
    _mark_invited(membership)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> Membership:
    """Give the person another role at this customer. Raises CannotChangeMembershipError."""
    membership = _locked(membership)
    old = membership.role
    if role == old:
        return membership
    _keep_an_administrator(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _record(ROLE_CHANGED, membership, by=by, roles=(old, role))
    return membership


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Take the person out of this customer. Their account and what they did stay.

    Raises CannotChangeMembershipError.
    """
    membership = _locked(membership)
    _keep_an_administrator(membership)
    user = membership.user
    _record(REMOVED, membership, by=by, roles=(membership.role, ""))
    membership.delete()
    if not _belongs_somewhere(user):
        links.revoke(user, OneTimeLink.Purpose.INVITATION)


def _mark_invited(membership: Membership) -> None:
    membership.invited_at = timezone.now()
    membership.save(update_fields=["invited_at"])


def _find_or_create(person: NewPerson, *, by: User) -> tuple[User, bool]:
    """The person with this e-mail, and whether they are new."""
    known = User.objects.filter(email=User.objects.normalize_email(person.email))
    if user := known.first():
        return user, False
    try:
        user = create_person(person.email, full_name=person.full_name, status=person.status, by=by)
    except CannotCreatePersonError:
        return known.get(), False  # somebody was faster
    if person.password:
        set_password_for(user, person.password, by=by)
    return user, True


def _join(
    customer: Customer, user: User, *, role: str, by: User | None, field: str | None
) -> Membership:
    user = User.objects.select_for_update().get(pk=user.pk)
    members = Membership.objects.filter(customer=customer)
    if members.filter(user=user).exists():
        raise CannotAddPersonError(
            _("%(person)s belongs to this customer already.") % {"person": user}, field=field
        )
    if not members.exists():
        role = CustomerRole.ADMINISTRATOR
        if user.status == User.Status.SUSPENDED:
            raise CannotAddPersonError(
                _("The first person is the customer's administrator and cannot be suspended."),
                field=field,
            )
    membership = Membership.objects.create(customer=customer, user=user, role=role)
    _record(ADDED, membership, by=by, roles=("", role))
    return membership


def _locked(membership: Membership) -> Membership:
    """The membership as it stands under the locks: customer first, then the person."""
    customer = Customer.objects.select_for_update().get(pk=membership.customer_id)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    found = Membership.objects.filter(pk=membership.pk).first()
    if found is None:
        raise CannotChangeMembershipError(
            _("%(person)s does not belong to %(customer)s any more.")
            % {"person": user, "customer": customer}
        )
    found.customer, found.user = customer, user
    return found


def _keep_an_administrator(membership: Membership) -> None:
    try:
        administrators.keep_one_without(membership)
    except LastAdministratorError as error:
        raise CannotChangeMembershipError(str(error)) from error


def _belongs_somewhere(user: User) -> bool:
    return (
        Membership.objects.of_person(user).exists()
        or StaffMember.objects.filter(user=user).exists()
    )


def _forget_unproved_password(user: User) -> None:
    """Anybody can sign up with somebody else's e-mail and a password of their own.

    Until the mailbox is proved to be theirs, that password must not open a customer's door.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    unproved = user.email_validated_at is None
    if unproved and user.has_usable_password() and not _belongs_somewhere(user):
        user.set_unusable_password()
        user.save(update_fields=["password"])


def _record(
    action: str, membership: Membership, *, by: User | None, roles: tuple[str, str]
) -> None:
    trail.record(
        action,
        subject=membership,
        actor=by,
        about=[membership.customer, membership.user],
        changes={"role": roles},
    )
