"""allauth's forms about the second factor, in this project's look and manners."""

import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.recovery_codes import forms as recovery_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as key_forms
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts import recovery_codes
from accounts.flows import recovery_codes as flows
from accounts.forms import EntranceManners
from audit import security
from formats.plain_text import PlainText

CODE = {"code": _("Code")}
# What parsers raise on answers that no browser gives.
GARBAGE = (TypeError, ValueError, LookupError, AttributeError, RecursionError)


class CredentialField(forms.JSONField):
    """What the browser's passkey dialogue answered. Garbage stops here, before allauth reads it."""

    def __init__(self, response: type[AuthenticationResponse | RegistrationResponse]) -> None:
        self.response = response
        super().__init__(
            widget=forms.HiddenInput,
            error_messages={
                "required": _("Your browser did not answer. Passkeys need JavaScript."),
                "unreadable": _("The answer of your passkey could not be read. Try again."),
            },
        )

    def clean(self, value: Any) -> Any:
        try:
            credential = super().clean(value)
            self.response.from_dict(credential)
            PlainText()(json.dumps(credential, ensure_ascii=False))
        except GARBAGE as error:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable") from error
        return credential

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ARG002 - Django's signature
        """A form that is shown again asks the browser again: the answer is never echoed."""
        return InvalidJSONInput("")


class NotedFailure:
    """Mix in before a form that proves who somebody is: each failure is an event of security."""

    proof = ""

    def full_clean(self) -> None:
        form: Any = self
        super().full_clean()  # type: ignore[misc]
        if form.is_bound and form.errors:
            person = getattr(form, "user", None)
            security.note(
                security.PROOF_FAILED, proof=self.proof, person=str(person.pk) if person else ""
            )


class CodeProof(NotedFailure):
    """Mix in before allauth's forms that ask for a code: our recovery codes serve, too.

    They count for the same limit as those of the app.
    """

    proof = "code"

    def clean_code(self) -> str:
        form: Any = self
        typed: str = form.cleaned_data["code"]
        code = recovery_codes.read(typed)
        if code is None:
            return str(super().clean_code())  # type: ignore[misc]
        forget_failures = check_rate_limit(form.user)
        form.authenticator = flows.use(form.user, code)
        if form.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        forget_failures()
        return typed


class AuthenticateForm(CodeProof, EntranceManners, base_forms.AuthenticateForm):  # type: ignore[misc]
    submit_label = _("Log in")
    labels = CODE
    helps = {"code": _("From your authenticator app, or one of your recovery codes.")}


class ReauthenticateForm(CodeProof, EntranceManners, base_forms.ReauthenticateForm):  # type: ignore[misc]
    submit_label = _("Continue")
    labels = CODE
    helps = {"code": _("From your authenticator app, or one of your recovery codes.")}


class ActivateTOTPForm(EntranceManners, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    submit_label = _("Turn on")
    labels = {"code": _("Code from the app")}


class DeactivateTOTPForm(EntranceManners, totp_forms.DeactivateTOTPForm):  # type: ignore[misc]
    submit_label = _("Turn off")
    submit_kind = "danger"


class GenerateRecoveryCodesForm(EntranceManners, recovery_forms.GenerateRecoveryCodesForm):  # type: ignore[misc]
    submit_label = _("Make new codes")


class AddKeyForm(EntranceManners, key_forms.AddWebAuthnForm):  # type: ignore[misc]
    submit_label = _("Add passkey")
    labels = {"name": _("Name"), "passwordless": _("Log in with it alone, without the password")}
    helps = {
        "name": _("For your own list, for example “Work laptop”."),
        "passwordless": _("The device then asks for your finger, your face or a PIN."),
    }
    credential = CredentialField(RegistrationResponse)


class EditKeyForm(EntranceManners, key_forms.EditWebAuthnForm):  # type: ignore[misc]
    submit_label = _("Save name")
    labels = {"name": _("Name")}


class AuthenticateKeyForm(NotedFailure, EntranceManners, key_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    proof = "passkey"
    credential = CredentialField(AuthenticationResponse)


class LoginKeyForm(NotedFailure, EntranceManners, key_forms.LoginWebAuthnForm):  # type: ignore[misc]
    proof = "passkey"
    credential = CredentialField(AuthenticationResponse)


class ReauthenticateKeyForm(NotedFailure, EntranceManners, key_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    proof = "passkey"
    credential = CredentialField(AuthenticationResponse)
