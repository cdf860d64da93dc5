"""The operators' forms. They check; the flows change."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cloudaccounts.flows.connections import ConnectionDetails
from cloudaccounts.providers.registry import PROVIDERS
from components.forms import teach_manners
from operations.models import Operator
from resellers import flows
from resellers.clouds import Cloud
from resellers.models import Reseller
from resellers.validators import time_zones

LONGEST_TEXT = 2000
_LINES = {"rows": 5, "class": "vLargeTextField"}


class Taught:
    """For every form here: text that can be stored, and a length that is bounded."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            teach_manners(name, field)


class ResellerForm(Taught, forms.ModelForm):  # type: ignore[type-arg]
    """For a new reseller and for its settings later."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name) for name in sorted(time_zones())],
        initial="UTC",
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=lambda: settings.LANGUAGES, initial="en"
    )
    providers = forms.MultipleChoiceField(
        label=gettext_lazy("Cloud providers it may resell"),
        choices=Cloud.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Reseller
        fields = (*flows.SETTINGS, *flows.FIRST_OWNER)
        widgets = {"brand_color": forms.TextInput(attrs={"type": "color"})}

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"]
        others = Reseller.objects.exclude(pk=self.instance.pk)
        if others.filter(host=host).exists():
            raise ValidationError(_("Another reseller has this host."))
        return host

    def clean_owner_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["owner_email"])


class SuspendForm(Taught, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=flows.LONGEST_REASON,
        help_text=gettext_lazy("Only operators read it."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class OperatorCreationForm(Taught, BaseUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = Operator
        fields = ("email", "full_name")
        field_classes: dict[str, type[forms.Field]] = {}

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("Somebody with this e-mail exists already."))
        return email


class OperatorChangeForm(Taught, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Operator
        fields = ("full_name",)


class OperatorPasswordForm(Taught, SetPasswordForm):  # type: ignore[type-arg]
    """An operator types a new password for another one, who changes it afterwards."""


class NothingToSay(Taught, forms.Form):
    """For what is done without a word."""


class NoteForm(Taught, forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=_LINES)
    )


class FailedForm(Taught, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("The reseller and whoever asked read it."),
        widget=forms.Textarea(attrs=_LINES),
    )


class DoneForm(Taught, forms.Form):
    account_id = forms.CharField(
        label=gettext_lazy("Account ID"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Of a new account: the ID that the provider gave it."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class CredentialsForm(Taught, forms.Form):
    """Who gets the link, and what it shows. Browsers keep none of it."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail of the end user"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Credentials"),
        max_length=10_000,
        widget=forms.Textarea(attrs={**_LINES, "autocomplete": "off", "spellcheck": "false"}),
    )


class ConnectionForm(Taught, forms.Form):
    """The platform's own management account."""

    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"),
        choices=[(name, each.label) for name, each in PROVIDERS.items() if not each.is_manual],
    )
    account_id = forms.CharField(
        label=gettext_lazy("Management account ID"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    role_arn = forms.CharField(
        label=gettext_lazy("Role ARN"),
        max_length=2048,
        required=False,
        help_text=gettext_lazy("Left empty, the machine's own credentials are that account's."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    @property
    def details(self) -> ConnectionDetails:
        """What the flow takes. Only after `is_valid`."""
        typed = self.cleaned_data
        return ConnectionDetails(account_id=typed["account_id"], role_arn=typed["role_arn"])


class ConnectionChangeForm(ConnectionForm):
    """Its provider stays."""

    provider = None  # type: ignore[assignment]
