"""What staff type about their own team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.flows import team
from accounts.models import User
from accounts.roles import StaffRole
from components.forms import PortalForm

ROLES_HELP = _(
    "Owners may do everything. Admins, too, except for what concerns owners. Support edits "
    "customers and their people, Billing edits customers, Viewers only look."
)


class InviteStaffForm(PortalForm):
    """Offers only the roles that the person may give."""

    submit_label = _("Send invitation")

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=(), help_text=ROLES_HELP)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_roles(self.fields["role"], by=by)
        for name in ("full_name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class StaffRoleForm(PortalForm):
    submit_label = _("Change role")

    role = forms.ChoiceField(
        label=_("Role"), choices=(), widget=forms.RadioSelect, help_text=ROLES_HELP
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_roles(self.fields["role"], by=by)


class SuspendStaffForm(PortalForm):
    submit_label = _("Suspend")
    submit_kind = "danger"

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Your team reads it on the timeline; the person does not."),
    )


def offer_roles(field: forms.Field, *, by: User) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    roles = team.grantable_roles(by)
    field.choices = [each for each in StaffRole.choices if each[0] in roles]
    field.initial = StaffRole.VIEWER
