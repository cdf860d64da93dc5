"""The platform's management accounts: named, checked, changed and given up, always by flows."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cloudaccounts.flows import connections as flows
from cloudaccounts.flows.connections import CannotSaveConnectionError
from cloudaccounts.models.checks import CheckState
from cloudaccounts.providers.registry import provider
from customers.staleness import StaleError
from operations.audited import AuditedAdmin, operator_of
from operations.forms import ConnectionChangeForm, ConnectionForm, NothingToSay
from operations.models import PlatformConnection
from resellers.clouds import Cloud

SECONDS_BETWEEN_LOOKS = "3"
FACTS = ("provider", "account_id", "role_arn", "external_id", "state_badge", "checked_at")
CHANGE_WORDS = {
    "title": gettext_lazy("Change this connection"),
    "text": gettext_lazy(
        "A changed connection serves nobody before a check of it ended well. Nothing may be under "
        "way through the account that it had."
    ),
    "submit": gettext_lazy("Save"),
}
ADD_WORDS = {
    "title": gettext_lazy("Add a connection"),
    "text": gettext_lazy(
        "Invitations are sent from this account, and new accounts are made in its organization."
    ),
    "submit": gettext_lazy("Save"),
}
DISCONNECT_WORDS = {
    "title": gettext_lazy("Give this connection up"),
    "text": gettext_lazy("No invitation is sent and no account is made any more."),
    "submit": gettext_lazy("Give up"),
}


class ConnectionAdmin(AuditedAdmin):
    list_display = ("provider", "account_id", "state_badge", "checked_at")
    ordering = ("provider",)
    fieldsets = ((None, {"fields": (*FACTS, "trouble")}),)
    readonly_fields = ("external_id", "state_badge", "checked_at", "trouble")

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("settings", self.settings),
            ("check", require_POST(self.check_now)),
            ("disconnect", self.disconnect),
        ]
        own = [
            path(
                f"<uuid:connection_id>/{name}/",
                self.admin_site.admin_view(page),
                name=f"operations_platformconnection_{name}",
            )
            for name, page in pages
        ]
        return [*own, *super().get_urls()]

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Any = None,  # noqa: ARG002
    ) -> bool:
        """What it says is changed on a page of its own, by a flow."""
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("original")
        if shown and shown.state == CheckState.CHECKING:
            response["Refresh"] = SECONDS_BETWEEN_LOOKS
        return response

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        self.require_operator(request)
        record = PlatformConnection(provider=Cloud.AWS)
        form = ConnectionForm(
            request.POST if request.method == "POST" else None,
            initial={"version": flows.NOTHING_SEEN},
        )
        if form.is_valid():
            record.provider = form.cleaned_data["provider"]
            if saved := self.saved(request, record, form):
                return self.back_to(saved)
        page = self.form_page(request, record, form, ADD_WORDS)
        list_url = reverse("admin:operations_platformconnection_changelist")
        page.context_data = {**(page.context_data or {}), "back_url": list_url}
        return page

    def settings(self, request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
        """Another account, or another role."""
        record = self.found(request, connection_id)
        told = {name: getattr(record, name) for name in ("account_id", "role_arn", "version")}
        form = ConnectionChangeForm(
            request.POST if request.method == "POST" else None, initial=told
        )
        if form.is_valid() and (saved := self.saved(request, record, form)):
            return self.back_to(saved)
        return self.form_page(request, record, form, CHANGE_WORDS)

    def saved(
        self, request: HttpRequest, record: PlatformConnection, form: ConnectionForm
    ) -> PlatformConnection | None:
        """Save, and have it checked at once. None where the form says why not."""
        version, by = form.cleaned_data["version"], operator_of(request)
        try:
            saved = flows.set_connection(record, form.details, version=version, by=by)
        except CannotSaveConnectionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return None
        except StaleError:
            form.add_error(None, _("Another operator changed this meanwhile. Open it anew."))
            return None
        if not saved.is_usable:
            flows.order_connection_check(saved, by=by)
        messages.success(request, _("Saved. It is being checked."))
        return saved

    def check_now(self, request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
        """Ask the provider whether it works."""
        record = self.found(request, connection_id)
        flows.order_connection_check(record, by=operator_of(request))
        messages.success(request, _("The connection is being checked."))
        return self.back_to(record)

    def disconnect(self, request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
        """Ask first, then give it up."""
        record = self.found(request, connection_id)
        if request.method != "POST":
            return self.form_page(request, record, NothingToSay(), DISCONNECT_WORDS)
        try:
            flows.disconnect(record, by=operator_of(request))
        except CannotSaveConnectionError as error:
            messages.error(request, str(error))
            return self.back_to(record)
        messages.success(request, _("The connection was given up."))
        return redirect("admin:operations_platformconnection_changelist")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, record: PlatformConnection) -> SafeString:
        return format_html(
            '<span class="badge badge-{}">{}</span>', record.state, record.get_state_display()
        )

    @admin.display(description=gettext_lazy("trouble"))
    def trouble(self, record: PlatformConnection) -> SafeString | str:
        """What the provider said, what to do about it, and what its support asks for."""
        if not record.trouble_code:
            return "–"
        told = provider(record.provider).explain(record.trouble_code, record.request_id)
        return format_html(
            "{} {}<br><code>{} {}</code>",
            told.sentence,
            told.next_step,
            record.trouble_code,
            record.request_id,
        )
