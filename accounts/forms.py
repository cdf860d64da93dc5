"""allauth's forms about passwords, in this project's look and manners."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import refusals
from accounts.flows import passwords
from accounts.refusals import Refusal
from components.forms import FormManners

PASSWORD_HELP = _(
    "At least 10 characters, known from no data leak, and not the names of this place."
)


class EntranceManners(FormManners):
    """Short forms: labels instead of placeholders, nothing optional, nothing to lose."""

    guard = False
    shows_required_legend = False
    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class LoginForm(EntranceManners, allauth_forms.LoginForm):  # type: ignore[misc]
    """E-mail and password. Who may not come in learns why only after the right password."""

    submit_label = _("Log in")
    labels = {"login": _("E-mail"), "password": _("Password")}
    refusal: Refusal | None = None

    def _clean_with_password(self, credentials: dict[str, str]) -> dict[str, Any]:
        cleaned: dict[str, Any] = super()._clean_with_password(credentials)
        self.refusal = refusals.refusal_of(self.user)
        if self.refusal:
            raise ValidationError(self.refusal.title, code=self.refusal.status)
        return cleaned


class ReauthenticateForm(EntranceManners, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    submit_label = _("Continue")
    labels = {"password": _("Your password")}


class ChangePasswordForm(EntranceManners, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    submit_label = _("Change password")
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    helps = {"password1": PASSWORD_HELP}


class SetPasswordForm(EntranceManners, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    submit_label = _("Set password")
    labels = {"password1": _("Password"), "password2": _("Password again")}
    helps = {"password1": PASSWORD_HELP}


class ResetPasswordForm(EntranceManners, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Answers the same to everybody, whether the e-mail is known or not."""

    submit_label = _("Send me a link")
    labels = {"email": _("E-mail")}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:  # noqa: ARG002 - allauth's signature
        email: str = self.cleaned_data["email"]
        passwords.request_reset(email)
        return email


class ResetPasswordKeyForm(EntranceManners, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    submit_label = _("Set password")
    labels = {"password1": _("New password"), "password2": _("New password again")}
    helps = {"password1": PASSWORD_HELP}

    def save(self) -> None:
        super().save()
        get_adapter().forget_failed_logins(self.user)
