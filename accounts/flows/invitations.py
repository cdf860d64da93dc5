"""Invitations: a one-time link by mail, on which the person sets a password of their own."""

from collections.abc import Iterable
from typing import Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import hooks, links, mails
from accounts.flows import team
from accounts.links import LinkNotUsableError
from accounts.models import OneTimeLink, User
from audit import sentences, trail
from notifications.models import OutgoingMail

INVITED = "user.invited"
ACCEPTED = "user.invitation_accepted"
sentences.describe(
    {
        INVITED: gettext_lazy("invited {subject}"),
        ACCEPTED: gettext_lazy("accepted the invitation"),
    }
)

Kind = Literal["staff_invitation", "customer_invitation"]
Purpose = OneTimeLink.Purpose


class CannotInviteError(Exception):
    """This person cannot be invited now. The message is fit to show."""


class CannotAcceptError(Exception):
    """The invitation is over. The message is fit to show."""


def may_be_invited(user: User) -> bool:
    """Whether there is something to invite to: who can come in already needs no link."""
    return user.is_pending or (user.is_active and not user.has_usable_password())


@transaction.atomic
def invite(
    user: User,
    *,
    by: User | None,
    kind: Kind,
    organization: str,
    about: Iterable[trail.Mentioned] = (),
) -> OutgoingMail:
    """Mail the person a link on which they set a password; earlier links die.

    `organization` is what they are invited to, `about` names further timelines for it.
    Raises CannotInviteError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    _check_may_be_invited(user, by=by)
    token = links.issue(
        user, Purpose.INVITATION, organization=organization, issued_by=by, mail_kind=kind
    )
    about = list(about)
    trail.record(INVITED, subject=user, actor=by, about=about)
    if kind == "staff_invitation":
        return mails.staff_invitation(token, about=about)
    return mails.customer_invitation(token, about=about)


@transaction.atomic
def resend(user: User, *, by: User | None, about: Iterable[trail.Mentioned] = ()) -> OutgoingMail:
    """Invite once more, to the same as the last time. Raises CannotInviteError."""
    _check_may_be_invited(user, by=by)
    last = OneTimeLink.objects.of_person(user, Purpose.INVITATION).order_by("-created_at").first()
    if last is None:
        raise CannotInviteError(_("This person was never invited."))
    kind: Kind = (
        "staff_invitation" if last.mail_kind == "staff_invitation" else "customer_invitation"
    )
    return invite(user, by=by, kind=kind, organization=last.organization, about=about)


@transaction.atomic
def accept(token: str, *, password: str, full_name: str = "") -> User:
    """Spend the link: the person has a password of their own and may come in.

    Raises CannotAcceptError.
    """
    try:
        user = links.use(token, Purpose.INVITATION).user
    except LinkNotUsableError as error:
        raise CannotAcceptError(str(error)) from error
    check_acceptable(user)
    changes = {"status": (user.status, User.Status.ACTIVE)}
    user.status = User.Status.ACTIVE
    user.full_name = full_name or user.full_name
    user.email_validated_at = user.email_validated_at or timezone.now()
    user.set_password(password)
    user.save(update_fields=["status", "full_name", "email_validated_at", "password"])
    user.refresh_from_db(fields=["is_active"])  # derived by the database
    links.revoke(user, Purpose.EMAIL_VALIDATION)
    about = hooks.ties_of(user)
    trail.record(ACCEPTED, subject=user, actor=user, about=about, changes=changes)
    return user


def check_acceptable(user: User) -> None:
    """Refuse a link whose person needs none any more. Raises CannotAcceptError."""
    if user.status == User.Status.SUSPENDED:
        raise CannotAcceptError(_("This account is suspended."))
    if not may_be_invited(user):
        raise CannotAcceptError(_("This account has a password already."))


def _check_may_be_invited(user: User, *, by: User | None) -> None:
    if user.status == User.Status.SUSPENDED:
        raise CannotInviteError(_("This person is suspended. Reactivate them first."))
    if not may_be_invited(user):
        raise CannotInviteError(_("This person is active and has a password: no link is needed."))
    if refusal := team.refusal_to_manage(user, by=by):
        raise CannotInviteError(refusal)
