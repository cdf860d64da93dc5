"""What a customer's administrators type about the people of their company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Text
from customers.roles import CustomerRole

ROLES_HELP = _(
    "Administrators manage the people of the company. Billing and Viewer see the company."
)


class AddColleagueForm(PortalForm):
    submit_label: Text = _("Send invitation")

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=CustomerRole.choices,
        initial=CustomerRole.VIEWER,
        help_text=ROLES_HELP,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("full_name", "email"):
            # Somebody else's: the browser must not offer one's own.
            self.fields[name].widget.attrs["autocomplete"] = "off"


class ColleagueRoleForm(PortalForm):
    submit_label: Text = _("Change role")

    role = forms.ChoiceField(
        label=_("Role"),
        choices=CustomerRole.choices,
        widget=forms.RadioSelect,
        help_text=ROLES_HELP,
    )


class SuspendColleagueForm(PortalForm):
    submit_label: Text = _("Suspend")
    submit_kind = "danger"

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("The person does not read it."),
    )
