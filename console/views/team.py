"""The reseller's own team: who belongs to it, with which role, and whether they may come in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.flows import invitations, people, staff, team
from accounts.models import StaffMember
from accounts.roles import StaffPermission
from console.forms.team import InviteStaffForm, StaffRoleForm, SuspendStaffForm
from console.lists.team import TeamListing
from console.timeline import timeline_of
from console.views.base import ConsolePage


class TeamList(ConsolePage, TemplateView):
    template_name = "console/team/list.html"
    permission = StaffPermission.VIEW_TEAM

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = TeamListing(self.request.GET, StaffMember.objects.with_invitations())
        return super().get_context_data(listing=listing, **kwargs)


class InviteStaff(ConsolePage, FormView[InviteStaffForm]):
    template_name = "console/team/invite.html"
    permission = StaffPermission.MANAGE_TEAM
    form_class = InviteStaffForm
    success_url = reverse_lazy("console:team:list")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.user, "cancel_url": self.success_url}

    def form_valid(self, form: InviteStaffForm) -> HttpResponse:
        try:
            member = staff.invite_staff(**form.cleaned_data, by=self.user)
        except staff.CannotInviteStaffError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(person)s is invited.") % {"person": member.user})
        return super().form_valid(form)


class StaffPage(ConsolePage):
    """A page about one of the team, named by `person_id` in the URL."""

    permission = StaffPermission.VIEW_TEAM
    colleague: StaffMember

    def load(self) -> None:
        members = StaffMember.objects.with_invitations()
        self.colleague = get_object_or_404(members, pk=self.kwargs["person_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"colleague": self.colleague, "person": self.colleague.user}
        return super().get_context_data(**context, **kwargs)


class StaffDetail(StaffPage, TemplateView):
    template_name = "console/team/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.colleague.user
        return super().get_context_data(
            refusal=team.refusal_to_manage(person, by=self.user),
            is_self=person == self.user,
            may_be_invited=invitations.may_be_invited(person),
            entries=timeline_of(person.pk, may_resend=self.may(StaffPermission.MANAGE_TEAM)),
            now=timezone.now(),
            **kwargs,
        )


class StaffAction(StaffPage):
    """Something done to a colleague; afterwards their page shows what came of it."""

    permission = StaffPermission.MANAGE_TEAM

    @property
    def person_url(self) -> str:
        return reverse("console:team:detail", args=[self.colleague.pk])

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence % {"person": self.colleague.user})
        return redirect(self.person_url)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect(self.person_url)


class ResendInvitation(StaffAction):
    """A new link; the one before dies."""

    http_method_names = ["post"]

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            invitations.resend(self.colleague.user, by=self.user)
        except invitations.CannotInviteError as error:
            return self.refused(error)
        return self.back(_("%(person)s gets a new invitation."))


class ChangeRole(StaffAction, FormView[StaffRoleForm]):
    template_name = "console/team/role.html"
    form_class = StaffRoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.user, "cancel_url": self.person_url}

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.colleague.role}

    def form_valid(self, form: StaffRoleForm) -> HttpResponse:
        try:
            staff.change_role(self.colleague, form.cleaned_data["role"], by=self.user)
        except staff.CannotChangeRoleError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("The role of %(person)s was changed."))


class SuspendStaff(StaffAction, FormView[SuspendStaffForm]):
    template_name = "console/team/suspend.html"
    form_class = SuspendStaffForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.person_url}

    def form_valid(self, form: SuspendStaffForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        try:
            people.suspend(self.colleague.user, by=self.user, reason=reason)
        except people.CannotSuspendError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.back(_("%(person)s is suspended."))


class ReactivateStaff(StaffAction, TemplateView):
    template_name = "console/team/reactivate.html"

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            people.reactivate(self.colleague.user, by=self.user)
        except people.CannotChangeStatusError as error:
            return self.refused(error)
        return self.back(_("%(person)s is no longer suspended."))
