"""What the admin's pages share: the audit trail in place of Django's own log, and small pages."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import User
from audit import sentences
from audit.models import AuditEntry


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is deleted, nothing is changed in bulk. Flows change, and write the audit trail."""

    actions = None
    show_full_result_count = False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: models.Model | None = None,  # noqa: ARG002
    ) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Django takes `?_to_field=` for the name of a field and fails."""
        return super().get_object(request, object_id, from_field or None)

    def log_addition(self, *_args: Any) -> None:  # type: ignore[override]
        """The flow has written the audit trail; a second log would tell half of it."""

    def log_change(self, *_args: Any) -> None:  # type: ignore[override]
        """See log_addition."""

    def history_view(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        return HttpResponseRedirect(f"{self.url_of('change', object_id)}#timeline")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        more = {"timeline": timeline(object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, more)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if "%00" in request.META["QUERY_STRING"]:
            # Django's filters would hand it to the database, which takes no such text.
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        if context["original"]:
            context |= {"title": str(context["original"]), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def url_of(self, page: str, object_id: object) -> str:
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[object_id]
        )

    def back_to(self, record: models.Model) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url_of("change", record.pk))

    def require_operator(self, request: HttpRequest) -> None:
        """Raise PermissionDenied for anybody else."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def found(self, request: HttpRequest, object_id: uuid.UUID) -> Any:
        """The record that the address names, for an operator."""
        self.require_operator(request)
        record = self.get_object(request, str(object_id))
        if record is None:
            raise Http404
        return record

    def form_page(
        self, request: HttpRequest, record: models.Model, form: forms.Form, words: dict[str, Any]
    ) -> TemplateResponse:
        """A page of its own for one form about a record. `words`: title, text and submit."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": record,
            "back_url": self.url_of("change", record.pk),
            "form": form,
            **words,
        }
        return TemplateResponse(request, "admin/operations/form_page.html", context)


def operator_of(request: HttpRequest) -> User:
    """Who acts. The admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def timeline(object_id: str) -> list[dict[str, Any]]:
    """What happened to a record, newest first; nothing for an address that names none."""
    try:
        record_id = uuid.UUID(object_id)
    except ValueError:
        return []
    return [
        {
            "at": entry.at,
            "sentence": sentences.sentence(entry),
            "changes": sentences.changes(entry),
            "note": entry.note,
        }
        for entry in AuditEntry.objects.about(record_id)
    ]
