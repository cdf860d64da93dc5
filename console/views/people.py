"""The people of a customer: adding, inviting, status, role, leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.flows import invitations, passwords, team
from accounts.flows import people as accounts_flows
from accounts.models import User
from accounts.roles import StaffPermission
from console.forms.people import (
    AddPersonForm,
    PasswordForm,
    RoleForm,
    StatusForm,
    SuspendForm,
)
from console.lists.people import PeopleListing
from console.timeline import timeline_of
from console.views.base import CustomerPage, PersonPage
from customers.flows import people as flows
from customers.models import Contact, Membership


class PeopleList(CustomerPage, TemplateView):
    """Who can log in for this customer."""

    template_name = "console/people/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        add = reverse("console:people:add", args=[self.customer.pk])
        may_add = self.may_change(StaffPermission.MANAGE_PEOPLE)
        listing = PeopleListing(
            self.request.GET,
            Membership.objects.of_customer(self.customer).with_invitations(),
            empty_url=add if may_add else "",
            empty_label=_("Create administrator"),
        )
        return super().get_context_data(listing=listing, **kwargs)


class AddPerson(CustomerPage, FormView[AddPersonForm]):
    """Right after a customer was made this page offers to create its administrator."""

    template_name = "console/people/add.html"
    permission = StaffPermission.MANAGE_PEOPLE
    form_class = AddPersonForm
    is_first: bool

    def load(self) -> None:
        super().load()
        self.is_first = not Membership.objects.filter(customer=self.customer).exists()

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs["is_first"] = self.is_first
        kwargs["cancel_url"] = reverse("console:people:list", args=[self.customer.pk])
        if self.is_first:
            contact = {
                "full_name": self.customer.contact_name,
                "email": self.customer.contact_email,
            }
            kwargs["initial"] = {**kwargs["initial"], **contact}
        return kwargs

    def form_valid(self, form: AddPersonForm) -> HttpResponse:
        try:
            membership = flows.add_person(self.customer, form.person, by=self.user)
        except flows.CannotAddPersonError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, added_sentence(membership, form))
        return redirect("console:people:list", self.customer.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_first=self.is_first, **kwargs)


class PersonDetail(PersonPage, TemplateView):
    template_name = "console/people/detail.html"
    permission = StaffPermission.VIEW_CUSTOMERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.membership.user
        others = Membership.objects.of_person(person).exclude(pk=self.membership.pk)
        contacts = Contact.objects.of_customer(self.customer).filter(email=person.email)
        return super().get_context_data(
            others=others,
            contact=contacts.first(),
            refusal=team.refusal_to_manage(person, by=self.user),
            may_be_invited=invitations.may_be_invited(person),
            next_statuses=accounts_flows.ALLOWED[person.status] - {User.Status.SUSPENDED},
            entries=timeline_of(person.pk, may_resend=self.may(StaffPermission.MANAGE_PEOPLE)),
            now=timezone.now(),
            **kwargs,
        )


class PersonAction(PersonPage):
    """Something done to the person; afterwards their page shows what came of it."""

    permission = StaffPermission.MANAGE_PEOPLE

    @property
    def person_url(self) -> str:
        return reverse("console:people:detail", args=[self.customer.pk, self.membership.user_id])

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence % {"person": self.membership.user})
        return redirect(self.person_url)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect(self.person_url)


class InvitePerson(PersonAction):
    """Sends an invitation, or one more: earlier links die."""

    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            flows.invite(self.membership, by=self.user)
        except invitations.CannotInviteError as error:
            return self.refused(error)
        return self.back(_("An invitation was sent to %(person)s."))


class ReactivatePerson(PersonAction):
    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            accounts_flows.reactivate(self.membership.user, by=self.user)
        except accounts_flows.CannotChangeStatusError as error:
            return self.refused(error)
        return self.back(_("%(person)s is no longer suspended."))


class SendReset(PersonAction):
    """Sends a link on which an active person sets another password."""

    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            passwords.send_reset(self.membership.user, by=self.user)
        except passwords.CannotSendResetError as error:
            return self.refused(error)
        return self.back(_("%(person)s gets a link to choose a new password."))


class RemovePerson(PersonAction, TemplateView):
    template_name = "console/people/remove.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        person = self.membership.user
        try:
            flows.remove(self.membership, by=self.user)
        except flows.CannotChangeMembershipError as error:
            return self.refused(error)
        messages.success(self.request, _("%(person)s was removed.") % {"person": person})
        return redirect("console:people:list", self.customer.pk)


class SuspendPerson(PersonAction, FormView[SuspendForm]):
    template_name = "console/people/suspend.html"
    form_class = SuspendForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.person_url}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = Membership.objects.of_person(self.membership.user)
        return super().get_context_data(others=others.exclude(pk=self.membership.pk), **kwargs)

    def form_valid(self, form: SuspendForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        try:
            accounts_flows.suspend(self.membership.user, by=self.user, reason=reason)
        except accounts_flows.CannotSuspendError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("%(person)s is suspended."))


class ChangeRole(PersonAction, FormView[RoleForm]):
    template_name = "console/people/role.html"
    form_class = RoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.person_url}

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.membership.role}

    def form_valid(self, form: RoleForm) -> HttpResponse:
        try:
            flows.change_role(self.membership, form.cleaned_data["role"], by=self.user)
        except flows.CannotChangeMembershipError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("The role of %(person)s was changed."))


class SetStatus(PersonAction, FormView[StatusForm]):
    """For those who must: usually an invitation or an approval makes a person active."""

    template_name = "console/people/status.html"
    form_class = StatusForm

    def get_form_kwargs(self) -> dict[str, Any]:
        statuses = accounts_flows.ALLOWED[self.membership.user.status]
        return {
            **super().get_form_kwargs(),
            "cancel_url": self.person_url,
            "statuses": statuses,
        }

    def form_valid(self, form: StatusForm) -> HttpResponse:
        status = form.cleaned_data["status"]
        try:
            accounts_flows.change_status(self.membership.user, status, by=self.user)
        except accounts_flows.CannotChangeStatusError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("The status of %(person)s was changed."))


class SetPassword(PersonAction, FormView[PasswordForm]):
    """For those who must type one: an invitation is the better way."""

    template_name = "console/people/password.html"
    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "cancel_url": self.person_url,
            "user": self.membership.user,
        }

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        password = form.cleaned_data["password1"]
        try:
            accounts_flows.set_password_for(self.membership.user, password, by=self.user)
        except accounts_flows.CannotSetPasswordError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("%(person)s has a new password."))


def added_sentence(membership: Membership, form: AddPersonForm) -> str:
    """What came of it, told from what was asked for."""
    person = membership.user
    if person.full_name != form.person.full_name or person.status != form.person.status:
        sentence = _("%(person)s was known already and belongs to %(customer)s now, too.")
    elif form.person.invite:
        sentence = _("%(person)s was added and invited.")
    else:
        sentence = _("%(person)s was added.")
    return sentence % {"person": person, "customer": membership.customer}
