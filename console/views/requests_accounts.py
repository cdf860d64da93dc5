"""Requests about cloud accounts: one request with its checks, and what can be done with it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.roles import StaffPermission
from approvals import checks, outcomes
from approvals.flows import account_decisions as decisions
from approvals.flows import asking
from approvals.flows.decisions import CannotDecideError
from approvals.kinds import AccountKind, kind_of
from approvals.models import ApprovalRequest
from approvals.models.requests import OPEN
from cloudaccounts.flows.ordering import is_under_way
from components.forms import PortalForm
from components.request_forms import AnswerForm
from console import timeline
from console.forms.requests_accounts import (
    DeclineAccountForm,
    FinishForm,
    GiveUpForm,
    QuestionForm,
)
from console.lists.requests import BADGES
from console.request_addresses import address_of
from console.views.base import ConsolePage

Status = ApprovalRequest.Status


class AccountRequestPage(ConsolePage):
    """A page about one request, named by `request_id` in the URL."""

    permission = StaffPermission.VIEW_REQUESTS
    record: ApprovalRequest
    kind: AccountKind

    def load(self) -> None:
        requests = ApprovalRequest.objects.about_accounts().select_related(
            "account_request__account__customer", "account_request__account__group"
        )
        related = requests.select_related("requester", "decided_by", "customer")
        self.record = get_object_or_404(related, pk=self.kwargs["request_id"])
        self.kind = kind_of(self.record)

    @property
    def url(self) -> str:
        return address_of(self.record)

    def too_late(self, sentence: str) -> HttpResponse:
        """Somebody else was faster: what they did, and the way on."""
        context = {"sentence": sentence, "record": self.record, "request_url": self.url}
        template = "console/requests/conflict.html"
        return render(self.request, template, context, status=HTTPStatus.CONFLICT)

    def next_page(self, sentence: str) -> HttpResponse:
        """After a decision: the next one to make, or the queue."""
        messages.success(self.request, sentence)
        following = ApprovalRequest.objects.pending().order_by("submitted_at", "pk").first()
        return redirect(address_of(following) if following else reverse("console:requests:list"))

    def stay(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect(self.url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.record.account_request
        return super().get_context_data(
            record=self.record,
            asked=asked,
            account=asked.account,
            kind=self.kind,
            badge=BADGES[Status(self.record.status)],
            **kwargs,
        )


class AccountRequestDetail(AccountRequestPage, TemplateView):
    """As asked, what the checks find, what can be done, and what happened."""

    template_name = "console/requests/account.html"
    permission = StaffPermission.VIEW_REQUESTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = checks.answers(self.record.account_request) if self.is_open else []
        return super().get_context_data(
            answers=answers,
            is_undecided=self.record.status in OPEN,
            is_blocked=any(each.blocks for each in answers),
            may_decide=self.may(StaffPermission.DECIDE_REQUESTS),
            may_ask=self.may(StaffPermission.MANAGE_ACCOUNTS),
            may_be_done_here=self.is_open and decisions.may_be_done_here(self.record),
            waits_for_a_person=self.waits_for_a_person,
            conversation=self.record.messages.select_related("author"),
            entries=self.what_happened(),
            **kwargs,
        )

    @property
    def is_open(self) -> bool:
        return self.record.status == Status.PENDING

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody of the reseller is to do it in the provider's console."""
        asked = self.record.account_request
        is_here = self.record.status == Status.FORWARDED and asked.ticket_id is None
        return is_here and not is_under_way(asked.account)

    def what_happened(self) -> list[timeline.Entry]:
        may_resend = self.may(StaffPermission.MANAGE_PEOPLE)
        return timeline.timeline_of(self.record.pk, may_resend=may_resend)


class ApprovalButton(AccountRequestPage):
    """Approving asks nothing: what it does stands beside the button."""

    permission = StaffPermission.DECIDE_REQUESTS
    http_method_names = ["post"]

    def approve(self, version: int) -> str:
        """Do it. Returns what to say about it."""
        raise NotImplementedError

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            sentence = self.approve(read_version(self.request.POST.get("version", "")))
        except CannotDecideError as error:
            return self.too_late(str(error))
        return self.next_page(sentence)


class ForwardRequest(ApprovalButton):
    permission = StaffPermission.DECIDE_REQUESTS

    def approve(self, version: int) -> str:
        decisions.approve_and_forward(self.record, version=version, by=self.user)
        return _("Approved and forwarded to Cloud Ops: %(what)s.") % {"what": self.record}


class ApproveRequestHere(ApprovalButton):
    permission = StaffPermission.DECIDE_REQUESTS

    def approve(self, version: int) -> str:
        decisions.approve_here(self.record, version=version, by=self.user)
        return _("Approved, through your own connection: %(what)s.") % {"what": self.record}


class RequestForm(AccountRequestPage, FormView[Any]):
    """A page of its own for one form about the request."""

    template_name = "console/requests/account_form.html"
    permission = StaffPermission.DECIDE_REQUESTS
    allowed: tuple[str, ...] = (Status.PENDING,)  # where the form has a meaning
    heading = ""
    text = ""

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.status not in self.allowed:
            sentence = outcomes.sentence(self.record)
            return self.too_late(sentence or _("This request changed meanwhile."))
        return super().get(*args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cancel_url": self.url}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=self.heading, text=self.text, **kwargs)

    def act(self, form: PortalForm) -> HttpResponse:
        """Do it, and lead on."""
        raise NotImplementedError

    def form_valid(self, form: PortalForm) -> HttpResponse:
        try:
            return self.act(form)
        except (CannotDecideError, asking.CannotAskError) as error:
            if error.field is None:
                return self.too_late(str(error))
            form.add_error(error.field, str(error))
            return self.form_invalid(form)


class DeclineAccountRequest(RequestForm):
    permission = StaffPermission.DECIDE_REQUESTS
    form_class = DeclineAccountForm
    allowed = (Status.PENDING, Status.NEEDS_INFORMATION)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return _("Decline: %(what)s") % {"what": self.record}

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("%(person)s is mailed the reason, and may ask again.") % {
            "person": self.record.requester
        }

    def act(self, form: Any) -> HttpResponse:
        version = form.cleaned_data["version"]
        decisions.decline(self.record, form.refusal, version=version, by=self.user)
        return self.next_page(_("Declined: %(what)s.") % {"what": self.record})


class AskForInformation(RequestForm):
    permission = StaffPermission.DECIDE_REQUESTS
    form_class = QuestionForm

    @property
    def heading(self) -> str:  # type: ignore[override]
        return _("Ask about: %(what)s") % {"what": self.record}

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("The request waits until %(person)s answers.") % {"person": self.record.requester}

    def act(self, form: Any) -> HttpResponse:
        typed = form.cleaned_data
        decisions.ask_for_information(
            self.record, typed["text"], version=typed["version"], by=self.user
        )
        return self.next_page(_("The question was sent."))


class AnswerRequest(RequestForm):
    """For what staff asked for themselves, or what a requester told them."""

    permission = StaffPermission.MANAGE_ACCOUNTS
    form_class = AnswerForm
    allowed = (Status.NEEDS_INFORMATION,)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return _("Answer: %(what)s") % {"what": self.record}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last = self.record.messages.last()
        return super().get_context_data(question=last.text if last else "", **kwargs)

    def act(self, form: Any) -> HttpResponse:
        asking.answer(self.record, form.cleaned_data["text"], by=self.user)
        return self.stay(_("The answer was sent. The request waits for a decision again."))


class WithdrawRequest(AccountRequestPage, TemplateView):
    template_name = "console/requests/withdraw.html"
    permission = StaffPermission.MANAGE_ACCOUNTS

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            asking.withdraw(self.record, version=self.record.version, by=self.user)
        except CannotDecideError as error:
            return self.too_late(str(error))
        return self.stay(_("The request was withdrawn."))


class FinishRequest(RequestForm):
    permission = StaffPermission.DECIDE_REQUESTS
    form_class = FinishForm
    allowed = (Status.FORWARDED,)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return _("Done: %(what)s") % {"what": self.record}

    @property
    def text(self) -> str:  # type: ignore[override]
        return _("Note what was done in the provider's own console.")

    def act(self, form: Any) -> HttpResponse:
        typed = form.cleaned_data
        decisions.finish_here(
            self.record, account_id=typed["account_id"], version=typed["version"], by=self.user
        )
        return self.stay(_("Noted: it is done."))


class GiveUpRequest(RequestForm):
    permission = StaffPermission.DECIDE_REQUESTS
    form_class = GiveUpForm
    allowed = (Status.FORWARDED,)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return _("Not done: %(what)s") % {"what": self.record}

    def act(self, form: Any) -> HttpResponse:
        typed = form.cleaned_data
        decisions.give_up_here(self.record, typed["note"], version=typed["version"], by=self.user)
        return self.stay(_("Noted: it could not be done."))


def read_version(text: str) -> int:
    """The version that a button carries; one that no request has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - fits the column
