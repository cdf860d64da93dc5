"""What a customer's administrators do about the people of their own company."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from customers.flows import colleagues as flows
from customers.flows.people import CannotAddPersonError
from customers.models import Membership
from customers.models.memberships import WAITING
from customers.roles import CustomerPermission
from portal.forms.people import AddColleagueForm, ColleagueRoleForm, SuspendColleagueForm
from portal.lists.people import ColleagueListing
from portal.views.base import CompanyPage


class PeopleList(CompanyPage, TemplateView):
    template_name = "portal/people/list.html"
    permission = CustomerPermission.VIEW_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = Membership.objects.of_customer(self.customer).as_shown()
        listing = ColleagueListing(self.request.GET, people)
        return super().get_context_data(listing=listing, **kwargs)


class AddColleague(CompanyPage, FormView[AddColleagueForm]):
    """The answer is the same for people whom the reseller knows and whom it does not."""

    template_name = "portal/people/add.html"
    permission = CustomerPermission.MANAGE_PEOPLE
    form_class = AddColleagueForm

    def get_form_kwargs(self) -> dict[str, Any]:
        cancel_url = reverse("portal:people:list", args=[self.customer.pk])
        return {**super().get_form_kwargs(), "cancel_url": cancel_url}

    def form_valid(self, form: AddColleagueForm) -> HttpResponse:
        try:
            added = flows.add(self.customer, **form.cleaned_data, by=self.user)
        except CannotAddPersonError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(person)s is invited.") % {"person": added.shown_name})
        return redirect("portal:people:list", self.customer.pk)


class ColleaguePage(CompanyPage):
    """A page about one person of the company, named by `person_id` in the URL."""

    permission = CustomerPermission.MANAGE_PEOPLE
    colleague: Membership

    def load(self) -> None:
        people = Membership.objects.of_customer(self.customer).as_shown()
        self.colleague = get_object_or_404(people, user_id=self.kwargs["person_id"])
        self.colleague.customer = self.customer

    @property
    def colleague_url(self) -> str:
        names = [self.customer.pk, self.colleague.user_id]
        return reverse("portal:people:detail", args=names)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_self = self.colleague.user_id == self.user.pk
        return super().get_context_data(colleague=self.colleague, is_self=is_self, **kwargs)


class ColleagueDetail(ColleaguePage, TemplateView):
    template_name = "portal/people/detail.html"
    permission = CustomerPermission.VIEW_PEOPLE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_waiting = self.colleague.shown_status in WAITING
        return super().get_context_data(is_waiting=is_waiting, **kwargs)


class ColleagueAction(ColleaguePage):
    """Something done to the person; afterwards their page shows what came of it."""

    def back(self, sentence: str | Promise) -> HttpResponse:
        messages.success(self.request, str(sentence) % {"person": self.colleague.shown_name})
        return redirect(self.colleague_url)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect(self.colleague_url)


class ColleagueButton(ColleagueAction):
    """An action that asks nothing: one click."""

    http_method_names = ["post"]
    flow: ClassVar[Callable[..., None]]
    done: ClassVar[Promise]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            type(self).flow(self.colleague, by=self.user)
        except flows.CannotManageColleagueError as error:
            return self.refused(error)
        return self.back(self.done)


class InviteColleague(ColleagueButton):
    flow = flows.invite_again
    done = gettext_lazy("%(person)s is invited once more.")


class ReactivateColleague(ColleagueButton):
    flow = flows.reactivate
    done = gettext_lazy("%(person)s is no longer suspended.")


class SendColleagueReset(ColleagueButton):
    flow = flows.send_reset
    done = gettext_lazy("%(person)s gets a link to choose a new password.")


class ChangeColleaguesRole(ColleagueAction, FormView[ColleagueRoleForm]):
    template_name = "portal/people/role.html"
    form_class = ColleagueRoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.colleague_url}

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.colleague.role}

    def form_valid(self, form: ColleagueRoleForm) -> HttpResponse:
        try:
            flows.change_role(self.colleague, form.cleaned_data["role"], by=self.user)
        except flows.CannotManageColleagueError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        response = self.back(_("The role of %(person)s was changed."))
        return redirect("portal:home") if self.colleague.user_id == self.user.pk else response


class SuspendColleague(ColleagueAction, FormView[SuspendColleagueForm]):
    template_name = "portal/people/suspend.html"
    form_class = SuspendColleagueForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.colleague_url}

    def form_valid(self, form: SuspendColleagueForm) -> HttpResponse:
        try:
            flows.suspend(self.colleague, by=self.user, reason=form.cleaned_data["reason"])
        except flows.CannotManageColleagueError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("%(person)s is suspended."))


class RemoveColleague(ColleagueAction, TemplateView):
    template_name = "portal/people/remove.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.remove(self.colleague, by=self.user)
        except flows.CannotManageColleagueError as error:
            return self.refused(error)
        sentence = _("%(person)s was removed.") % {"person": self.colleague.shown_name}
        messages.success(self.request, sentence)
        if self.colleague.user_id == self.user.pk:
            return redirect("portal:home")
        return redirect("portal:people:list", self.customer.pk)
