"""Making a customer quickly, suspending, archiving, restoring and merging one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from accounts.roles import StaffPermission
from console.forms.lifecycle import (
    ArchiveCustomerForm,
    MergeForm,
    QuickCustomerForm,
    ReasonForm,
    SuspendCustomerForm,
)
from console.views.base import ConsolePage, CustomerPage
from customers.duplicates import look_alikes
from customers.flows import custom_values, lifecycle, merging
from customers.flows import customers as flows
from customers.flows.lifecycle import CannotChangeCustomerStatusError
from customers.models import Customer, CustomField


class LookAlikePage:
    """Mix in before a page that makes customers: asks once where others look the same."""

    def form_valid(self, form: Any) -> HttpResponse:
        hints = [] if form.cleaned_data["despite"] else form.look_alikes
        if not hints:
            made: HttpResponse = self.create(form)
            return made
        form.data = {**form.data.dict(), "despite": "on"}
        form.submit_label = _("Create it all the same")
        page: Any = self
        shown: HttpResponse = page.render_to_response(
            page.get_context_data(form=form, look_alikes=hints)
        )
        return shown

    def create(self, form: Any) -> HttpResponse:
        """Make the customer and lead on; refusals go beside the fields."""
        page: Any = self
        key = form.cleaned_data["key"]
        try:
            customer = flows.create(form.details, by=page.user, key=key, custom=form.told)
        except flows.CannotSaveCustomerError as error:
            # A custom field that came to be this moment has no box in this form yet.
            form.add_error(error.field if error.field in form.fields else None, str(error))
            refused: HttpResponse = page.form_invalid(form)
            return refused
        messages.success(page.request, _("%(customer)s was created.") % {"customer": customer})
        if page.may(StaffPermission.MANAGE_PEOPLE):
            return redirect("console:people:add", customer.pk)
        return redirect("console:customers:detail", customer.pk)


class QuickCreateCustomer(LookAlikePage, ConsolePage, FormView[QuickCustomerForm]):
    template_name = "console/customers/quick.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = QuickCustomerForm

    def get_form_kwargs(self) -> dict[str, Any]:
        fields = CustomField.objects.of_target(CustomField.Target.CUSTOMER)
        definitions = [each for each in fields if each.required or each.is_retired]
        cancel = reverse("console:customers:list")
        return {**super().get_form_kwargs(), "definitions": definitions, "cancel_url": cancel}


class StatusPage(CustomerPage):
    """Something done to the customer as a whole; afterwards its page shows what came of it."""

    permission = StaffPermission.EDIT_CUSTOMERS

    @property
    def customer_url(self) -> str:
        return reverse("console:customers:detail", args=[self.customer.pk])

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence % {"customer": self.customer})
        return redirect(self.customer_url)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect(self.customer_url)


class ReasonPage(StatusPage, FormView[ReasonForm]):
    """Asks why, then does it."""

    done: str | Promise

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.customer_url}

    def act(self, reason: str) -> None:
        raise NotImplementedError

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            self.act(form.cleaned_data["reason"])
        except CannotChangeCustomerStatusError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(str(self.done))


class SuspendCustomer(ReasonPage):
    template_name = "console/customers/suspend.html"
    form_class = SuspendCustomerForm
    done = gettext_lazy("%(customer)s is suspended.")

    def act(self, reason: str) -> None:
        lifecycle.suspend(self.customer, by=self.user, reason=reason)


class ArchiveCustomer(ReasonPage):
    template_name = "console/customers/archive.html"
    form_class = ArchiveCustomerForm
    done = gettext_lazy("%(customer)s is archived.")

    def act(self, reason: str) -> None:
        lifecycle.archive(self.customer, by=self.user, reason=reason)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(days=lifecycle.UNDO.days, **kwargs)


class ReactivateCustomer(StatusPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            lifecycle.reactivate(self.customer, by=self.user)
        except CannotChangeCustomerStatusError as error:
            return self.refused(error)
        return self.back(_("%(customer)s is active again."))


class RestoreCustomer(StatusPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            lifecycle.restore(self.customer, by=self.user)
        except CannotChangeCustomerStatusError as error:
            return self.refused(error)
        return self.back(_("%(customer)s is back."))


class MergeCustomer(StatusPage, FormView[MergeForm]):
    """Asks for the customer that stays, shows what will happen, then does it."""

    template_name = "console/customers/merge.html"
    form_class = MergeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.customer_url}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer = self.customer
        alike = look_alikes(
            customer.organization_name,
            email=customer.contact_email,
            domain=customer.domain,
            besides=customer,
        )
        return super().get_context_data(look_alikes=alike, **kwargs)

    def form_valid(self, form: MergeForm) -> HttpResponse:
        if "confirmed" not in self.request.POST:
            both = self.customer, form.survivor
            filled = labelled(merging.filled(*both)) | custom_values.would_take_over(*both)
            context = self.get_context_data(form=form, survivor=form.survivor, filled=filled)
            return self.render_to_response(context)
        try:
            survivor = merging.merge(self.customer, form.survivor, by=self.user)
        except merging.CannotMergeError as error:
            form.add_error("into", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Merged into %(customer)s.") % {"customer": survivor})
        return redirect("console:customers:detail", survivor.pk)


def labelled(fields: dict[str, object]) -> dict[str, object]:
    """The same with the names that people read."""
    names = {field: Customer._meta.get_field(field) for field in fields}  # noqa: SLF001
    return {str(getattr(names[key], "verbose_name", key)): value for key, value in fields.items()}
