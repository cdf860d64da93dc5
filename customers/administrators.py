"""A customer keeps an administrator: the last one cannot be removed, suspended or demoted.

Where an administrator is active, an active one must stay; where all still wait for their first
log-in, one of them must. Whoever checks this holds the customer's row, so that two people cannot
take away the last two at once.
"""

from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer, Membership
from customers.roles import CustomerRole

RANK = {
    User.Status.SUSPENDED: 0,
    User.Status.PENDING_EMAIL_VALIDATION: 1,
    User.Status.PENDING_APPROVAL: 1,
    User.Status.ACTIVE: 2,
}


class LastAdministratorError(Exception):
    """The customer would be left without an administrator. The message is fit to show."""


def keep_one_without(membership: Membership) -> None:
    """Check that the customer can do without this person. Raises LastAdministratorError."""
    status = membership.user.status
    if membership.role != CustomerRole.ADMINISTRATOR or status == User.Status.SUSPENDED:
        return
    others = Membership.objects.besides(membership).administrators()
    if others.filter(user__status__in=_as_good_as(status)).exists():
        return
    names = {"person": membership.user, "customer": membership.customer}
    if status == User.Status.ACTIVE:
        sentence = _("%(person)s is the last active administrator of %(customer)s.") % names
    else:
        sentence = _("%(person)s is the only administrator of %(customer)s.") % names
    raise LastAdministratorError(f"{sentence} {_('Make somebody else administrator first.')}")


def keep_one_when(user: User, status: str) -> None:
    """Check that every customer of this person can do without them once they have `status`.

    Locks the person's customers, then the person. Raises LastAdministratorError.
    """
    customer_ids = Membership.objects.of_person(user).customer_ids()
    customers = Customer.objects.filter(pk__in=customer_ids).order_by("pk")
    list(customers.select_for_update())
    user = User.objects.select_for_update().get(pk=user.pk)
    if RANK[User.Status(status)] >= RANK[User.Status(user.status)]:
        return
    memberships = Membership.objects.of_person(user).select_related("user")
    if {each.customer_id for each in memberships} - set(customer_ids):
        raise LastAdministratorError(
            _("%(person)s was just added to another customer. Try again.") % {"person": user}
        )
    for membership in memberships:
        keep_one_without(membership)


def _as_good_as(status: str) -> list[str]:
    rank = RANK[User.Status(status)]
    return [other.value for other, value in RANK.items() if value >= rank]
