"""What staff type about a customer's people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from components.forms import PortalForm, Sections
from customers.flows.people import NewPerson
from customers.roles import CustomerRole

PASSWORD_HELP = _("At least 10 characters. Tell it to the person by another way than e-mail.")


class AddPersonForm(PortalForm):
    """Somebody new at a customer. Usually an invitation, never a password."""

    submit_label = _("Add person")
    sections: Sections = (
        (_("Person"), ("full_name", "email", "role")),
        (_("Log-in"), ("status", "invite", "password")),
    )

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=CustomerRole.choices, initial=CustomerRole.VIEWER
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=User.Status.choices,
        initial=User.Status.PENDING_EMAIL_VALIDATION,
        help_text=_("An invited person becomes Active by setting a password."),
    )
    invite = forms.BooleanField(
        label=_("Send an invitation now"),
        required=False,
        initial=True,
        help_text=_("A mail with a link on which the person sets a password of their own."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only if it cannot be avoided. Better leave it empty and send an invitation."),
    )

    def __init__(self, *args: Any, is_first: bool = False, **kwargs: Any) -> None:
        self.is_first = is_first
        super().__init__(*args, **kwargs)
        for name in ("full_name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if is_first:
            del self.fields["role"]
            self.helper.layout = self.get_layout()
            self.submit_label = _("Create administrator")
            self.cancel_label = _("Skip for now")

    def get_layout(self) -> Any:
        self.sections = tuple(
            (legend, tuple(name for name in names if name in self.fields))
            for legend, names in self.sections
        )
        return super().get_layout()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, _person_of(self.cleaned_data))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("invite") and cleaned.get("status") == User.Status.SUSPENDED:
            self.add_error("invite", _("A suspended person cannot be invited."))
        if cleaned.get("invite") and cleaned.get("password"):
            self.add_error("password", _("Send an invitation or type a password, not both."))
        return cleaned

    @property
    def person(self) -> NewPerson:
        """What the flow takes. Only after `is_valid`."""
        data = self.cleaned_data
        return NewPerson(
            email=data["email"],
            full_name=data["full_name"],
            role=data.get("role", CustomerRole.ADMINISTRATOR),
            status=data["status"],
            password=data["password"],
            invite=data["invite"],
        )


class RoleForm(PortalForm):
    submit_label = _("Change role")

    role = forms.ChoiceField(
        label=_("Role"), choices=CustomerRole.choices, widget=forms.RadioSelect
    )


class StatusForm(PortalForm):
    """Offers only the statuses that the person can have next."""

    submit_label = _("Set status")

    status = forms.ChoiceField(label=_("Status"), choices=(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, statuses: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [each for each in User.Status.choices if each[0] in statuses]


class SuspendForm(PortalForm):
    submit_label = _("Suspend")
    submit_kind = "danger"

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Your team reads it on the timeline."),
    )


class PasswordForm(PortalForm):
    """A password typed for somebody else, twice."""

    submit_label = _("Set password")

    password1 = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput,
        help_text=PASSWORD_HELP,
    )
    password2 = forms.CharField(
        label=_("New password again"), max_length=128, strip=False, widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        password: str = self.cleaned_data["password2"]
        if self.cleaned_data.get("password1") not in {None, password}:
            raise ValidationError(_("The two passwords differ."))
        return password


def _person_of(data: dict[str, Any]) -> User:
    """Whom the password must not resemble."""
    return User(email=data.get("email", ""), full_name=data.get("full_name", ""))
