"""The reseller's settings, one page per section."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.flows import security
from accounts.models import SecuritySettings
from accounts.roles import StaffPermission
from console.forms.settings import MailSettingsForm, SecuritySettingsForm
from console.views.base import ConsolePage
from notifications import flows
from notifications.models import MailSettings
from notifications.recipients import approvals_mailbox


class SettingsHome(ConsolePage, TemplateView):
    """Every section with what is set there."""

    permission = StaffPermission.MANAGE_SETTINGS
    template_name = "console/settings/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            approvals_mailbox=approvals_mailbox(),
            security=SecuritySettings.objects.first() or SecuritySettings(),
            **kwargs,
        )


class ChangeMailSettings(ConsolePage, FormView[MailSettingsForm]):
    """Where the reseller's own people are mailed."""

    permission = StaffPermission.MANAGE_SETTINGS
    template_name = "console/settings/mail.html"
    form_class = MailSettingsForm
    success_url = reverse_lazy("console:settings:home")

    def get_form_kwargs(self) -> dict[str, Any]:
        settings = MailSettings.objects.first() or MailSettings()
        back = reverse("console:settings:home")
        return {**super().get_form_kwargs(), "instance": settings, "cancel_url": back}

    def form_valid(self, form: MailSettingsForm) -> HttpResponse:
        flows.change_mail_settings(**form.cleaned_data, by=self.user)
        messages.success(self.request, _("The mail settings are saved."))
        return super().form_valid(form)


class ChangeSecuritySettings(ConsolePage, FormView[SecuritySettingsForm]):
    """What is demanded of those who log in."""

    permission = StaffPermission.MANAGE_SETTINGS
    template_name = "console/settings/security.html"
    form_class = SecuritySettingsForm
    success_url = reverse_lazy("console:settings:home")

    def get_form_kwargs(self) -> dict[str, Any]:
        settings = SecuritySettings.objects.first() or SecuritySettings()
        back = reverse("console:settings:home")
        return {**super().get_form_kwargs(), "instance": settings, "cancel_url": back}

    def form_valid(self, form: SecuritySettingsForm) -> HttpResponse:
        security.change_security_settings(**form.cleaned_data, by=self.user)
        messages.success(self.request, _("The security settings are saved."))
        return super().form_valid(form)
