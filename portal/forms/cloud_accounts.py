"""What a customer's administrators type about a cloud account of their company."""

import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.providers.contract import Provider
from components.forms import PortalForm, Text
from resellers.clouds import Cloud

_KEPT = ("id_kind", "account_id", "name", "root_email")


class AddAccountForm(PortalForm):
    """An account of one provider. With a key of its own: sent twice, the form makes one account."""

    submit_label: Text = _("Go on")

    id_kind = forms.ChoiceField(label=_("Kind of ID"))
    account_id = forms.CharField(label=_("Account ID"), max_length=80)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("As you call it. Left empty, it is called by its ID."),
    )
    root_email = forms.EmailField(label=_("Root e-mail"), required=False)
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        self.provider = provider
        super().__init__(*args, **kwargs)
        kinds = provider.id_kinds
        field = cast("forms.ChoiceField", self.fields["id_kind"])
        field.choices = [(each.name, str(each.label)) for each in kinds]
        if len(kinds) == 1:
            del self.fields["id_kind"]
        example = _("For example %(example)s.") % {"example": kinds[0].example}
        self.fields["account_id"].help_text = example
        if provider.name == Cloud.AWS:
            self.fields["root_email"].required = True
            help_text = _("The address with which the owner of the AWS account logs in.")
            self.fields["root_email"].help_text = help_text
        else:
            del self.fields["root_email"]
        for each in self.fields.values():
            each.widget.attrs["autocomplete"] = "off"
        self.helper.layout = self.get_layout()

    @property
    def details(self) -> AccountDetails:
        """What the flow takes. Only after `is_valid`."""
        told = {name: self.cleaned_data[name] for name in _KEPT if name in self.fields}
        return cast("AccountDetails", {"provider": self.provider.name, **told})


class RoleForm(PortalForm):
    """The ARN of the role that was made, with the version of the account that was seen."""

    submit_label: Text = _("Save and check")

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    role_arn = forms.CharField(
        label=_("Role ARN"),
        max_length=2048,
        help_text=_("It reads arn:aws:iam::<account ID>:role/<name>."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
