"""The groups of a customer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from console.forms.groups import AddGroupForm, EditGroupForm
from console.lists.groups import GroupListing
from console.timeline import timeline_of
from console.views.base import CustomerPage
from console.views.editing import EditPage
from customers import tags
from customers.flows import groups as flows
from customers.models import Customer, Group


class GroupList(CustomerPage, TemplateView):
    template_name = "console/groups/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_add = self.may_change()
        listing = GroupListing(
            self.request.GET,
            Group.objects.of_customer(self.customer),
            empty_url=reverse("console:groups:add", args=[self.customer.pk]) if may_add else "",
            empty_label=_("Add the first group"),
        )
        return super().get_context_data(listing=listing, **kwargs)


class AddGroup(CustomerPage, FormView[AddGroupForm]):
    template_name = "console/groups/add.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = AddGroupForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["suggested"] = tags.in_use(Customer.objects.all(), Group.objects.all())
        kwargs["cancel_url"] = reverse("console:groups:list", args=[self.customer.pk])
        return kwargs

    def form_valid(self, form: AddGroupForm) -> HttpResponse:
        key = form.cleaned_data["key"]
        try:
            group = flows.add(self.customer, form.details, by=self.user, key=key)
        except flows.CannotSaveGroupError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The group %(group)s was added.") % {"group": group})
        return redirect("console:groups:detail", self.customer.pk, group.pk)


class GroupPage(CustomerPage):
    """A staff page about one group of the customer, named by `group_id` in the URL."""

    group: Group

    def load(self) -> None:
        super().load()
        groups = Group.objects.of_customer(self.customer)
        self.group = get_object_or_404(groups, pk=self.kwargs["group_id"])
        self.group.customer = self.customer

    @property
    def group_url(self) -> str:
        return reverse("console:groups:detail", args=[self.customer.pk, self.group.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(group=self.group, **kwargs)


class GroupDetail(GroupPage, TemplateView):
    template_name = "console/groups/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entries=timeline_of(self.group.pk), **kwargs)


class EditGroup(GroupPage, EditPage):
    template_name = "console/groups/edit.html"
    permission = StaffPermission.EDIT_CUSTOMERS
    form_class = EditGroupForm
    refusal = flows.CannotSaveGroupError

    @property
    def record(self) -> Group:
        return self.group

    def get_success_url(self) -> str:
        return self.group_url

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "suggested": tags.in_use(Customer.objects.all(), Group.objects.all()),
        }

    def save(self, form: EditGroupForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.group, form.details, version=version, by=self.user)


class ArchiveGroup(GroupPage, TemplateView):
    template_name = "console/groups/archive.html"
    permission = StaffPermission.EDIT_CUSTOMERS

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.archive(self.group, by=self.user)
        except flows.CannotSaveGroupError as error:
            messages.error(self.request, str(error))
        else:
            sentence = _("The group %(group)s was archived.") % {"group": self.group}
            messages.success(self.request, sentence)
        return redirect(self.group_url)


class RestoreGroup(GroupPage):
    permission = StaffPermission.EDIT_CUSTOMERS
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.restore(self.group, by=self.user)
        except flows.CannotSaveGroupError as error:
            messages.error(self.request, str(error))
        else:
            sentence = _("The group %(group)s was restored.") % {"group": self.group}
            messages.success(self.request, sentence)
        return redirect(self.group_url)
