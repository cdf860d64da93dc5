"""Where a customer's detailed bills are put."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.roles import StaffPermission
from cloudaccounts.connecting import bill_place_words, bucket_policy
from cloudaccounts.flows import bill_places as flows
from cloudaccounts.flows.bill_places import CannotSaveBillPlaceError
from cloudaccounts.models import CustomerProvider
from console.forms.bill_places import BillPlaceForm
from console.views.base import CustomerPage
from console.views.editing import EditPage


class EditBillPlace(EditPage):
    """The bucket, what its owner pastes, and where the check stands. It looks again by itself."""

    template_name = "console/bill_places/edit.html"
    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = BillPlaceForm
    refusal = CannotSaveBillPlaceError
    saved_sentence = gettext_lazy("The place for detailed bills was saved.")
    place: CustomerProvider

    def load(self) -> None:
        super().load()
        self.place = flows.of_customer(self.customer)

    @property
    def record(self) -> CustomerProvider:
        return self.place

    def get_success_url(self) -> str:
        return reverse("console:bill_places:edit", args=[self.customer.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        owners = flows.owners(self.customer)
        return {**super().get_form_kwargs(), "owners": owners, "cancel_url": ""}

    def save(self, form: BillPlaceForm) -> None:
        version = form.cleaned_data["version"]
        flows.set_bill_place(self.customer, form.place, version=version, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            place=self.place,
            words=bill_place_words(self.place),
            policy=bucket_policy(self.place),
            may_manage=self.may_change(StaffPermission.MANAGE_ACCOUNTS),
            **kwargs,
        )


class CheckBillPlace(CustomerPage):
    permission = StaffPermission.MANAGE_ACCOUNTS
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.order_bill_check(self.customer, by=self.user)
        except CannotSaveBillPlaceError as error:
            messages.error(self.request, str(error))
        return redirect("console:bill_places:edit", self.customer.pk)
