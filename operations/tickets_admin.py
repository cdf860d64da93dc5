"""The queue of Cloud Ops across resellers, and a page for each ticket that tells all of it."""

import uuid
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from cloudaccounts.providers.registry import provider
from customers.search import holds
from operations.audited import AuditedAdmin, operator_of
from operations.flows.tickets import CannotActError
from operations.models import FulfilmentTicket
from operations.ticket_actions import ACTIONS, TicketAction
from operations.ticket_filters import AgeFilter, AssigneeFilter, StateFilter

COUNTED = 10_000  # pages beyond are not offered: narrow the list instead
SECONDS_BETWEEN_LOOKS = "15"

hides_credentials = sensitive_post_parameters("text")


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED].values("pk").count())


class TicketAdmin(AuditedAdmin):
    list_display = (
        *("what", "reseller", "customer_name", "provider", "state_badge"),
        *("errand", "assignee", "age"),
    )
    list_filter = (
        *(StateFilter, AssigneeFilter, AgeFilter, "kind", "provider"),
        "reseller",  # all there are: to ask which have tickets would read every ticket
    )
    list_select_related = ("reseller", "assignee")
    search_fields = ("search_text",)
    sortable_by = ("age",)
    ordering = ("created_at", "id")
    list_per_page = 50
    paginator = CappedPaginator
    fieldsets = (
        (
            gettext_lazy("Ticket"),
            {"fields": ("state_badge", "assignee", "created_at", "closed_at", "outcome_note")},
        ),
        (
            gettext_lazy("What is asked for"),
            {
                "fields": (
                    *("kind", "reseller_link", "customer_name", "provider", "account_name"),
                    *("account_id", "root_email", "role_arn", "role_check", "support", "reason"),
                    *("requested_by", "approved_by"),
                )
            },
        ),
        (
            gettext_lazy("At the provider"),
            {"fields": ("errand", "errand_expires_at", "trouble", "credentials_sent_at")},
        ),
    )
    readonly_fields = ("state_badge", "reseller_link", "trouble")

    # ── Pages ────────────────────────────────────────────────────────────────────────────────

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<uuid:ticket_id>/{action.name}/",
                self.admin_site.admin_view(hides_credentials(partial(self.act, action))),
                name=f"operations_fulfilmentticket_{action.name}",
            )
            for action in ACTIONS
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Tickets come from resellers."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Any = None,  # noqa: ARG002
    ) -> bool:
        """They are changed by what is done, never by a form of their own."""
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        context = getattr(response, "context_data", None) or {}
        ticket = context.get("original")
        if isinstance(ticket, FulfilmentTicket):
            context["ticket_actions"] = self.offered(ticket)
            context["ticket_notes"] = ticket.notes.select_related("author")
            if ticket.state == FulfilmentTicket.State.UNDER_WAY:
                response["Refresh"] = SECONDS_BETWEEN_LOOKS
        return response

    def offered(self, ticket: FulfilmentTicket) -> list[dict[str, Any]]:
        """What can be done with it now."""
        return [
            {"label": action.label, "url": self.url_of(action.name, ticket.pk)}
            for action in ACTIONS
            if action.offered(ticket)
        ]

    def act(self, action: TicketAction, request: HttpRequest, ticket_id: uuid.UUID) -> HttpResponse:
        """The page of one action: it says what happens, and asks what it needs to know."""
        ticket = self.found(request, ticket_id)
        form = action.form(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.form_page(request, ticket, form, action.words)
        try:
            action.act(ticket, form.cleaned_data, operator_of(request))
        except CannotActError as error:
            if error.field in form.fields:
                form.add_error(error.field, str(error))
                return self.form_page(request, ticket, form, action.words)
            messages.error(request, str(error))
        else:
            messages.success(request, str(action.done))
        return self.back_to(ticket)

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: Any,
        search_term: str,
    ) -> tuple[Any, bool]:
        """Every word, by the index of the column that holds all that is searched."""
        for word in search_term.lower().split():
            queryset = queryset.filter(holds("search_text", word))
        return queryset, False

    # ── Columns and fields ───────────────────────────────────────────────────────────────────

    @admin.display(description=gettext_lazy("ticket"))
    def what(self, ticket: FulfilmentTicket) -> str:
        return str(ticket)

    @admin.display(description=gettext_lazy("state"))
    def state_badge(self, ticket: FulfilmentTicket) -> SafeString:
        return format_html(
            '<span class="badge badge-{}">{}</span>', ticket.state, ticket.get_state_display()
        )

    @admin.display(description=gettext_lazy("age"), ordering="-created_at")
    def age(self, ticket: FulfilmentTicket) -> str:
        return timesince(ticket.created_at, ticket.closed_at or timezone.now(), depth=1)

    @admin.display(description=gettext_lazy("reseller"))
    def reseller_link(self, ticket: FulfilmentTicket) -> SafeString:
        url = reverse("admin:resellers_reseller_change", args=[ticket.reseller_id])
        return format_html('<a href="{}">{}</a>', url, ticket.reseller)

    @admin.display(description=gettext_lazy("trouble"))
    def trouble(self, ticket: FulfilmentTicket) -> SafeString | str:
        """What the provider said last, what to do about it, and what its support asks for."""
        if not ticket.trouble_code:
            return "–"
        told = provider(ticket.provider).explain(ticket.trouble_code, ticket.trouble_request_id)
        return format_html(
            "{} {}<br><code>{} {}</code>",
            told.sentence,
            told.next_step,
            ticket.trouble_code,
            ticket.trouble_request_id,
        )
