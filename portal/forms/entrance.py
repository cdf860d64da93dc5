"""What an invited person types."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import PASSWORD_HELP
from accounts.models import User
from components.forms import PortalForm


class InvitationForm(PortalForm):
    """A password of one's own, and the name where nobody knows it yet."""

    submit_label = _("Set password and log in")
    guard = False

    # Shown, so that password managers know whose password it is; never read.
    email = forms.EmailField(label=_("E-mail"), disabled=True, required=False)
    full_name = forms.CharField(label=_("Your name"), max_length=120)
    password1 = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput, help_text=PASSWORD_HELP
    )
    password2 = forms.CharField(label=_("Password again"), strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "email": user.email}
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        if user.full_name:
            del self.fields["full_name"]
            self.helper.layout = self.get_layout()

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        name = self.cleaned_data.get("full_name", self.user.full_name)
        validate_password(password, User(email=self.user.email, full_name=name))
        return password

    def clean_password2(self) -> str:
        password: str = self.cleaned_data["password2"]
        if self.cleaned_data.get("password1") not in {None, password}:
            raise ValidationError(_("The two passwords differ."))
        return password
