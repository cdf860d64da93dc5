"""The cards on the home page."""

from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import StaffPermission
from approvals.models import ApprovalRequest
from cloudaccounts.models import CloudAccount
from components.lists import COUNT_LIMIT, bounded_count, number_text
from console import waiting
from console.lists.cloud_accounts import BROKEN
from console.waiting import Card, Source
from customers.models import PurchaseOrder
from resellers.current import today


def requests_to_decide() -> Card | None:
    """How many requests wait for a decision, and since when."""
    pending = ApprovalRequest.objects.pending().order_by()
    waiting_now = pending.aggregate(number=Count("pk"), since=Min("submitted_at"))
    number: int = waiting_now["number"]
    if not number:
        return None
    return Card(
        title=ngettext("Request waits for a decision", "Requests wait for a decision", number),
        number=f"{number:,}",
        since=waiting_now["since"],
        url=reverse("console:requests:list"),
        link=_("Open the queue"),
        icon="inbox",
    )


def orders_to_renew() -> Card | None:
    """How many active purchase orders have a renewal date that is near or has passed."""
    number = bounded_count(PurchaseOrder.objects.listed().renewal_due(today()), COUNT_LIMIT)
    if not number:
        return None
    return Card(
        title=ngettext(
            "Purchase order is due for renewal", "Purchase orders are due for renewal", number
        ),
        number=number_text(number, COUNT_LIMIT),
        url=f"{reverse('console:orders:list')}?{urlencode({'view': 'renewal'})}",
        link=_("Open the list"),
        icon="file-dollar",
    )


def roles_to_mend() -> Card | None:
    """How many linked accounts have a role that worked and does not any more."""
    broken = CloudAccount.objects.broken()
    number = bounded_count(broken, COUNT_LIMIT)
    if not number:
        return None
    return Card(
        title=ngettext(
            "Cloud account has a broken role", "Cloud accounts have a broken role", number
        ),
        number=number_text(number, COUNT_LIMIT),
        url=f"{reverse('console:accounts:list')}?{urlencode({'view': BROKEN})}",
        link=_("Open the list"),
        icon="cloud",
    )


def register() -> None:
    waiting.register(
        Source(requests_to_decide, permission=StaffPermission.DECIDE_REQUESTS, position=10)
    )
    waiting.register(
        Source(orders_to_renew, permission=StaffPermission.EDIT_CUSTOMERS, position=30)
    )
    waiting.register(Source(roles_to_mend, permission=StaffPermission.MANAGE_ACCOUNTS, position=20))
