"""A customer keeps an administrator: the last one cannot be removed, suspended or demoted.

Where an administrator is active, an active one must stay; where all still wait for their first
log-in, one of them must. Somebody whom the company added itself waits until they were here, even
if they have an account: else the answer would tell whether the e-mail is known.

Whoever checks this holds the customer's row, so that two people cannot take away the last two at
once.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.flows.people import CannotSuspendError
from accounts.models import User
from customers.models import Customer, Membership
from customers.roles import CustomerRole

RANK = {
    User.Status.SUSPENDED: 0,
    User.Status.PENDING_EMAIL_VALIDATION: 1,
    User.Status.PENDING_APPROVAL: 1,
    User.Status.ACTIVE: 2,
}


_JUST_ADDED = gettext_lazy("%(person)s was added to another customer this moment. Try again.")


class LastAdministratorError(Exception):
    """The customer would be left without an administrator. The message is fit to show."""


def keep_one_without(membership: Membership) -> None:
    """Check that the customer can do without this person. Raises LastAdministratorError."""
    status = _standing(membership)
    if membership.role != CustomerRole.ADMINISTRATOR or status == User.Status.SUSPENDED:
        return
    others = Membership.objects.besides(membership).administrators()
    if status == User.Status.ACTIVE:
        others = others.came_in()
    if others.filter(user__status__in=_as_good_as(status)).exists():
        return
    names = {"person": membership.user, "customer": membership.customer}
    if status == User.Status.ACTIVE:
        sentence = _("%(person)s is the last active administrator of %(customer)s.") % names
    else:
        sentence = _("%(person)s is the only administrator of %(customer)s.") % names
    raise LastAdministratorError(f"{sentence} {_('Make somebody else administrator first.')}")


def keep_one_when_suspended(user: User) -> None:
    """Check that every customer of this person can do without them.

    Locks the person's customers, then the person. Raises CannotSuspendError. Asked by the flow
    that suspends people, whoever calls it.
    """
    customer_ids = Membership.objects.of_person(user).customer_ids()
    list(Customer.objects.filter(pk__in=customer_ids).order_by("pk").select_for_update())
    User.objects.select_for_update().get(pk=user.pk)
    memberships = Membership.objects.of_person(user).select_related("user")
    for membership in memberships:
        if membership.customer_id not in customer_ids:
            raise CannotSuspendError(_JUST_ADDED % {"person": user})
        try:
            keep_one_without(membership)
        except LastAdministratorError as error:
            raise CannotSuspendError(str(error)) from error


def _standing(membership: Membership) -> str:
    """The person's status, as far as this customer can count on it."""
    status: str = membership.user.status
    return status if status == User.Status.SUSPENDED else membership.shown_status


def _as_good_as(status: str) -> list[str]:
    rank = RANK[User.Status(status)]
    return [other.value for other, value in RANK.items() if value >= rank]
