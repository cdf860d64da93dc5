"""Where a request's page is: sign-ups and requests about accounts have pages of their own."""

from django.urls import reverse

from approvals.models import ApprovalRequest


def address_of(request: ApprovalRequest) -> str:
    """The page on which staff read the request and decide."""
    is_signup = request.kind == ApprovalRequest.Kind.SIGNUP
    name = "console:requests:detail" if is_signup else "console:requests:account"
    return reverse(name, args=[request.pk])
