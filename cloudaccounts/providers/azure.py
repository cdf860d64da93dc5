"""Microsoft Azure, sold through Partner Center: done by hand, with ids that are checked.

Subscriptions, tenants and customers all go by a GUID. Partner Center calls a customer's directory
"Microsoft ID", which is its tenant ID and in its API the `customer-tenant-id`
(https://learn.microsoft.com/partner-center/developer/get-a-customer-by-id).
"""

import uuid

from django.utils.translation import gettext_lazy as _

from cloudaccounts.providers import manual
from cloudaccounts.providers.contract import IdKind, Provider
from cloudaccounts.providers.results import Access, AccessOrder, Link

_DIGITS = 32
_HYPHENS = (8, 13, 18, 23)
_PARTNER_CENTER = "https://partner.microsoft.com/dashboard/v2/customers/list"
_SUBSCRIPTIONS = "https://portal.azure.com/#view/Microsoft_Azure_Billing/SubscriptionsBlade"


def read_guid(typed: str) -> str | None:
    """A GUID in small letters with hyphens; braces around it are dropped. The nil GUID is none."""
    inner = typed[1:-1] if typed.startswith("{") and typed.endswith("}") else typed
    plain = inner.replace("-", "")
    if len(plain) != _DIGITS or not set(plain.lower()) <= set("0123456789abcdef"):
        return None
    if "-" in inner and tuple(at for at, each in enumerate(inner) if each == "-") != _HYPHENS:
        return None
    found = uuid.UUID(hex=plain)
    return str(found) if found.int else None


def describe_access(_order: AccessOrder) -> Access:
    """The customer accepts a reseller relationship.

    https://learn.microsoft.com/partner-center/customers/request-a-relationship-with-a-customer
    """
    return Access(
        steps=(
            _("Cloud Ops opens Partner Center, Customers, Request a reseller relationship."),
            _("Send the link shown there to a global administrator of the customer's tenant."),
            _("The administrator signs in, reads the Microsoft Customer Agreement and accepts."),
            _("The customer appears in Partner Center. Note their Microsoft ID here."),
            _("Move or create the Azure plan, and note the subscription's ID here."),
        ),
        links=(
            Link(_("Customers in Partner Center"), _PARTNER_CENTER),
            Link(_("Subscriptions in the Azure portal"), _SUBSCRIPTIONS),
        ),
    )


_REFUSAL = _("Enter a GUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301.")
_EXAMPLE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
AZURE = Provider(
    name="azure",
    label=_("Microsoft Azure"),
    id_kinds=(
        IdKind("subscription", _("Subscription ID"), _EXAMPLE, _REFUSAL, read_guid),
        IdKind("tenant", _("Tenant ID"), _EXAMPLE, _REFUSAL, read_guid),
        IdKind(
            "customer", _("Partner Center customer (Microsoft ID)"), _EXAMPLE, _REFUSAL, read_guid
        ),
    ),
    is_manual=True,
    client="cloudaccounts.providers.manual.ByHand",
    describe_access=describe_access,
    explain=manual.explain,
    clean_name=manual.clean_name,
)
