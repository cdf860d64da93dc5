"""Changing the values of a customer's custom fields."""

from django.db import transaction

from accounts.models import User
from audit import trail
from customers.custom_locks import hold_definitions_still
from customers.flows.customers import EDITED
from customers.flows.filling import Told, fill
from customers.models import Customer, CustomField
from customers.staleness import require_fresh


@transaction.atomic
def edit(customer: Customer, told: Told, *, version: int, by: User) -> Customer:
    """Change the values of the fields that are named, if nobody else did since `version`.

    Raises StaleError when somebody did, CannotFillError for what cannot be stored.
    """
    hold_definitions_still()
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    filled = fill(customer.custom_values, told, target=CustomField.Target.CUSTOMER)
    if not filled.changes:
        return customer
    require_fresh(customer, seen=version, fields=set(filled.changes), edits=[EDITED])
    customer.custom_values, customer.custom_search = filled.values, filled.search
    customer.version += 1
    customer.save(update_fields=["custom_values", "custom_search", "version"])
    trail.record(EDITED, subject=customer, actor=by, changes=filled.changes)
    return customer
