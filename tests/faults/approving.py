"""Approvals of sign-ups over the web, and whether one was stored whole."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from approvals import actions, presets
from approvals.models import ApprovalRequest, Signup
from audit.models import AuditEntry
from customers.models import Membership
from notifications.models import OutgoingMail
from resellers.current import current_reseller
from tests.factories.accounts import StaffMemberFactory
from tests.factories.approvals import ApprovalRequestFactory
from tests.faults import world
from tests.faults.visits import Answer, Site
from tests.harness.clients import HostClient

QUEUE, LOGIN = "/console/requests/", "/account/login/"


@dataclass(frozen=True)
class Approver:
    """A member of the reseller's team with a browser."""

    site: Site
    user: User
    session: str
    host: str

    @classmethod
    def come(cls, site: Site) -> "Approver":
        """Somebody who may decide, logged in at the current reseller."""
        reseller = current_reseller()
        user = StaffMemberFactory(owner=True).user
        client = HostClient(reseller.host, reseller)
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        return cls(site, user, session, reseller.host)

    def approve(self, request: ApprovalRequest) -> Answer:
        """Press the button on the request's page."""
        path = f"{QUEUE}{request.pk}/approve/"
        return self.site.post(path, form_of(request), host=self.host, session=self.session)

    def log_in_elsewhere(self) -> Answer:
        """Type a password in another browser."""
        typed = {"login": self.user.email, "password": "a guess"}
        return self.site.post(LOGIN, typed, host=self.host, session="")

    def open(self, path: str = QUEUE) -> Answer:
        return self.site.get(path, host=self.host, session=self.session)


def pending() -> ApprovalRequest:
    """A sign-up that waits, from an address of its own."""
    number = world.next_number()
    request: ApprovalRequest = ApprovalRequestFactory(
        requester__email=f"applicant{number}@example.com",
        signup__company=f"Company {number}",
    )
    request.signup = Signup.objects.get(request=request)
    return request


def form_of(request: ApprovalRequest) -> dict[str, object]:
    """What the approver's browser sends."""
    details = presets.customer_details(request.signup)
    return {**details, "code": code_of(request), "version": request.version}


def code_of(request: ApprovalRequest) -> str:
    """A code for the customer that no other one has."""
    return f"C{request.signup.company.rpartition(' ')[2]}"


def welcome(request: ApprovalRequest) -> OutgoingMail:
    """The mail that tells of the approval."""
    return OutgoingMail.objects.get(unique_key=f"welcome:{request.pk}")


def stored(request: ApprovalRequest) -> str:
    """`approved` or `pending` when everything says so; otherwise what contradicts what."""
    now = ApprovalRequest.objects.select_related("requester").get(pk=request.pk)
    signs = {
        "status": now.status == ApprovalRequest.Status.APPROVED,
        "customer": now.customer_id is not None,
        "membership": Membership.objects.filter(user=now.requester).count() == 1,
        "person": now.requester.status == User.Status.ACTIVE,
        "trail": _entries(request) == 1,
        "mail": OutgoingMail.objects.filter(unique_key=f"welcome:{request.pk}").exists(),
    }
    if all(signs.values()):
        return "approved"
    if not any(signs.values()) and not _entries(request):
        return "pending"
    return f"half: {signs}"


def _entries(request: ApprovalRequest) -> int:
    return AuditEntry.objects.filter(subject_id=request.pk, action=actions.APPROVED).count()
