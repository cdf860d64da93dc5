"""Django's admin on the platform's own host, behind this project's log-in."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class OperationsSite(admin.AdminSite):
    """Logging in goes through allauth: its rate limits and second factors hold here as well."""

    site_header = _("Platform operation")
    site_title = _("Platform operation")
    index_title = _("Overview")
    site_url = None
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """One list of everything: which app it comes from is no operator's business."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label or not apps:
            return apps
        return [{**apps[0], "models": [model for app in apps for model in app["models"]]}]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(  # type: ignore[override]  # any answer will do
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        return redirect("account_change_password")


site = OperationsSite()
