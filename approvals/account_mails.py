"""The mails about requests for cloud accounts, each queued in the transaction of what it tells."""

from django.urls import reverse

from accounts.approvers import approvers
from accounts.mails import recipient
from approvals.models import ApprovalRequest, RequestMessage
from audit.trail import Mentioned
from notifications import outbox
from resellers.current import absolute_url


def received(request: ApprovalRequest) -> None:
    """To the reseller's mailbox for requests, or else one to everybody who may decide."""
    asked = request.account_request
    _to_approvers(
        "request_account_received",
        request,
        f"{request.pk}",
        requester_name=str(request.requester),
        reason=asked.reason or "–",
        support=asked.get_support_display() or "–",
    )


def answered(request: ApprovalRequest, message: RequestMessage) -> None:
    """To the approvers: what the requester says."""
    _to_approvers(
        "request_answered",
        request,
        f"{message.pk}",
        requester_name=str(message.author),
        answer=message.text,
    )


def question(request: ApprovalRequest, message: RequestMessage) -> None:
    """To the requester: what the approvers want to know."""
    _to_requester("request_question", request, f"{message.pk}", question=message.text)


def approved(request: ApprovalRequest) -> None:
    _to_requester("account_request_approved", request, f"{request.pk}")


def declined(request: ApprovalRequest) -> None:
    _to_requester(
        "account_request_declined",
        request,
        f"{request.pk}",
        reason=request.get_decline_reason_display(),
        message=request.decline_message,
    )


def done(request: ApprovalRequest) -> None:
    _to_requester("account_request_done", request, f"{request.pk}")


def failed(request: ApprovalRequest) -> None:
    _to_requester("account_request_failed", request, f"{request.pk}", note=request.outcome_note)


def _to_approvers(kind: str, request: ApprovalRequest, key: str, **tokens: str) -> None:
    url = reverse("console:requests:account", args=[request.pk])
    for approver_key, approver in approvers().items():
        outbox.queue(
            kind,
            to=approver,
            tokens={**_told(request), **tokens, "request_url": absolute_url(url)},
            unique_key=f"{kind}:{key}:{approver_key}",
            about=_about(request),
        )


def _to_requester(kind: str, request: ApprovalRequest, key: str, **tokens: str) -> None:
    outbox.queue(
        kind,
        to=recipient(request.requester),
        tokens={**_told(request), **tokens, "request_url": absolute_url(_requesters_page(request))},
        unique_key=f"{kind}:{key}",
        about=[*_about(request), request.requester],
    )


def _requesters_page(request: ApprovalRequest) -> str:
    """Where the requester sees how it stands."""
    asked = request.account_request
    if asked.in_portal:
        return reverse("portal:requests:detail", args=[asked.account.customer_id, request.pk])
    return reverse("console:requests:account", args=[request.pk])


def _told(request: ApprovalRequest) -> dict[str, str]:
    asked = request.account_request
    return {
        "request_type": request.get_kind_display(),
        "account_name": str(asked),
        "provider": asked.account.get_provider_display(),
        "company_name": asked.customer_name,
    }


def _about(request: ApprovalRequest) -> list[Mentioned]:
    account = request.account_request.account
    return [request, account, account.customer]
