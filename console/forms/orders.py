"""What narrows the list of all purchase orders."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.order_status import OrderStatus
from formats.currencies import choices
from resellers.clouds import Cloud


class OrderFilter(forms.Form):
    """Everything else of the list's state rides along."""

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=lambda: [("", _("Any status")), *OrderStatus.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    provider = forms.ChoiceField(
        label=_("Provider"),
        required=False,
        choices=lambda: [("", _("All providers")), *Cloud.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=lambda: [("", _("All currencies")), *choices()],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
