"""Operators in their own admin: added, renamed, suspended and reactivated, always by flows."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from operations.audited import AuditedAdmin, operator_of
from operations.flows import operators as flows
from operations.forms import OperatorChangeForm, OperatorCreationForm, OperatorPasswordForm
from operations.models import Operator

FACTS = ("email", "status_badge", "last_login", "created_at")
PASSWORD_WORDS = {
    "title": gettext_lazy("Set a new password"),
    "text": gettext_lazy(
        "The operator's sessions end. Hand the password over in person or by telephone, and ask "
        "for it to be changed at once."
    ),
    "submit": gettext_lazy("Set password"),
}

hides_passwords = method_decorator(sensitive_post_parameters())


class OperatorAdmin(AuditedAdmin):
    form = OperatorChangeForm
    add_form = OperatorCreationForm
    list_display = ("email", "full_name", "status_badge", "last_login")
    list_filter = ("status",)
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fieldsets = ((None, {"fields": ("full_name", *FACTS)}),)
    add_fieldsets = ((None, {"fields": ("email", "full_name", "password1", "password2")}),)

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("suspend", require_POST(self.suspend)),
            ("reactivate", require_POST(self.reactivate)),
            ("password", self.set_password),
        ]
        own = [
            path(
                f"<uuid:operator_id>/{name}/",
                self.admin_site.admin_view(page),
                name=f"operations_operator_{name}",
            )
            for name, page in pages
        ]
        return [*own, *super().get_urls()]

    @hides_passwords
    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except flows.CannotAddOperatorError:
            # Taken between our check and our saving; checked again, the form says so.
            return super().add_view(request, form_url, extra_context)

    def suspend(self, request: HttpRequest, operator_id: uuid.UUID) -> HttpResponse:
        operator = self.found(request, operator_id)
        try:
            flows.suspend_operator(operator, by=operator_of(request))
        except flows.CannotSuspendOperatorError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Suspended."))
        return self.back_to(operator)

    def reactivate(self, request: HttpRequest, operator_id: uuid.UUID) -> HttpResponse:
        operator = self.found(request, operator_id)
        try:
            flows.reactivate_operator(operator, by=operator_of(request))
        except flows.CannotReactivateOperatorError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Reactivated."))
        return self.back_to(operator)

    @hides_passwords
    def set_password(self, request: HttpRequest, operator_id: uuid.UUID) -> HttpResponse:
        operator = self.found(request, operator_id)
        if operator.pk == operator_of(request).pk:
            return redirect("account_change_password")  # which asks for the old one
        form = OperatorPasswordForm(operator, request.POST or None)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["new_password1"]
            flows.set_password(operator, password=password, by=operator_of(request))
            messages.success(request, _("The password is set."))
            return self.back_to(operator)
        return self.form_page(request, operator, form, PASSWORD_WORDS)

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: forms.BaseForm,
        change: bool,  # noqa: FBT001
    ) -> None:
        typed = form.cleaned_data
        by = operator_of(request)
        if change:
            flows.rename_operator(obj, full_name=typed["full_name"], by=by)
            return
        added = flows.add_operator(
            typed["email"], full_name=typed["full_name"], password=typed["password1"], by=by
        )
        obj.pk = added.pk

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = self.add_form
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return FACTS if obj else ()

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_badge(self, operator: Operator) -> SafeString:
        return format_html(
            '<span class="badge badge-{}">{}</span>', operator.status, operator.get_status_display()
        )
