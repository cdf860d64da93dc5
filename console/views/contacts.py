"""The contacts of a customer: whom the reseller calls and writes to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from console.forms.contacts import AddContactForm, EditContactForm, initial_from
from console.lists.contacts import ContactListing, TickableContactListing
from console.timeline import timeline_of
from console.views.base import CustomerPage
from console.views.editing import EditPage
from customers.flows import contacts as flows
from customers.models import Contact


class ContactList(CustomerPage, TemplateView):
    template_name = "console/contacts/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        add = reverse("console:contacts:add", args=[self.customer.pk])
        may_add = self.may_change()
        may_tick = self.may_change(StaffPermission.MANAGE_PEOPLE)
        listing = (TickableContactListing if may_tick else ContactListing)(
            self.request.GET,
            Contact.objects.of_customer(self.customer).with_users(),
            empty_url=add if may_add else "",
            empty_label=_("Add contact"),
        )
        return super().get_context_data(listing=listing, **kwargs)


class AddContact(CustomerPage, FormView[AddContactForm]):
    """The first one is offered with what the customer's information says."""

    template_name = "console/contacts/add.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = AddContactForm
    is_first: bool

    def load(self) -> None:
        super().load()
        self.is_first = not Contact.objects.of_customer(self.customer).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["cancel_url"] = reverse("console:contacts:list", args=[self.customer.pk])
        kwargs["country"] = self.customer.country.code or ""
        kwargs["is_first"] = self.is_first
        if self.is_first:
            kwargs["initial"] = {**kwargs["initial"], **initial_from(self.customer)}
        return kwargs

    def form_valid(self, form: AddContactForm) -> HttpResponse:
        given = form.cleaned_data
        primary, key = given.get("primary", False), given["key"]
        try:
            contact = flows.add(self.customer, form.details, by=self.user, primary=primary, key=key)
        except flows.CannotSaveContactError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(contact)s was added.") % {"contact": contact})
        return redirect("console:contacts:detail", self.customer.pk, contact.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_first=self.is_first, **kwargs)


class ContactPage(CustomerPage):
    """A staff page about one contact, named by `contact_id` in the URL."""

    permission = StaffPermission.EDIT_CUSTOMERS
    contact: Contact

    def load(self) -> None:
        super().load()
        contacts = Contact.objects.of_customer(self.customer).with_users()
        self.contact = get_object_or_404(contacts, pk=self.kwargs["contact_id"])
        self.contact.customer = self.customer

    @property
    def contact_url(self) -> str:
        return reverse("console:contacts:detail", args=[self.customer.pk, self.contact.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, **kwargs)


class ContactDetail(ContactPage, TemplateView):
    template_name = "console/contacts/detail.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entries=timeline_of(self.contact.pk), **kwargs)


class EditContact(ContactPage, EditPage):
    template_name = "console/contacts/edit.html"
    form_class = EditContactForm
    refusal = flows.CannotSaveContactError

    @property
    def record(self) -> Contact:
        return self.contact

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "country": self.customer.country.code or ""}

    def get_success_url(self) -> str:
        return self.contact_url

    def save(self, form: EditContactForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.contact, form.details, version=version, by=self.user)


class MakePrimary(ContactPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.make_primary(self.contact, by=self.user)
        except flows.CannotSaveContactError as error:
            messages.error(self.request, str(error))
            return redirect("console:contacts:list", self.customer.pk)
        sentence = _("%(contact)s is the primary contact now.") % {"contact": self.contact}
        messages.success(self.request, sentence)
        return redirect(self.contact_url)


class RemoveContact(ContactPage, TemplateView):
    template_name = "console/contacts/remove.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.remove(self.contact, by=self.user)
        except flows.CannotRemoveContactError as error:
            messages.error(self.request, str(error))
            return redirect(self.contact_url)
        sentence = _("The contact %(contact)s was removed.") % {"contact": self.contact}
        messages.success(self.request, sentence)
        return redirect("console:contacts:list", self.customer.pk)
