"""What a customer's administrators ask for about the cloud accounts of their company."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from approvals.flows import asking
from approvals.flows.asking import Asked, CannotAskError, details_in
from approvals.flows.decisions import CannotDecideError
from approvals.kinds import AccountKind, kind_for, kind_of
from approvals.models import AccountRequest, ApprovalRequest, RequestMessage
from approvals.models.requests import OPEN
from cloudaccounts.models import CloudAccount, CustomerProvider
from components.request_forms import AnswerForm, AskForm, NewAccountForm
from customers.roles import CustomerPermission
from portal.lists.requests import CompanyRequestListing, badge, of_company
from portal.request_steps import steps, who_has_the_ball
from portal.views.base import CompanyPage

Status = ApprovalRequest.Status
SUPPORTS = AccountRequest.Support.choices


class RequestList(CompanyPage, TemplateView):
    template_name = "portal/requests/list.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listing = CompanyRequestListing(self.request.GET, of_company(self.customer))
        return super().get_context_data(listing=listing, **kwargs)


class AskingPage(CompanyPage):
    """A form that becomes a request; afterwards its page shows how it stands."""

    permission = CustomerPermission.REQUEST_ACCOUNTS

    def back(self, request: ApprovalRequest) -> HttpResponse:
        messages.success(self.request, _("Your request was sent."))
        return redirect("portal:requests:detail", self.customer.pk, request.pk)

    def asked(self, form: AskForm) -> Asked:
        return Asked.typed(form.cleaned_data, in_portal=True)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]  # of the form's view
        return {**kwargs, "cancel_url": reverse("portal:requests:list", args=[self.customer.pk])}


class RequestNewAccount(AskingPage, FormView[NewAccountForm]):
    """Ask for an account that the provider is to make."""

    template_name = "portal/requests/new_account.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS
    form_class = NewAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        providers = CustomerProvider.objects.of_customer(self.customer).shown()
        offered = [(each.provider, str(each.get_provider_display())) for each in providers]
        return {**super().get_form_kwargs(), "providers": offered, "supports": SUPPORTS}

    def form_valid(self, form: NewAccountForm) -> HttpResponse:
        typed = form.cleaned_data
        submission = typed["submission"]
        details, asked = details_in(typed), self.asked(form)
        try:
            request = asking.order_new(
                self.customer, details, asked, by=self.user, submission=submission
            )
        except CannotAskError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        return self.back(request)


class AskAboutAccount(AskingPage, FormView[AskForm]):
    """To link, make or unlink one of the company's accounts: whatever can be asked about it."""

    template_name = "portal/requests/ask.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS
    form_class = AskForm
    account: CloudAccount
    kind: AccountKind

    def load(self) -> None:
        shown = CustomerProvider.objects.of_customer(self.customer).shown().values("provider")
        accounts = CloudAccount.objects.of_customer(self.customer).filter(provider__in=shown)
        self.account = get_object_or_404(accounts, pk=self.kwargs["account_id"])
        kind = kind_for(self.account) or self.kind_of_open_request()
        if kind is None:
            raise Http404
        self.kind = kind

    def kind_of_open_request(self) -> AccountKind | None:
        """The form may have been sent twice: the flow tells."""
        requests = of_company(self.customer).filter(account_request__is_open=True)
        waiting = requests.filter(account_request__account=self.account).first()
        return kind_of(waiting) if waiting else None

    def get_form_kwargs(self) -> dict[str, Any]:
        supports = SUPPORTS if self.kind.moves else ()
        return {**super().get_form_kwargs(), "label": self.kind.button, "supports": supports}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(account=self.account, kind=self.kind, **kwargs)

    def form_valid(self, form: AskForm) -> HttpResponse:
        submission = form.cleaned_data["submission"]
        asked = self.asked(form)
        try:
            request = asking.ask(
                self.kind.name, self.account, asked, by=self.user, submission=submission
            )
        except CannotAskError as error:
            form.add_error(error.field, str(error))
            return self.form_invalid(form)
        return self.back(request)


class RequestPage(CompanyPage):
    """A page about one request, named by `request_id` in the URL."""

    permission = CustomerPermission.REQUEST_ACCOUNTS
    record: ApprovalRequest

    def load(self) -> None:
        self.record = get_object_or_404(of_company(self.customer), pk=self.kwargs["request_id"])

    def back(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect("portal:requests:detail", self.customer.pk, self.record.pk)

    def refused(self, error: Exception) -> HttpResponse:
        messages.error(self.request, str(error))
        return redirect("portal:requests:detail", self.customer.pk, self.record.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.record.account_request
        return super().get_context_data(
            record=self.record, asked=asked, account=asked.account, **kwargs
        )


class RequestDetail(RequestPage, TemplateView):
    """The steps, who has the ball, what was asked and answered."""

    template_name = "portal/requests/detail.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            kind=kind_of(self.record),
            badge=badge(self.record),
            steps=steps(self.record),
            ball=who_has_the_ball(self.record),
            is_undecided=self.record.status in OPEN,
            conversation=self.record.messages.all(),
            **kwargs,
        )


class AnswerRequest(RequestPage, FormView[AnswerForm]):
    template_name = "portal/requests/answer.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS
    form_class = AnswerForm

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.status != Status.NEEDS_INFORMATION:
            return redirect("portal:requests:detail", self.customer.pk, self.record.pk)
        return super().get(*args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        back = reverse("portal:requests:detail", args=[self.customer.pk, self.record.pk])
        return {**super().get_form_kwargs(), "cancel_url": back}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = self.record.messages.filter(kind=RequestMessage.Kind.QUESTION)
        return super().get_context_data(question=questions.last(), **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            asking.answer(self.record, form.cleaned_data["text"], by=self.user)
        except CannotAskError as error:
            return self.refused(error)
        return self.back(_("Your answer was sent."))


class WithdrawRequest(RequestPage, TemplateView):
    template_name = "portal/requests/withdraw.html"
    permission = CustomerPermission.REQUEST_ACCOUNTS

    def post(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        try:
            asking.withdraw(self.record, version=self.record.version, by=self.user)
        except CannotDecideError as error:
            return self.refused(error)
        return self.back(_("Your request was withdrawn."))
