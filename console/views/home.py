"""The first page after log-in: what waits, and what happened last."""

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from accounts.roles import StaffPermission
from console import waiting
from console.views.base import ConsolePage
from customers.models import Customer, Membership

SHOWN = 5


class Home(ConsolePage, TemplateView):
    template_name = "console/home.html"
    permission = StaffPermission.VIEW_CONSOLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invited = list(Membership.objects.invited().order_by("invited_until", "pk")[: SHOWN + 1])
        customers = Customer.objects.order_by("-created_at", "-pk")
        return super().get_context_data(
            cards=waiting.cards(self.may),
            invited=invited[:SHOWN],
            more_invited=len(invited) > SHOWN,
            customers=customers[:SHOWN],
            now=timezone.now(),
            **kwargs,
        )
