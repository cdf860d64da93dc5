"""Changing the values of a customer's custom fields."""

from django.db import transaction

from accounts.models import User
from audit import trail
from customers import custom_ranks, custom_values
from customers.custom_locks import hold_definitions_still
from customers.custom_values import Value
from customers.flows.customers import EDITED
from customers.flows.filling import CannotFillError, Filled, Told, fill, with_values
from customers.models import Customer, CustomField
from customers.staleness import require_fresh
from customers.standing import refusal_to_change

Target = CustomField.Target


@transaction.atomic
def edit(customer: Customer, told: Told, *, version: int, by: User) -> Customer:
    """Change the values of the fields that are named, if nobody else did since `version`.

    Raises StaleError when somebody did, CannotFillError for what cannot be stored.
    """
    hold_definitions_still()
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if refusal := refusal_to_change(customer):
        raise CannotFillError(refusal)
    filled = fill(customer.custom_values, told, target=Target.CUSTOMER)
    if not filled.changes:
        return customer
    require_fresh(customer, seen=version, fields=set(filled.changes), edits=[EDITED])
    _save(customer, filled)
    trail.record(EDITED, subject=customer, actor=by, changes=filled.changes)
    return customer


def take_over(duplicate: Customer, survivor: Customer, *, by: User) -> None:
    """Give the survivor the values that it lacks and the duplicate knows.

    Call it while both are locked, and hold the definitions still before that.
    """
    lacking = _lacking(duplicate, survivor)
    if lacking:
        values = {**survivor.custom_values, **lacking}
        filled = with_values(survivor.custom_values, values, target=Target.CUSTOMER)
        _save(survivor, filled)
        changes, about = filled.changes, [duplicate]
        trail.record(EDITED, subject=survivor, actor=by, about=about, changes=changes)


def would_take_over(duplicate: Customer, survivor: Customer) -> dict[str, str]:
    """What `take_over` would give the survivor: label → value, as people read them."""
    lacking = _lacking(duplicate, survivor)
    fields = CustomField.objects.of_target(Target.CUSTOMER)
    return {
        each.label: custom_values.display(each, lacking[each.key])
        for each in fields
        if each.key in lacking
    }


def _lacking(duplicate: Customer, survivor: Customer) -> dict[str, Value]:
    known = duplicate.custom_values.items()
    return {key: value for key, value in known if key not in survivor.custom_values}


def _save(customer: Customer, filled: Filled) -> None:
    customer.custom_values, customer.custom_search = filled.values, filled.search
    customer.version += 1
    customer.save(update_fields=["custom_values", "custom_search", "version"])
    custom_ranks.keep({customer.pk: filled.ranks})
