"""Settings: what the reseller keeps about its customers and cloud accounts."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from components.lists import Tab
from console.forms.custom_fields import CreateCustomFieldForm, EditCustomFieldForm, MoveForm
from console.timeline import timeline_of
from console.views.base import ConsolePage
from console.views.editing import Editing
from customers.custom_holders import is_used
from customers.flows import custom_fields as flows
from customers.flows.custom_choices import CannotSaveFieldError
from customers.models import CustomField

Target = CustomField.Target


def list_url(target: str) -> str:
    """The list of the definitions of a target."""
    address = reverse("console:custom_fields:list")
    return address if target == Target.CUSTOMER else f"{address}?{urlencode({'for': target})}"


def asked_target(asked: str) -> Target:
    """The target in an address; nonsense means customers."""
    return Target(asked) if asked in Target.values else Target.CUSTOMER


class CustomFieldList(ConsolePage, TemplateView):
    permission = StaffPermission.MANAGE_SETTINGS
    template_name = "console/custom_fields/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = asked_target(self.request.GET.get("for", ""))
        fields = list(CustomField.objects.of_target(target))
        live = [each for each in fields if not each.is_retired]
        tabs = [Tab(each.label, list_url(each), each == target, "") for each in Target]
        return super().get_context_data(
            target=target,
            tabs=tabs,
            live=live,
            retired=[each for each in fields if each.is_retired],
            is_full=len(live) >= flows.MOST_LIVE,
            most=flows.MOST_LIVE,
            **kwargs,
        )


class CreateCustomField(ConsolePage, FormView[CreateCustomFieldForm]):
    permission = StaffPermission.MANAGE_SETTINGS
    template_name = "console/custom_fields/create.html"
    form_class = CreateCustomFieldForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        target = asked_target(self.request.GET.get("for", ""))
        return {**kwargs, "initial": {"applies_to": target}, "cancel_url": list_url(target)}

    def form_valid(self, form: CreateCustomFieldForm) -> HttpResponse:
        try:
            field = flows.create(form.new, by=self.user)
        except CannotSaveFieldError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The field “%s” was created.") % field)
        return HttpResponseRedirect(list_url(field.applies_to))


class CustomFieldPage(ConsolePage):
    """A page about one definition, named by `field_id` in the URL."""

    permission = StaffPermission.MANAGE_SETTINGS
    field: CustomField

    def load(self) -> None:
        self.field = get_object_or_404(CustomField, pk=self.kwargs["field_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(field=self.field, back=self.get_success_url(), **kwargs)

    def get_success_url(self) -> str:
        return list_url(self.field.applies_to)


class EditCustomField(CustomFieldPage, Editing):
    template_name = "console/custom_fields/edit.html"
    form_class = EditCustomFieldForm
    refusal = CannotSaveFieldError
    saved_sentence = gettext_lazy("The field was saved.")

    @property
    def record(self) -> Any:
        return self.field

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "is_used": is_used(self.field)}

    def save(self, form: EditCustomFieldForm) -> None:
        version = form.cleaned_data["version"]
        flows.edit(self.field, form.details, form.choice_changes, version=version, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entries=timeline_of(self.field.pk), **kwargs)


class RetireCustomField(CustomFieldPage, TemplateView):
    template_name = "console/custom_fields/retire.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        flows.retire(self.field, by=self.user)
        messages.success(self.request, _("“%s” was retired.") % self.field)
        return HttpResponseRedirect(self.get_success_url())


class RestoreCustomField(CustomFieldPage):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.restore(self.field, by=self.user)
        except CannotSaveFieldError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("“%s” was restored, as the last one.") % self.field)
        return HttpResponseRedirect(self.get_success_url())


class MoveCustomField(CustomFieldPage):
    """To the place that is typed, or that a button names: sent twice, it moves once."""

    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = MoveForm(self.request.POST)
        try:
            if form.is_valid():
                flows.move(self.field, form.cleaned_data["to"], by=self.user)
            else:
                messages.error(self.request, _("Type a number from 1 to %s.") % flows.MOST_LIVE)
        except CannotSaveFieldError as error:
            messages.error(self.request, str(error))
        return HttpResponseRedirect(self.get_success_url())
