"""What staff type about a cloud account."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cloudaccounts.flows.accounts import AccountDetails
from cloudaccounts.models import CloudAccount
from cloudaccounts.providers.contract import Provider
from cloudaccounts.standing import Origin, Status
from components.forms import PortalForm, Text
from console.forms.customer_fields import CustomerFieldsForm, CustomFieldsMixin
from console.forms.editing import Conflict, VersionedForm
from console.forms.lifecycle import ReasonForm
from customers.models import Customer, Group
from customers.staleness import StaleError
from resellers.clouds import Cloud

LONGEST_ID = 80
NO_GROUP = ("", "—")


class AccountForm(PortalForm):
    """An account of one provider. Which kinds of ID there are, the provider says."""

    id_kind = forms.ChoiceField(label=_("Kind of ID"))
    account_id = forms.CharField(label=_("Account ID"), max_length=LONGEST_ID)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("As you and the customer call it. Left empty, it is called by its ID."),
    )
    root_email = forms.EmailField(label=_("Root e-mail"), required=False)
    group = forms.ChoiceField(
        label=_("Owner group"),
        required=False,
        help_text=_("Accounts of a group are put together for billing."),
    )

    def __init__(
        self,
        *args: Any,
        provider: Provider,
        groups: Mapping[str, Group],
        **kwargs: Any,
    ) -> None:
        self.provider, self.groups = provider, groups
        super().__init__(*args, **kwargs)
        self._choose("group", [NO_GROUP, *((key, each.name) for key, each in groups.items())])
        self._ask_for_id()
        self._ask_for_email()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.helper.layout = self.get_layout()

    def clean(self) -> dict[str, Any]:
        """The ID as the provider writes it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("account_id"):
            kind = cleaned.get("id_kind") or self.provider.id_kinds[0].name
            try:
                cleaned["account_id"] = self.provider.clean_account_id(
                    cleaned["account_id"], kind=kind
                )
            except forms.ValidationError as error:
                self.add_error("account_id", error)
        return cleaned

    @property
    def details(self) -> AccountDetails:
        """What the flow takes. Only after `is_valid`."""
        names = [name for name in AccountDetails.__annotations__ if name in self.fields]
        told = {name: self.cleaned_data[name] for name in names}
        if "group" in told:
            told["group"] = self.groups.get(told["group"])
        return cast("AccountDetails", told)

    def _ask_for_id(self) -> None:
        kinds = self.provider.id_kinds
        self._choose("id_kind", [(each.name, str(each.label)) for each in kinds])
        if len(kinds) == 1:
            del self.fields["id_kind"]
            self.fields["account_id"].label = str(kinds[0].label)
        example = _("For example %(example)s.") % {"example": kinds[0].example}
        self.fields["account_id"].help_text = example

    def _ask_for_email(self) -> None:
        is_aws = self.provider.name == Cloud.AWS
        self.fields["root_email"].label = _("Root e-mail") if is_aws else _("Owner's e-mail")
        self.fields["root_email"].required = is_aws
        if is_aws:
            help_text = _("The address with which the owner of the AWS account logs in.")
            self.fields["root_email"].help_text = help_text

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


class AddAccountForm(CustomFieldsMixin, AccountForm):
    """With the custom fields, and a key of its own: sent twice, the form makes one account."""

    submit_label: Text = _("Add cloud account")

    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


class EditAccountForm(VersionedForm, AccountForm):
    """What may still be changed: ID and root e-mail only while the account is being set up."""

    submit_label: Text = _("Save cloud account")

    def __init__(
        self, *args: Any, instance: CloudAccount, initial: dict[str, Any], **kwargs: Any
    ) -> None:
        self.account = instance
        stored = {
            "id_kind": instance.id_kind,
            "account_id": instance.account_id,
            "name": instance.name,
            "root_email": instance.root_email,
            "group": str(instance.group_id or ""),
        }
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
        for name in self._fixed():
            self.fields.pop(name, None)
        self.helper.layout = self.get_layout()

    def _fixed(self) -> list[str]:
        if self.account.status != Status.DRAFT:
            return ["id_kind", "account_id", "root_email"]
        return ["id_kind", "account_id"] if self.account.origin == Origin.CREATED else []

    def conflicts_with(self, error: StaleError) -> list[Conflict]:
        """As for other forms; a group is told by its name."""
        label, yours = str(self.fields["group"].label), self._group_name or ""
        return [
            Conflict(each.label, each.was, each.theirs, yours) if each.label == label else each
            for each in super().conflicts_with(error)
        ]

    def on_top_of(self, error: StaleError) -> dict[str, Any]:
        """As for other forms; a group is chosen by its key, and the trail knows its name."""
        again = super().on_top_of(error)
        record = cast("CloudAccount", error.record)
        was = {each.field: each.was for each in error.changes}
        if "group" in was and was["group"] == self._group_name:  # this person left it as it was
            again["initial"]["group"] = str(record.group_id or "")
        elif "group" in was:
            again["initial"]["group"] = self.cleaned_data["group"]
        return again

    @property
    def _group_name(self) -> str | None:
        group = self.groups.get(self.cleaned_data["group"])
        return group.name if group else None


class AccountFieldsForm(CustomerFieldsForm):
    """The values of the custom fields that the reseller keeps about cloud accounts."""

    submit_label = _("Save fields")


class RoleForm(VersionedForm, PortalForm):
    """The ARN of the role that the customer made."""

    submit_label: Text = _("Save and check")

    role_arn = forms.CharField(
        label=_("Role ARN"),
        max_length=2048,
        help_text=_("It reads arn:aws:iam::<account ID>:role/<name>."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, instance: CloudAccount, initial: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"role_arn": instance.role_arn, **initial}, **kwargs)


class SuspendAccountForm(ReasonForm):
    submit_label: Text = _("Suspend cloud account")
    submit_kind = "danger"


class MoveAccountForm(PortalForm):
    """To whom, by the code, and the version of the account that was seen."""

    submit_label: Text = _("Move cloud account")

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    customer = forms.CharField(
        label=_("Code of the other customer"),
        max_length=20,
        help_text=_("For example ACME. It stands at the top of the customer's page."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_customer(self) -> Customer:
        """The customer with this code."""
        code = str(self.cleaned_data["customer"]).strip().upper()
        found = Customer.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("No customer has this code."), code="unknown")
        return found
