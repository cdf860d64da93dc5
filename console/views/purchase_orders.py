"""The purchase orders of a customer, and the list of everybody's."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from console.forms.orders import OrderFilter
from console.forms.purchase_orders import AddPurchaseOrderForm, EditPurchaseOrderForm
from console.lists.purchase_orders import AllOrdersListing, PurchaseOrderListing
from console.timeline import timeline_of
from console.views.base import ConsolePage, CustomerPage
from console.views.editing import EditPage
from customers import order_terms
from customers.burn_down import burn_down
from customers.flows import purchase_orders as flows
from customers.models import PurchaseOrder
from resellers.current import today

DAYS_OF_A_YEAR = 366  # one with a leap day


class AllOrders(ConsolePage, TemplateView):
    template_name = "console/orders/list.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = AllOrdersListing(self.request.GET, PurchaseOrder.objects.listed())
        filters = OrderFilter(initial=listing.chosen)
        return super().get_context_data(listing=listing, filters=filters, **kwargs)


class PurchaseOrderList(CustomerPage, TemplateView):
    template_name = "console/purchase_orders/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_add = self.may_change()
        add = reverse("console:purchase_orders:add", args=[self.customer.pk])
        listing = PurchaseOrderListing(
            self.request.GET,
            PurchaseOrder.objects.of_customer(self.customer),
            empty_url=add if may_add else "",
            empty_label=_("Add the first purchase order"),
        )
        return super().get_context_data(listing=listing, **kwargs)


class AddPurchaseOrder(CustomerPage, FormView[AddPurchaseOrderForm]):
    template_name = "console/purchase_orders/add.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = AddPurchaseOrderForm

    def get_form_kwargs(self) -> dict[str, Any]:
        back = reverse("console:purchase_orders:list", args=[self.customer.pk])
        return {**super().get_form_kwargs(), "cancel_url": back}

    def form_valid(self, form: AddPurchaseOrderForm) -> HttpResponse:
        key = form.cleaned_data["key"]
        try:
            order = flows.add(self.customer, form.details, by=self.user, key=key)
        except flows.CannotSaveOrderError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        sentence = _("The purchase order %(order)s was added.") % {"order": order}
        messages.success(self.request, sentence)
        return redirect("console:purchase_orders:detail", self.customer.pk, order.pk)


class PurchaseOrderPage(CustomerPage):
    """A staff page about one order of the customer, named by `order_id` in the URL."""

    order: PurchaseOrder

    def load(self) -> None:
        super().load()
        orders = PurchaseOrder.objects.of_customer(self.customer)
        self.order = get_object_or_404(orders, pk=self.kwargs["order_id"])
        self.order.customer = self.customer

    @property
    def order_url(self) -> str:
        return reverse("console:purchase_orders:detail", args=[self.customer.pk, self.order.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(order=self.order, **kwargs)


class PurchaseOrderDetail(PurchaseOrderPage, TemplateView):
    template_name = "console/purchase_orders/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days_in_force = order_terms.days_in_force(self.order)
        return super().get_context_data(
            entries=timeline_of(self.order.pk),
            # Nobody measures consumption yet.
            figure=burn_down(self.order, consumed=None, today=today()),
            days_in_force=days_in_force,
            is_of_several_years=days_in_force is not None and days_in_force > DAYS_OF_A_YEAR,
            **kwargs,
        )


class EditPurchaseOrder(PurchaseOrderPage, EditPage):
    template_name = "console/purchase_orders/edit.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = EditPurchaseOrderForm
    refusal = flows.CannotSaveOrderError

    @property
    def record(self) -> PurchaseOrder:
        return self.order

    def get_success_url(self) -> str:
        return self.order_url

    def save(self, form: EditPurchaseOrderForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.order, form.details, version=version, by=self.user)


class ArchivePurchaseOrder(PurchaseOrderPage, TemplateView):
    template_name = "console/purchase_orders/archive.html"
    permission = StaffPermission.EDIT_CUSTOMERS

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.archive(self.order, by=self.user)
        except flows.CannotSaveOrderError as error:
            messages.error(self.request, str(error))
        else:
            sentence = _("The purchase order %(order)s was archived.") % {"order": self.order}
            messages.success(self.request, sentence)
        return redirect(self.order_url)


class RestorePurchaseOrder(PurchaseOrderPage):
    permission = StaffPermission.EDIT_CUSTOMERS
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.restore(self.order, by=self.user)
        except flows.CannotSaveOrderError as error:
            messages.error(self.request, str(error))
        else:
            sentence = _("The purchase order %(order)s was restored.") % {"order": self.order}
            messages.success(self.request, sentence)
        return redirect(self.order_url)
