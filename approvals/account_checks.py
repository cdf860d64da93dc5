"""The checks that this app itself makes of requests about accounts."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import checks
from approvals.checks import Check, Finding, Level
from approvals.models import AccountRequest, ApprovalRequest
from cloudaccounts.models import CloudAccount, CustomerProvider
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.registry import provider
from customers.models import Customer

Kind = ApprovalRequest.Kind
FRESH = dt.timedelta(hours=24)


def customer_is_active(asked: AccountRequest) -> Finding:
    customer = asked.account.customer
    if customer.status == Customer.Status.ACTIVE:
        return Finding(Level.OK, _("The customer is active."))
    return Finding(
        Level.BLOCK,
        _("%(customer)s is %(status)s. Reactivate the customer first.")
        % {"customer": customer, "status": str(customer.get_status_display()).lower()},
    )


def provider_is_enabled(asked: AccountRequest) -> Finding:
    account = asked.account
    enabled = CustomerProvider.objects.of_customer(account.customer).enabled()
    words = {"provider": account.get_provider_display()}
    if enabled.filter(provider=account.provider).exists():
        return Finding(Level.OK, _("%(provider)s is enabled for the customer.") % words)
    return Finding(
        Level.BLOCK,
        _("%(provider)s is not enabled for the customer. Enable it under Cloud providers.") % words,
    )


def id_is_free(asked: AccountRequest) -> Finding:
    """Nobody else holds it: the database refuses that. Who held it before is worth knowing."""
    account = asked.account
    same = CloudAccount.objects.filter(provider=account.provider, account_id=account.account_id)
    others = same.exclude(pk=account.pk).select_related("customer")
    holder = others.current().first()
    if holder:
        return Finding(
            Level.BLOCK,
            _("The account ID belongs to %(customer)s already.") % {"customer": holder.customer},
        )
    former = others.filter(status="unlinked").order_by("-status_changed_at").first()
    if former and former.customer_id != account.customer_id:
        return Finding(
            Level.WARN,
            _("The account was linked for %(customer)s before.") % {"customer": former.customer},
        )
    return Finding(Level.OK, _("The account ID belongs to nobody else."))


def role_works(asked: AccountRequest) -> Finding | None:
    """Whether we can look into the account, and whether that was found out lately."""
    account = asked.account
    if provider(account.provider).is_manual:
        return None
    if account.access_state == CheckState.CHECKING:
        return Finding(Level.BLOCK, _("The role is being checked. Look again in a moment."))
    if account.access_state == CheckState.FAILED:
        return Finding(Level.BLOCK, _("The last check of the role failed. See the account's page."))
    if account.access_state != CheckState.OK or account.access_checked_at is None:
        return Finding(Level.BLOCK, _("The role was not checked. Check it on the account's page."))
    if timezone.now() - account.access_checked_at > FRESH:
        return Finding(
            Level.WARN, _("The role worked when it was last checked, more than a day ago.")
        )
    return Finding(Level.OK, _("The role works; that was checked within the last day."))


CHECKS = (
    Check(
        "customer_active",
        gettext_lazy("Customer"),
        customer_is_active,
        position=10,
    ),
    Check(
        "provider_enabled",
        gettext_lazy("Provider"),
        provider_is_enabled,
        position=20,
    ),
    Check(
        "id_free",
        gettext_lazy("Account ID"),
        id_is_free,
        kinds=frozenset({Kind.LINK}),
        position=30,
    ),
    Check(
        "role_works",
        gettext_lazy("Role"),
        role_works,
        kinds=frozenset({Kind.LINK}),
        position=40,
    ),
)


def register() -> None:
    for check in CHECKS:
        checks.register(check)
