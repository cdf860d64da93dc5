"""Credentials to be sent. What was typed is never shown again, also when the form is refused."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.secrets import LONGEST
from components.forms import PortalForm, Text


class UnseenTextarea(forms.Textarea):
    """A box that is empty each time the form is shown."""

    def format_value(self, _value: object) -> str:
        return ""


class SendCredentialsForm(PortalForm):
    """To whom, and what."""

    submit_label: Text = _("Send the link")

    name = forms.CharField(label=_("Recipient's name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Recipient's e-mail"))
    text = forms.CharField(
        label=_("Credentials"),
        max_length=LONGEST,
        widget=UnseenTextarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Kept encrypted until the recipient opens the link, for seven days at most."),
    )
