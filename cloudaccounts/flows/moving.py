"""Accounts that pass from one customer to another. Whose they were stays known."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from cloudaccounts import actions, hooks
from cloudaccounts.flows.statuses import CannotChangeAccountError
from cloudaccounts.models import CloudAccount, Creation, CustomerProvider, Holding, Invitation
from customers.models import Customer
from customers.staleness import require_fresh
from customers.standing import refusal_to_change

_ERRANDS = (Invitation, Creation)


@transaction.atomic
def move(account: CloudAccount, customer: Customer, *, version: int, by: User) -> CloudAccount:
    """Make a linked account another customer's from now on. It leaves its group.

    Refused while something is under way about it. Raises StaleError, CannotChangeAccountError.
    """
    account, customer = _locked(account, customer)
    changes = {"customer": (str(account.customer), str(customer)), "group": (account.group, None)}
    if account.group is None:
        del changes["group"]
    require_fresh(account, seen=version, fields=changes, edits=actions.EDITS)
    _require_possible(account, customer)
    before = account.customer
    now = timezone.now()
    Holding.objects.filter(account=account, until__isnull=True).update(until=now)
    Holding.objects.create(account=account, customer=customer, since=now)
    account.customer, account.group = customer, None
    account.version += 1
    account.save(update_fields=["customer", "group", "version"])
    trail.record(
        actions.MOVED, subject=account, actor=by, about=[before, customer], changes=changes
    )
    return account


def take_along(duplicate: Customer, survivor: Customer) -> None:
    """Take the accounts along when two customers become one. Both are locked."""
    accounts = CloudAccount.objects.of_customer(duplicate)
    held = list(accounts.held().select_for_update().order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    Holding.objects.filter(account__in=held, until__isnull=True).update(until=now)
    Holding.objects.bulk_create(
        [Holding(account_id=each, customer=survivor, since=now) for each in held]
    )
    accounts.update(customer=survivor)


def _locked(account: CloudAccount, customer: Customer) -> tuple[CloudAccount, Customer]:
    """In one order, whoever asks: two that move at once must not wait for each other."""
    owner_id = CloudAccount.objects.values_list("customer_id", flat=True).get(pk=account.pk)
    rows = Customer.objects.filter(pk__in=[owner_id, customer.pk]).order_by("pk")
    customers = {row.pk: row for row in rows.select_for_update()}
    found = CloudAccount.objects.select_for_update().get(pk=account.pk)
    if found.customer_id != owner_id:
        raise CannotChangeAccountError(
            _("Somebody moved this account at the same moment. Look at it again.")
        )
    found.customer = customers[owner_id]
    return found, customers[customer.pk]


def _require_possible(account: CloudAccount, customer: Customer) -> None:
    """Refuse with the first reason why not."""
    refusals = (
        _refusal_of(account, customer),
        refusal_to_change(account.customer),
        refusal_to_change(customer) and _("%(customer)s is archived.") % {"customer": customer},
        _under_way(account),
        hooks.obstacle(account),
    )
    for refusal in refusals:
        if refusal:
            raise CannotChangeAccountError(refusal)


def _refusal_of(account: CloudAccount, customer: Customer) -> str:
    if account.customer_id == customer.pk:
        return _("Choose another customer: the account is this one's already.")
    if not account.is_held:
        return _("Only accounts that are linked can be moved.")
    enabled = CustomerProvider.objects.of_customer(customer).enabled()
    if not enabled.filter(provider=account.provider).exists():
        return _("Switch %(provider)s on for %(customer)s first.") % {
            "provider": account.get_provider_display(),
            "customer": customer,
        }
    return ""


def _under_way(account: CloudAccount) -> str:
    if any(kind.objects.of_account(account.pk).open().exists() for kind in _ERRANDS):
        return _("Something is under way at the provider. Wait until it has ended.")
    return ""
