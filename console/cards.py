"""The cards on the home page."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import StaffPermission
from approvals.models import ApprovalRequest
from console import waiting
from console.waiting import Card, Source


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


def register() -> None:
    waiting.register(
        Source(requests_to_decide, permission=StaffPermission.DECIDE_REQUESTS, position=10)
    )
