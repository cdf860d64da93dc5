"""Making a customer quickly, suspending, archiving and merging one."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.company_forms import DomainField
from components.forms import PortalForm, Text
from console.forms.customer_fields import CustomFieldsMixin
from customers.duplicates import LookAlike, look_alikes, telling_domains
from customers.flows.customers import CustomerDetails
from customers.models import Customer

LONGEST_REASON = 500


class LookAlikeForm(forms.Form):
    """Mix in before the form's base: shows customers that look the same before making another."""

    despite = forms.BooleanField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    @property
    def look_alikes(self) -> list[LookAlike]:
        """Who looks like the company that was typed. Only after `is_valid`."""
        typed = self.cleaned_data
        found = look_alikes(
            typed["organization_name"],
            email=typed.get("contact_email", ""),
            domain=typed.get("domain", ""),
        )
        # Sent twice: the customer that the form made itself is no look-alike.
        return [hint for hint in found if hint.customer.pk != typed.get("key")]


class QuickCustomerForm(CustomFieldsMixin, LookAlikeForm, PortalForm):
    """The least that a customer needs: a name, whom to write to, a domain, required fields."""

    submit_label: Text = _("Create customer")

    organization_name = forms.CharField(label=_("Organization name"), max_length=200)
    contact_email = forms.EmailField(
        label=_("E-mail of the contact"), max_length=254, help_text=_("Gets the notifications.")
    )
    domain = DomainField(label=_("Domain"), help_text=_("Left empty, it is taken from the e-mail."))

    field_order = ("organization_name", "contact_email", "domain")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @property
    def details(self) -> CustomerDetails:
        """What the flow takes. Only after `is_valid`."""
        typed = self.cleaned_data
        return CustomerDetails(
            organization_name=typed["organization_name"],
            contact_email=typed["contact_email"],
            domain=typed["domain"] or next(iter(telling_domains(typed["contact_email"], "")), ""),
        )


class ReasonForm(PortalForm):
    """Why, in a sentence that stays on the timeline."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("Stands on the timeline."),
    )


class SuspendCustomerForm(ReasonForm):
    submit_label: Text = _("Suspend customer")
    submit_kind = "danger"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The customer's people read it when they log in.")


class ArchiveCustomerForm(ReasonForm):
    submit_label: Text = _("Archive customer")
    submit_kind = "danger"


class MergeForm(PortalForm):
    """The customer that stays, named by its code."""

    submit_label: Text = _("Merge customers")
    submit_kind = "danger"

    into = forms.CharField(
        label=_("Code of the customer that stays"),
        max_length=20,
        help_text=_("You find it beside the customer's name, for example ACME."),
    )
    survivor: Customer

    def clean_into(self) -> str:
        code = str(self.cleaned_data["into"]).strip().upper()
        found = Customer.objects.listed().filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("No customer has this code."))
        self.survivor = found
        return code
