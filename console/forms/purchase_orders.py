"""What staff type about a customer's purchase orders."""

import uuid
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PortalForm, Sections, Text
from console.forms.amounts import AmountField
from console.forms.editing import VersionedForm
from customers import order_status, order_terms
from customers.flows.purchase_orders import OrderDetails
from customers.models import PurchaseOrder
from customers.order_status import OrderStatus
from formats import currencies
from resellers.clouds import Cloud
from resellers.current import current_reseller, today

FIELDS: tuple[str, ...] = tuple(OrderDetails.__annotations__)
# Stands in for a field that is wrong by itself, so that the rules between the others are checked.
_HARMLESS = {"annual_value": order_terms.NOTHING, "consumption_base": order_terms.NOTHING}


class DayField(forms.DateField):
    """A day, picked in the browser or typed as the ISO writes it: one way to read it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": _("Enter a day that exists, as in 2027-03-31.")},
            **kwargs,
        )


class PurchaseOrderForm(PortalForm):
    """All of an order. Which statuses it offers depends on the order."""

    submit_label: Text = _("Add purchase order")
    sections: Sections = (
        (_("Order"), ("name", "status", "provider")),
        (_("Value"), ("annual_value", "currency", "consumption_base")),
        (
            _("Dates"),
            (
                "starts_on",
                "expires_on",
                "renewal_on",
                "consumption_starts_on",
                "contract_period_days",
            ),
        ),
        (_("More"), ("comment",)),
    )

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Usually the customer's own number of it.")
    )
    status = forms.ChoiceField(label=_("Status"), choices=OrderStatus.choices)
    provider = forms.ChoiceField(label=_("Provider"), required=False)
    annual_value = AmountField(
        label=_("Annual value"),
        whole_digits=order_terms.WHOLE_DIGITS,
        help_text=_("What the customer commits to spend in a year, for example 12500.50."),
    )
    currency = forms.ChoiceField(label=_("Currency"))
    consumption_base = AmountField(
        label=_("Consumption base value"),
        whole_digits=order_terms.WHOLE_DIGITS,
        required=False,
        help_text=_("What was spent before it is tracked here. In the same currency."),
    )
    starts_on = DayField(label=_("Start"))
    expires_on = DayField(
        label=_("Expiry"),
        help_text=_("The last day. An active order expires by itself the day after."),
    )
    renewal_on = DayField(
        label=_("Renewal"), help_text=_("By when to renew it. Between start and expiry.")
    )
    consumption_starts_on = DayField(
        label=_("Consumption start"), help_text=_("The start, or a later day before the expiry.")
    )
    contract_period_days = forms.IntegerField(
        label=_("Contract period in days"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("At most the days from start to expiry, both counted."),
        error_messages={"invalid": _("Enter a whole number of days, such as 365.")},
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only your team reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reseller = current_reseller()
        self._choose("provider", self._providers(reseller.providers))
        self._choose("currency", currencies.choices(first=reseller.currency))
        self.fields["currency"].initial = reseller.currency
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_consumption_base(self) -> Any:
        return self.cleaned_data["consumption_base"] or order_terms.NOTHING

    def clean(self) -> dict[str, Any]:
        """The rules between the fields, each with its sentence beside a field."""
        cleaned = super().clean() or self.cleaned_data
        typed = PurchaseOrder(**{name: cleaned.get(name, _HARMLESS.get(name)) for name in FIELDS})
        readable = set(cleaned)  # the others have their own sentence already
        for field, sentence in self._problems(typed):
            if field in readable:
                self.add_error(field, sentence)
        return cleaned

    @property
    def details(self) -> OrderDetails:
        """What the flow takes. Only after `is_valid`."""
        return cast("OrderDetails", {name: self.cleaned_data[name] for name in FIELDS})

    @property
    def status_before(self) -> str | None:
        """The stored status; a new order has none."""
        return None

    def _problems(self, order: PurchaseOrder) -> list[tuple[str, str]]:
        found = [(each.field, each.sentence) for each in order_terms.problems(order)]
        if order.status is not None:
            refusal = order_status.refusal(order, before=self.status_before, today=today())
            found += [(refusal.field, refusal.sentence)] if refusal else []
        return found

    def _providers(self, codes: list[str]) -> list[tuple[str, str]]:
        offered = [(code, str(Cloud(code).label)) for code in codes]
        return [("", str(_("Any provider"))), *offered]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


class AddPurchaseOrderForm(PurchaseOrderForm):
    """With a key of its own: sent twice, the form makes one order."""

    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].initial = OrderStatus.IN_DISCUSSION


class EditPurchaseOrderForm(VersionedForm, PurchaseOrderForm):
    """Offers the statuses that may follow, and the provider that the order has in any case."""

    submit_label: Text = _("Save purchase order")

    def __init__(
        self, *args: Any, instance: PurchaseOrder, initial: dict[str, Any], **kwargs: Any
    ) -> None:
        self.order = instance
        stored = {name: getattr(instance, name) for name in FIELDS}
        super().__init__(*args, initial={**stored, **initial}, **kwargs)
        possible = {instance.status, *order_status.ALLOWED[OrderStatus(instance.status)]}
        self._choose(
            "status", [(each.value, str(each.label)) for each in OrderStatus if each in possible]
        )

    @property
    def status_before(self) -> str:
        return self.order.status

    def _providers(self, codes: list[str]) -> list[tuple[str, str]]:
        kept = [self.order.provider] if self.order.provider else []
        return super()._providers(list(dict.fromkeys([*codes, *kept])))
