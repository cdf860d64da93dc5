"""The first page after log-in: what waits, and what happened last."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from console import waiting
from console.views.base import ConsolePage
from customers.models import Customer, Membership
from notifications.models import OutgoingMail

SHOWN = 5
FAILURES_SHOWN_FOR = dt.timedelta(days=14)


class Home(ConsolePage, TemplateView):
    template_name = "console/home.html"
    permission = StaffPermission.VIEW_CONSOLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        failed = OutgoingMail.objects.failed_since(now - FAILURES_SHOWN_FOR).without_bodies()
        invited = Membership.objects.invited().order_by("invited_until", "pk")
        return super().get_context_data(
            cards=waiting.cards(self.may),
            customers=Customer.objects.order_by("-created_at", "-pk")[:SHOWN],
            invited=invited[: SHOWN + 1],
            failed_mails=failed.order_by("-created_at")[: SHOWN + 1],
            shown=SHOWN,
            now=now,
            **kwargs,
        )
