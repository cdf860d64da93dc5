"""The door to customers for their own people."""

import uuid

from django.utils.translation import gettext as _

from accounts.access import staff_member_of
from accounts.models import User
from accounts.refusals import Refusal, contact
from customers.models import Customer, Membership
from customers.querysets import CustomerQuerySet
from customers.roles import PERMISSIONS, CustomerPermission

SUSPENDED = "company_suspended"  # the code of the refusal


def membership_of(user: User, customer_id: uuid.UUID) -> Membership:
    """The person's place at this customer. Raises Membership.DoesNotExist for strangers."""
    return Membership.objects.select_related("customer").get(user=user, customer_id=customer_id)


def customers_of(user: User) -> CustomerQuerySet:
    """Every customer that the person belongs to."""
    return Customer.objects.of_person(user)


def companies_in_business(user: User) -> CustomerQuerySet:
    """The customers that the person belongs to and can work for now."""
    return customers_of(user).filter(status=Customer.Status.ACTIVE)


def refusal_to_enter(user: User) -> Refusal | None:
    """Keeps out whose customers are all suspended or archived. Staff come in all the same."""
    standings = customers_of(user).order_by("status_changed_at").values("status", "status_reason")
    if not standings or any(each["status"] == Customer.Status.ACTIVE for each in standings):
        return None
    if staff_member_of(user):
        return None
    reasons = [each["status_reason"] for each in standings if each["status"] == "suspended"]
    return Refusal(SUSPENDED, _("Company suspended"), sentence_of(reasons[-1] if reasons else ""))


def sentence_of(reason: str) -> str:
    """What a person of a suspended or archived customer reads."""
    sentence = _("Your company cannot use the portal any more.")
    ask = _("To ask about it, contact %(contact)s.") % {"contact": contact()}
    return " ".join(each for each in (sentence, reason, ask) if each)


def may(membership: Membership, permission: CustomerPermission) -> bool:
    """Whether the membership's role holds the permission."""
    return permission in PERMISSIONS[membership.role]
