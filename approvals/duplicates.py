"""What an approver should know before making another customer: who looks like the applicant."""

from dataclasses import dataclass, field

from django.db.models import Q

from approvals.models import ApprovalRequest, Signup
from customers.duplicates import (
    CANDIDATES,
    FREE_MAIL_DOMAINS,
    MOST_HINTS,
    bare_name,
    candidates,
    domain_of,
    holds_every_word,
    telling_domains,
)
from customers.models import Customer


@dataclass(frozen=True)
class Hints:
    """Who looks like the applicant, and how."""

    is_free_mail: bool
    same_name: list[Customer] = field(default_factory=list)
    same_domain: list[Customer] = field(default_factory=list)
    other_requests: list[ApprovalRequest] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.same_name or self.same_domain or self.other_requests)


def hints(signup: Signup) -> Hints:
    """Customers and requests with the name or the mail domain of this sign-up."""
    domain = domain_of(signup.email)
    is_free_mail = domain in FREE_MAIL_DOMAINS
    name = bare_name(signup.company)
    customers = candidates(name, telling_domains(signup.email, ""))
    same_name = [each for each in customers if bare_name(each.organization_name) == name]
    same_domain = [
        each
        for each in customers
        if domain_of(each.contact_email) == domain and not is_free_mail and each not in same_name
    ]
    return Hints(
        is_free_mail,
        same_name[:MOST_HINTS],
        same_domain[:MOST_HINTS],
        _other_requests(signup, name),
    )


def _other_requests(signup: Signup, name: str) -> list[ApprovalRequest]:
    same_email = Q(signup__search_text__contains=signup.email.lower())
    alike = holds_every_word(name, "signup__search_text") | same_email
    requests = ApprovalRequest.objects.in_queue().exclude(pk=signup.request_id).filter(alike)
    found = requests.select_related("signup", "decided_by").order_by("-submitted_at")[:CANDIDATES]
    return [
        each
        for each in found
        if each.signup.email == signup.email or bare_name(each.signup.company) == name
    ][:MOST_HINTS]
