"""Forms of the reseller's settings."""

from django.utils.translation import gettext_lazy as _

from accounts.models import SecuritySettings
from components.forms import PortalModelForm
from notifications.models import MailSettings


class MailSettingsForm(PortalModelForm):
    """Where approval requests are mailed to."""

    submit_label = _("Save mail settings")

    class Meta:
        model = MailSettings
        fields = ["approvals_email"]


class SecuritySettingsForm(PortalModelForm):
    """What is demanded of those who log in."""

    submit_label = _("Save security settings")

    class Meta:
        model = SecuritySettings
        fields = ["second_factor_for"]
