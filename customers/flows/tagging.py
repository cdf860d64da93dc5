"""Putting tags on a customer, and taking some away, whatever others it has."""

from django.db import transaction

from accounts.models import User
from customers import tags as writing
from customers.flows.customers import CustomerDetails, edit
from customers.models import Customer
from customers.tags import Tags


class TooManyTagsError(Exception):
    """The customer would have more tags than a record may have."""


@transaction.atomic
def add_tags(customer: Customer, tags: Tags, *, by: User) -> bool:
    """Whether the customer has tags now that it had not.

    Raises TooManyTagsError, and CannotSaveCustomerError as `edit` does.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    wanted = {*customer.tags, *tags}
    if len(wanted) > writing.MOST:
        raise TooManyTagsError
    return _write(customer, wanted, by=by)


@transaction.atomic
def remove_tags(customer: Customer, tags: Tags, *, by: User) -> bool:
    """Whether the customer had one of them. Raises CannotSaveCustomerError as `edit` does."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    return _write(customer, {*customer.tags} - {*tags}, by=by)


def _write(customer: Customer, wanted: set[str], *, by: User) -> bool:
    """What the customer has is known for certain: it is locked."""
    changes = CustomerDetails(tags=Tags(sorted(wanted)))
    return edit(customer, changes, version=customer.version, by=by).version > customer.version
