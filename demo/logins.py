"""What a newcomer needs to look around: addresses and log-ins."""

from collections.abc import Iterator

from django.conf import settings

from accounts.models import User
from accounts.roles import StaffRole
from customers.roles import CustomerRole
from demo.world import OPERATOR_EMAIL, PASSWORD, RESELLERS
from resellers.current import absolute_url


def lines() -> Iterator[str]:
    """The log-ins, a line each, with the addresses they belong to."""
    yield f"Everybody's password in the demo: {PASSWORD}"
    yield ""
    yield f"Platform operator       {absolute_url('/', host=settings.PLATFORM_HOST)}"
    yield f"    {OPERATOR_EMAIL}"
    if settings.INBOX_DIRECTORY:
        yield f"Every mail              {absolute_url('/inbox/', host=settings.PLATFORM_HOST)}"
    for world in RESELLERS:
        yield f"{world.name:24}{absolute_url('/', host=world.host)}"
        for role in world.team:
            yield f"    {world.team_email(role):34}staff, {StaffRole(role).label.lower()}"
        for customer in world.customers:
            for person in customer.people:
                if person.status == User.Status.ACTIVE:
                    role = CustomerRole(person.role).label.lower()
                    yield f"    {person.email:34}customer, {role} of {customer.organization_name}"
