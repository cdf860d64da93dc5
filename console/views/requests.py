"""Approval requests: the queue, one request beside the decision form, and the decisions."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from approvals import duplicates, outcomes
from approvals.flows import decisions
from approvals.flows.bulk import What
from approvals.models import ApprovalRequest
from components.bulk import Bulk, BulkAction
from console import timeline
from console.forms.requests import ApprovalForm, DeclineForm
from console.lists import requests as lists
from console.request_addresses import address_of
from console.views.base import ConsolePage

BULK_ACTIONS = (
    BulkAction(What.FORWARD, gettext_lazy("Approve and forward"), "send"),
    BulkAction(What.DECLINE, gettext_lazy("Decline"), "x"),
)


class RequestList(ConsolePage, TemplateView):
    template_name = "console/requests/list.html"
    permission = StaffPermission.VIEW_REQUESTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = lists.listing(self.request.GET)
        if self.may(StaffPermission.DECIDE_REQUESTS):
            listing.bulk = Bulk(reverse("console:requests:bulk"), BULK_ACTIONS)
        return super().get_context_data(listing=listing, **kwargs)


class TooLateError(Exception):
    """Somebody decided before this page was opened. The message says who, what and when."""

    def __init__(self, message: str, record: ApprovalRequest | None = None) -> None:
        super().__init__(message)
        self.record = record  # None: it was deleted


class RequestPage(ConsolePage):
    """A page about one request, named by `request_id` in the URL."""

    permission = StaffPermission.VIEW_REQUESTS
    record: ApprovalRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except TooLateError as error:
            return self.too_late(str(error), error.record)

    def load(self) -> None:
        requests = ApprovalRequest.objects.in_queue().signups()
        related = requests.select_related("signup", "requester", "customer", "decided_by")
        found = related.filter(pk=self.kwargs["request_id"]).first()
        if found is None:
            self.tell_of_deletion()
        else:
            self.record = found

    def tell_of_deletion(self) -> None:
        entry = outcomes.deletion(self.kwargs["request_id"])
        if entry is None:
            raise Http404
        raise TooLateError(outcomes.deletion_sentence(entry))

    def too_late(self, sentence: str, record: ApprovalRequest | None) -> HttpResponse:
        """Somebody else was faster: what they did, and the way on."""
        url = address_of(record) if record else ""
        context = {"sentence": sentence, "record": record, "request_url": url}
        template = "console/requests/conflict.html"
        return render(self.request, template, context, status=HTTPStatus.CONFLICT)

    def refused(self, error: decisions.CannotDecideError) -> HttpResponse:
        fresh = ApprovalRequest.objects.select_related("signup", "customer", "decided_by")
        return self.too_late(str(error), fresh.filter(pk=self.record.pk).first())

    def next_page(self, sentence: str) -> HttpResponse:
        """After a decision: the next one to make, or the queue."""
        messages.success(self.request, sentence)
        others = ApprovalRequest.objects.pending().exclude(requester=self.user)
        following = others.order_by("submitted_at", "pk").first()
        if following is None:
            return redirect("console:requests:list")
        return redirect(address_of(following))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, signup=self.record.signup, **kwargs)


class ReviewPage(RequestPage, TemplateView):
    """As submitted beside what approval would make of it, and the request's timeline."""

    template_name = "console/requests/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"form": self.form_if_open(), **kwargs}
        return super().get_context_data(
            hints=duplicates.hints(self.record.signup),
            entries=self.what_happened(),
            is_own=self.record.requester_id == self.user.pk,
            **context,
        )

    def what_happened(self) -> list[timeline.Entry]:
        may_resend = self.may(StaffPermission.MANAGE_PEOPLE)
        return timeline.timeline_of(self.record.pk, may_resend=may_resend)

    def form_if_open(self) -> ApprovalForm | None:
        is_open = self.record.status == ApprovalRequest.Status.PENDING
        may_decide = self.may(StaffPermission.DECIDE_REQUESTS)
        own = self.record.requester_id == self.user.pk
        return ApprovalForm(request=self.record) if is_open and may_decide and not own else None


class RequestDetail(ReviewPage):
    permission = StaffPermission.VIEW_REQUESTS


class ApproveRequest(ReviewPage):
    permission = StaffPermission.DECIDE_REQUESTS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = ApprovalForm(request.POST, request=self.record)
        if not form.is_valid():
            return self.show_again(form)
        version = form.cleaned_data["version"]
        try:
            decisions.approve(self.record, form.details, version=version, by=self.user)
        except decisions.CannotDecideError as error:
            return self.refused_beside(form, error)
        return self.next_page(approved_sentence(self.record))

    def refused_beside(
        self, form: ApprovalForm, error: decisions.CannotDecideError
    ) -> HttpResponse:
        if error.field is None:
            return self.refused(error)
        form.add_error(error.field, str(error))
        return self.show_again(form)

    def show_again(self, form: ApprovalForm) -> HttpResponse:
        if self.record.decided_at:
            return self.too_late(outcomes.sentence(self.record), self.record)
        return self.render_to_response(self.get_context_data(form=form))


class DecisionPage(RequestPage):
    """A page of its own for one decision. Where that is made already, it says so at once."""

    permission = StaffPermission.DECIDE_REQUESTS

    def load(self) -> None:
        super().load()
        if self.request.method == "GET" and self.record.decided_at:
            raise TooLateError(outcomes.sentence(self.record), self.record)


class DeclineRequest(DecisionPage, FormView[DeclineForm]):
    template_name = "console/requests/decline.html"
    permission = StaffPermission.DECIDE_REQUESTS
    form_class = DeclineForm

    def get_form_kwargs(self) -> dict[str, Any]:
        back = reverse("console:requests:detail", args=[self.record.pk])
        return {**super().get_form_kwargs(), "cancel_url": back}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def form_valid(self, form: DeclineForm) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            decisions.decline(self.record, form.refusal, version=version, by=self.user)
        except decisions.CannotDecideError as error:
            return self.refused(error)
        return self.next_page(declined_sentence(self.record, form.refusal))


class DeleteRequest(DecisionPage, TemplateView):
    template_name = "console/requests/delete.html"
    permission = StaffPermission.DECIDE_REQUESTS

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            decisions.delete(self.record, by=self.user)
        except decisions.CannotDecideError as error:
            return self.refused(error)
        return self.next_page(
            _("The request of %(company)s was deleted.") % {"company": self.record.signup}
        )


def approved_sentence(record: ApprovalRequest) -> str:
    return _("Approved: %(company)s is a customer now, and %(email)s was sent a welcome mail.") % {
        "company": record.signup,
        "email": record.signup.email,
    }


def declined_sentence(record: ApprovalRequest, refusal: decisions.Refusal) -> str:
    if refusal.silently:
        return _("Declined: %(company)s. Nobody was told.") % {"company": record.signup}
    return _("Declined: %(company)s. The reason was mailed to %(email)s.") % {
        "company": record.signup,
        "email": record.signup.email,
    }
