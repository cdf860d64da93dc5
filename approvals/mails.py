"""The mails about sign-ups and decisions, each queued in the transaction of what it tells."""

from django.urls import reverse
from django.utils import timezone

from accounts.approvers import approvers
from accounts.models import OneTimeLink, User
from approvals.models import ApprovalRequest
from audit.trail import Mentioned
from notifications import outbox
from notifications.models import OutgoingMail
from notifications.recipients import Recipient
from resellers.current import absolute_url


def email_validation(request: ApprovalRequest, link: OneTimeLink, *, token: str) -> OutgoingMail:
    """The one link that validates the e-mail. The token stands in the mail and nowhere else."""
    return outbox.queue(
        "email_validation",
        to=_recipient(request.requester),
        tokens={"company_name": request.signup.company, "valid_until": link.expires_at},
        unique_key=f"email_validation:{link.pk}",
        about=_about(request),
        secret_link=absolute_url(reverse("portal:signup:validate", args=[token])),
    )


def account_exists(person: User) -> None:
    """To somebody whose e-mail was typed into the sign-up form again: once a day at most."""
    outbox.queue(
        "account_exists",
        to=_recipient(person),
        tokens={
            "login_url": absolute_url(reverse("account_login")),
            "reset_url": absolute_url(reverse("account_reset_password")),
        },
        unique_key=f"account_exists:{person.pk}:{timezone.localdate().isoformat()}",
        about=[person],
    )


def request_received(request: ApprovalRequest) -> None:
    outbox.queue(
        "request_received",
        to=_recipient(request.requester),
        tokens={"company_name": request.signup.company},
        unique_key=f"request_received:{request.pk}",
        about=_about(request),
    )


def approval_requests(request: ApprovalRequest) -> None:
    """To the reseller's mailbox for requests, or else one to everybody who may decide."""
    signup = request.signup
    path = reverse("console:requests:detail", args=[request.pk])
    tokens = {
        "company_name": signup.company,
        "contact_name": signup.contact_name,
        "contact_email": signup.email,
        "country": str(signup.country.name),
        "request_url": absolute_url(path),
    }
    for key, recipient in approvers().items():
        outbox.queue(
            "approval_request",
            to=recipient,
            tokens=tokens,
            unique_key=f"approval_request:{request.pk}:{key}",
            about=[request],
        )


def welcome(request: ApprovalRequest) -> None:
    outbox.queue(
        "welcome",
        to=_recipient(request.requester),
        tokens={
            "company_name": str(request.customer),
            "login_url": absolute_url(reverse("account_login")),
        },
        unique_key=f"welcome:{request.pk}",
        about=_about(request),
    )


def request_declined(request: ApprovalRequest) -> None:
    outbox.queue(
        "request_declined",
        to=_recipient(request.requester),
        tokens={
            "company_name": request.signup.company,
            "reason": request.get_decline_reason_display(),
            "message": request.decline_message,
        },
        unique_key=f"request_declined:{request.pk}",
        about=_about(request),
    )


def _recipient(person: User) -> Recipient:
    return Recipient(email=person.email, name=person.full_name)


def _about(request: ApprovalRequest) -> list[Mentioned]:
    related: list[Mentioned] = [request, request.requester]
    return [*related, request.customer] if request.customer else related
