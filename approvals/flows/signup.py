"""A stranger signs up: typed details → validated e-mail → the queue.

Nobody can find out here who has an account. Whatever e-mail is typed, the answer is the same and
one mail goes to that mailbox: a link to validate it, or the news that an account exists. Until the
link is used, anybody may have typed the details; so the newest sign-up replaces the earlier one
with its password, and earlier links die.
"""

import uuid
from dataclasses import asdict, dataclass, field, replace

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import links
from accounts.models import OneTimeLink, User
from approvals import actions, applicants, mails
from approvals.models import ApprovalRequest, Signup
from audit import trail
from audit.trail import Person
from notifications import outbox
from notifications.models import OutgoingMail
from notifications.renewals import CannotRenewError


class CannotValidateError(Exception):
    """The e-mail cannot be validated with this link. The message is fit to show."""


@dataclass(frozen=True, kw_only=True)
class SignupDetails:
    """What the sign-up form asks for, without the password."""

    company: str
    contact_name: str
    email: str
    country: str
    title: str = ""
    phone: str = ""
    street: str = ""
    suite: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    submission: uuid.UUID = field(default_factory=uuid.uuid4)  # the number of the sent form


@transaction.atomic
def sign_up(details: SignupDetails, *, password: str) -> None:
    """Take a sign-up. Returns nothing: the caller cannot tell whether the e-mail is known."""
    # Hashed first and always: the slow part must not tell known from unknown people.
    password_hash = make_password(password)
    # Two sign-ups with one new e-mail: one inserts, the other finds that row and its lock.
    person, _is_new = User.objects.select_for_update().get_or_create(
        email=User.objects.normalize_email(details.email),
        defaults={"status": User.Status.PENDING_EMAIL_VALIDATION},
    )
    if not _may_sign_up(person):
        _file_for_nobody(details, password_hash)
        mails.account_exists(person)
        return
    draft = _draft_of(person)
    if draft and _is_sent_twice(draft, person, details, password):
        return
    _take_over(person, details, password_hash)
    _mail_link(person, _file(person, draft, details))


@transaction.atomic
def resend_validation(email: str) -> None:
    """Mail a new link, if this e-mail waits for one. Says nothing about whether it does, and does
    the same work in both cases."""
    person = (
        User.objects.select_for_update().filter(email=User.objects.normalize_email(email)).first()
    )
    request = _draft_of(person) if person else None
    if person and request:
        _mail_link(person, request)
    else:
        _mail_link_to_nobody()


def renew_link(mail: OutgoingMail, *, by: Person) -> OutgoingMail:
    """A staff member sends the validation mail again: the link in it is a new one."""
    person = User.objects.select_for_update().filter(email=mail.recipient_email).first()
    request = _draft_of(person) if person else None
    if person is None or request is None:
        raise CannotRenewError(_("This e-mail does not wait for its validation any more."))
    trail.record(actions.LINK_RENEWED, subject=request, actor=by, about=[person])
    return _mail_link(person, request)


@transaction.atomic
def validate_email(token: str) -> ApprovalRequest:
    """Spend the link: person and request now wait for a decision, and the approvers are told.

    Raises CannotValidateError.
    """
    try:
        person = links.use(token, OneTimeLink.Purpose.EMAIL_VALIDATION).user
    except links.LinkNotUsableError as error:
        raise CannotValidateError(str(error)) from error
    request = _draft_of(person)
    if request is None or person.status != User.Status.PENDING_EMAIL_VALIDATION:
        raise CannotValidateError(_("There is no sign-up that waits for this e-mail any more."))
    now = timezone.now()
    person.status = User.Status.PENDING_APPROVAL
    person.email_validated_at = now
    person.save(update_fields=["status", "email_validated_at"])
    request.status = ApprovalRequest.Status.PENDING
    request.submitted_at = now
    request.save(update_fields=["status", "submitted_at"])
    trail.record(actions.SUBMITTED, subject=request, actor=person, about=[person])
    mails.request_received(request)
    mails.approval_requests(request)
    return request


def _may_sign_up(person: User) -> bool:
    """Whether nothing but sign-ups hangs on this person, and none of them waits or was approved."""
    if not applicants.is_nothing_else(person):
        return False
    if person.status == User.Status.PENDING_EMAIL_VALIDATION:
        return True
    latest = ApprovalRequest.objects.of_person(person).order_by("-created_at").first()
    was_declined = latest is not None and latest.status == ApprovalRequest.Status.DECLINED
    return was_declined and person.status == User.Status.SUSPENDED


def _take_over(person: User, details: SignupDetails, password_hash: str) -> None:
    person.full_name = details.contact_name
    person.password = password_hash
    person.status = User.Status.PENDING_EMAIL_VALIDATION
    person.suspended_from = ""
    person.email_validated_at = None
    person.save(
        update_fields=["full_name", "password", "status", "suspended_from", "email_validated_at"]
    )


def _draft_of(person: User) -> ApprovalRequest | None:
    drafts = ApprovalRequest.objects.drafts().of_person(person)
    # The requester's row is locked by now. This lock keeps out whoever tidies up.
    return drafts.select_related("signup").select_for_update(of=("self",)).first()


def _is_sent_twice(
    draft: ApprovalRequest, person: User, details: SignupDetails, password: str
) -> bool:
    """Whether this is a second click on the same form, with nothing changed in between."""
    return _typed(details, person) == {
        name: getattr(draft.signup, name) for name in _typed(details, person)
    } and person.check_password(password)


def _typed(details: SignupDetails, person: User) -> dict[str, object]:
    return {**asdict(details), "email": person.email}


def _file(person: User, draft: ApprovalRequest | None, details: SignupDetails) -> ApprovalRequest:
    """Keep the details in the person's one draft."""
    now = timezone.now()
    action = actions.SIGNED_UP_AGAIN if draft else actions.SIGNED_UP
    request = draft or ApprovalRequest(kind=ApprovalRequest.Kind.SIGNUP, requester=person)
    request.created_at = now
    request.save()
    signup = Signup(request=request, licence_accepted_at=now, **_typed(details, person))
    signup.save(force_insert=draft is None, force_update=draft is not None)
    request.signup = signup
    trail.record(action, subject=request, actor=person, about=[person])
    return request


def _file_for_nobody(details: SignupDetails, password_hash: str) -> None:
    """What a sign-up of somebody new writes, and nothing of it stays: the time that an answer takes
    must not tell known from unknown people."""
    details = replace(details, submission=uuid.uuid4())
    with transaction.atomic():
        nobody = _nobody()
        _take_over(nobody, details, password_hash)
        _file(nobody, None, details)
        purpose = OneTimeLink.Purpose.EMAIL_VALIDATION
        links.find(links.issue(nobody, purpose), purpose)
        transaction.set_rollback(True)


def _mail_link_to_nobody() -> None:
    """The same for a new link."""
    with transaction.atomic():
        nobody = _nobody()
        request = ApprovalRequest(requester=nobody)
        request.signup = Signup(request=request, company=nobody.email)
        _mail_link(nobody, request)
        transaction.set_rollback(True)
    outbox.pretend()


def _nobody() -> User:
    waiting = User.Status.PENDING_EMAIL_VALIDATION
    return User.objects.create(email=f"{uuid.uuid4().hex}@nobody.invalid", status=waiting)


def _mail_link(person: User, request: ApprovalRequest) -> OutgoingMail:
    token = links.issue(person, OneTimeLink.Purpose.EMAIL_VALIDATION)
    link = links.find(token, OneTimeLink.Purpose.EMAIL_VALIDATION)
    return mails.email_validation(request, link, token=token)
