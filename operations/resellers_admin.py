"""Resellers in the operators' admin: made, watched, suspended and resumed, always by flows."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from operations.audited import AuditedAdmin, operator_of
from operations.forms import ResellerForm, SuspendForm
from resellers import flows
from resellers.clouds import Cloud
from resellers.current import absolute_url
from resellers.models import Reseller

SECONDS_BETWEEN_LOOKS = "3"

FACTS = ("state_badge", "service", "address", "schema_name", "created_at")


SUSPEND_WORDS = {
    "title": gettext_lazy("Suspend this reseller"),
    "text": gettext_lazy(
        "Its host answers “not available” to everybody within seconds, and its tasks do not run. "
        "Nothing is lost; you can resume it at any time."
    ),
    "submit": gettext_lazy("Suspend"),
}


def facts_about(reseller: Reseller) -> tuple[str, ...]:
    return (*FACTS, "failure") if reseller.failure else FACTS


class ServiceFilter(admin.SimpleListFilter):
    title = gettext_lazy("service")
    parameter_name = "service"

    def lookups(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        model_admin: Any,  # noqa: ARG002
    ) -> list[tuple[str, str]]:
        return [("on", _("In service")), ("suspended", _("Suspended"))]

    def queryset(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: models.QuerySet[Any],
    ) -> models.QuerySet[Any]:
        if self.value() == "on":
            return queryset.filter(state=Reseller.State.READY, suspended_at__isnull=True)
        if self.value() == "suspended":
            return queryset.filter(suspended_at__isnull=False)
        return queryset


class ResellerAdmin(AuditedAdmin):
    form = ResellerForm
    list_display = ("name", "host", "state_badge", "service", "clouds", "age")
    list_filter = ("state", ServiceFilter, "currency", "is_demo")
    search_fields = ("name", "host", "owner_email")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "host", "providers")}),
        (gettext_lazy("First owner"), {"fields": flows.FIRST_OWNER}),
        (gettext_lazy("Money, time, language"), {"fields": ("currency", "time_zone", "language")}),
        (
            gettext_lazy("What customers see"),
            {"fields": ("brand_color", "support_email", "support_phone")},
        ),
    )

    # ── Pages ────────────────────────────────────────────────────────────────────────────────

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("retry", require_POST(self.retry)),
            ("suspend", self.suspend),
            ("resume", require_POST(self.resume)),
        ]
        own = [
            path(
                f"<uuid:reseller_id>/{name}/",
                self.admin_site.admin_view(page),
                name=f"resellers_reseller_{name}",
            )
            for name, page in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        changes = (getattr(response, "context_data", None) or {}).get("cl")
        if changes and any(each.is_being_made for each in changes.result_list):
            response["Refresh"] = SECONDS_BETWEEN_LOOKS
        return response

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except flows.CannotCreateError:
            # Somebody took the host between our check and our saving. Checked again, the form
            # says so beside the field and keeps what was typed.
            return super().add_view(request, form_url, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            response = super().change_view(request, object_id, form_url, extra_context)
        except flows.CannotChangeError as error:
            messages.error(request, str(error))
            return self.back_to(self.found(request, uuid.UUID(object_id)))
        shown = (getattr(response, "context_data", None) or {}).get("original")
        if shown and shown.is_being_made:
            response["Refresh"] = SECONDS_BETWEEN_LOOKS
        return response

    def retry(self, request: HttpRequest, reseller_id: uuid.UUID) -> HttpResponse:
        reseller = self.found(request, reseller_id)
        try:
            flows.retry(reseller, by=operator_of(request))
        except flows.CannotRetryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Started again."))
        return self.back_to(reseller)

    def suspend(self, request: HttpRequest, reseller_id: uuid.UUID) -> HttpResponse:
        reseller = self.found(request, reseller_id)
        form = SuspendForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                flows.suspend(reseller, by=operator_of(request), reason=form.cleaned_data["reason"])
            except flows.CannotSuspendError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Suspended. Its host answers “not available” now."))
            return self.back_to(reseller)
        return self.form_page(request, reseller, form, SUSPEND_WORDS)

    def resume(self, request: HttpRequest, reseller_id: uuid.UUID) -> HttpResponse:
        reseller = self.found(request, reseller_id)
        try:
            flows.resume(reseller, by=operator_of(request))
        except flows.CannotResumeError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Resumed. It is in service again."))
        return self.back_to(reseller)

    # ── What the form does ───────────────────────────────────────────────────────────────────

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: forms.BaseForm,
        change: bool,  # noqa: FBT001
    ) -> None:
        if change:
            settings = {name: form.cleaned_data[name] for name in form.changed_data}
            flows.change(obj, by=operator_of(request), settings=settings)
        else:
            flows.create(obj, by=operator_of(request))

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:  # noqa: ARG002
        """To the page on which one sees it become ready."""
        return self.back_to(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page that reloads until the reseller is ready must not hold half-typed fields."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_being_made)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return [(_("State"), {"fields": facts_about(obj)}), *fieldsets] if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        if obj is None:
            return ()
        invited = flows.FIRST_OWNER if obj.state == Reseller.State.READY else ()
        return (*facts_about(obj), *invited)

    # ── Columns ──────────────────────────────────────────────────────────────────────────────

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, reseller: Reseller) -> SafeString:
        return format_html(
            '<span class="badge badge-{}">{}</span>', reseller.state, reseller.get_state_display()
        )

    @admin.display(description=gettext_lazy("service"), ordering="suspended_at")
    def service(self, reseller: Reseller) -> SafeString | str:
        if not reseller.is_suspended:
            return _("In service") if reseller.state == Reseller.State.READY else "–"
        return format_html(
            '<span class="badge badge-suspended">{}</span> {}',
            _("Suspended"),
            reseller.suspension_reason,
        )

    @admin.display(description=gettext_lazy("clouds"))
    def clouds(self, reseller: Reseller) -> str:
        return ", ".join(str(Cloud(code).label) for code in reseller.providers) or "–"

    @admin.display(description=gettext_lazy("age"), ordering="-created_at")
    def age(self, reseller: Reseller) -> str:
        return timesince(reseller.created_at, timezone.now(), depth=1)

    @admin.display(description=gettext_lazy("address"))
    def address(self, reseller: Reseller) -> SafeString | str:
        url = absolute_url("/", host=reseller.host)
        if reseller.state != Reseller.State.READY:
            return url
        return format_html('<a href="{}" rel="noreferrer">{}</a>', url, url)
