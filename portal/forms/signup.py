"""What a stranger types to sign up."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.flows.signup import SignupDetails
from components.company_forms import AddressForm, clean_phones
from components.forms import PortalForm, country_field
from formats import phones

LONGEST_PASSWORD = 128


def new_password_field(**options: Any) -> forms.CharField:
    """Spaces count, and what was typed is never sent back to the page."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


class SignUpForm(AddressForm, PortalForm):
    submit_label = _("Sign up")
    sections = (
        (
            _("Your company"),
            ("company", "country", "street", "suite", "postal_code", "city", "state"),
        ),
        (_("You"), ("contact_name", "title", "phone")),
        (_("Your log-in"), ("email", "password1", "password2")),
        (_("Agreement"), ("licence",)),
    )

    company = forms.CharField(label=_("Company name"), max_length=200)
    country = country_field()
    street = forms.CharField(label=_("Street address"), max_length=200, required=False)
    suite = forms.CharField(label=_("Suite, floor or building"), max_length=60, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    state = forms.CharField(label=_("State or province"), max_length=100, required=False)
    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    title = forms.CharField(label=_("Title"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=phones.LONGEST_TYPED,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("We mail you a link to confirm it. You will log in with it."),
    )
    password1 = new_password_field(
        label=_("Password"), help_text=_("At least 10 characters, and not easy to guess.")
    )
    password2 = new_password_field(label=_("Password again"))
    licence = forms.BooleanField(
        label=_("I accept the licence agreement"),
        error_messages={"required": _("Please read and accept the licence agreement.")},
    )
    submission = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = reverse("portal:storefront")
        self.initial.setdefault("submission", uuid.uuid4())
        # A window of its own: what was typed stays.
        self.fields["licence"].help_text = format_html(
            '<a href="{}" target="_blank" rel="noopener">{}</a>',
            reverse("portal:signup:licence"),
            gettext("Read the licence agreement (opens in a new tab)"),
        )

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean_submission(self) -> uuid.UUID:
        """Nobody typed it, so nobody is told that it is nonsense."""
        try:
            return uuid.UUID(self.cleaned_data["submission"])
        except ValueError:
            return uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        clean_phones(self, "phone", country=cleaned.get("country") or "")
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            self._check_strength(first, cleaned)
        return cleaned

    def _check_strength(self, password: str, cleaned: dict[str, Any]) -> None:
        applicant = User(email=cleaned.get("email", ""), full_name=cleaned.get("contact_name", ""))
        try:
            password_validation.validate_password(password, applicant)
        except ValidationError as error:
            self.add_error("password1", error)

    @property
    def details(self) -> SignupDetails:
        """What the flow takes. Only after `is_valid`."""
        typed = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"password1", "password2", "licence", "use_anyway"}
        }
        return SignupDetails(**typed)


class ResendForm(PortalForm):
    """Whose validation mail did not arrive."""

    submit_label = _("Mail me a new link")
    guard = False

    email = forms.EmailField(label=_("E-mail"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = reverse("portal:storefront")

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])
