"""A person's own password: forgotten, reset, changed."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import hooks, links, mails, sessions, tokens
from accounts.flows import team
from accounts.models import User
from audit import sentences, trail
from notifications import outbox
from notifications.models import OutgoingMail

CHANGED = "user.password_changed"
RESET_OFFERED = "user.password_reset_offered"
sentences.describe(
    {
        CHANGED: gettext_lazy("changed their password"),
        RESET_OFFERED: gettext_lazy("sent {subject} a link for a new password"),
    }
)


class CannotSendResetError(Exception):
    """This person gets no link for a new password now. The message is fit to show."""


@transaction.atomic
def request_reset(email: str) -> None:
    """Mail a link to the active person of this e-mail; nothing to anybody else.

    Does the same work in both cases, so that waiting tells nobody whether the e-mail is known.
    """
    email = User.objects.normalize_email(email)
    user = User.objects.filter(email=email, status=User.Status.ACTIVE).first()
    if user is not None:
        _mail_link(user)
        return
    with transaction.atomic():
        nobody = User(email=email, password=make_password(None))
        _mail_link(nobody)
        transaction.set_rollback(True)
    outbox.pretend()


@transaction.atomic
def send_reset(user: User, *, by: User) -> OutgoingMail:
    """Mail an active person a link for a new password. The old one works until they use it.

    Raises CannotSendResetError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise CannotSendResetError(_("Only somebody who is active can choose a new password."))
    if refusal := team.refusal_to_manage(user, by=by):
        raise CannotSendResetError(refusal)
    sent = OutgoingMail.objects.filter(kind="password_reset_offer", recipient_email=user.email)
    if sent.on_its_way().exists():
        raise CannotSendResetError(_("A mail with such a link is on its way already."))
    about = hooks.ties_of(user)
    trail.record(RESET_OFFERED, subject=user, actor=by, about=about)
    return mails.password_reset_offer(user, secret_link=tokens.reset_url(user), by=by, about=about)


@transaction.atomic
def change(user: User, password: str) -> None:
    """Write the person's own new password, and nothing else.

    Their sessions end; the one in which this happens goes on under another key.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all_of(user)
    trail.record(CHANGED, subject=user, actor=user)


def _mail_link(user: User) -> None:
    link = tokens.reset_url(user)
    mails.password_reset(user, secret_link=link, event=links.fingerprint(link))
