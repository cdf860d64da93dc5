"""The door to customers for their own people."""

import uuid

from accounts.models import User
from customers.models import Customer, Membership
from customers.querysets import CustomerQuerySet
from customers.roles import PERMISSIONS, CustomerPermission


def membership_of(user: User, customer_id: uuid.UUID) -> Membership:
    """The person's place at this customer. Raises Membership.DoesNotExist for strangers."""
    return Membership.objects.select_related("customer").get(user=user, customer_id=customer_id)


def customers_of(user: User) -> CustomerQuerySet:
    """Every customer that the person belongs to."""
    return Customer.objects.of_person(user)


def may(membership: Membership, permission: CustomerPermission) -> bool:
    """Whether the membership's role holds the permission."""
    return permission in PERMISSIONS[membership.role]
