"""Which clouds a customer buys, and what the customer's own people see of them."""

from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions
from cloudaccounts.models import CustomerProvider
from customers.models import Customer
from customers.staleness import require_fresh
from customers.standing import refusal_to_change
from resellers.clouds import Cloud
from resellers.current import current_reseller

NOTHING_SEEN = 0  # the version of a provider that the customer never had


class ProviderDetails(TypedDict):
    """What is said about one provider of a customer."""

    is_enabled: bool
    shown_in_portal: bool


class CannotSaveProviderError(Exception):
    """It cannot be saved like that. The message is fit to show, beside `field` if named."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def set_provider(
    customer: Customer, provider: str, details: ProviderDetails, *, version: int, by: User
) -> CustomerProvider:
    """Switch a provider on or off for a customer, if nobody else did since `version`.

    `NOTHING_SEEN` is the version of what was not there. Accounts that are linked stay linked when
    it is switched off. Raises StaleError, CannotSaveProviderError.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if refusal := refusal_to_change(customer):
        raise CannotSaveProviderError(refusal)
    found = CustomerProvider.objects.select_for_update().of_customer(customer)
    record = found.filter(provider=provider).first() or unset(customer, provider)
    require_fresh(record, seen=version, fields=details, edits=actions.PROVIDER_EDITS)
    changed = _changed(record, _tidied(details))
    if not changed:
        return record
    if changed.get("is_enabled", (None, False))[1]:
        _require_resold(provider)
    return _save(record, changed, by=by)


def unset(customer: Customer, provider: str) -> CustomerProvider:
    """A provider that the customer never had, as a record that is not stored."""
    return CustomerProvider(customer=customer, provider=provider, version=NOTHING_SEEN)


def of_customer(customer: Customer) -> list[CustomerProvider]:
    """Every provider that the reseller may resell or the customer has, in the product's order.

    Those that the customer never had are not stored. One query.
    """
    stored = {each.provider: each for each in CustomerProvider.objects.of_customer(customer)}
    offered = {*stored, *current_reseller().providers}
    return [
        stored.get(cloud.value) or unset(customer, cloud.value)
        for cloud in Cloud
        if cloud.value in offered
    ]


def take_over(duplicate: Customer, survivor: Customer) -> None:
    """Let the survivor of a merge buy what the duplicate bought. Both are locked."""
    known = {each.provider for each in CustomerProvider.objects.of_customer(survivor).enabled()}
    for theirs in CustomerProvider.objects.of_customer(duplicate).enabled():
        if theirs.provider in known:
            continue
        CustomerProvider.objects.update_or_create(
            customer=survivor,
            provider=theirs.provider,
            defaults={"is_enabled": True, "shown_in_portal": theirs.shown_in_portal},
        )


def _tidied(details: ProviderDetails) -> ProviderDetails:
    """What is switched off, nobody sees."""
    is_shown = details["is_enabled"] and details["shown_in_portal"]
    return ProviderDetails(is_enabled=details["is_enabled"], shown_in_portal=is_shown)


def _changed(
    record: CustomerProvider, details: ProviderDetails
) -> dict[str, tuple[object, object]]:
    now = {field: getattr(record, field) for field in details}
    return {field: (now[field], new) for field, new in details.items() if now[field] != new}


def _require_resold(provider: str) -> None:
    if provider not in current_reseller().providers:
        raise CannotSaveProviderError(_("You do not resell this provider."), field="is_enabled")


def _save(
    record: CustomerProvider, changed: dict[str, tuple[object, object]], *, by: User
) -> CustomerProvider:
    is_new = record.version == NOTHING_SEEN
    for field, (_old, new) in changed.items():
        setattr(record, field, new)
    record.version += 1
    if is_new:
        record.save(force_insert=True)
    else:
        record.save(update_fields=[*changed, "version"])
    trail.record(
        actions.PROVIDER, subject=record, actor=by, about=[record.customer], changes=changed
    )
    return record
