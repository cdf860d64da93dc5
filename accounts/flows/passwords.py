"""A person's own password: forgotten, reset, changed."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import links, mails, tokens
from accounts.models import User
from audit import sentences, trail
from notifications import outbox

CHANGED = "user.password_changed"
sentences.describe({CHANGED: gettext_lazy("changed their password")})


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
def change(user: User, password: str) -> None:
    """Write the person's own new password, and nothing else. Other sessions of theirs end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    trail.record(CHANGED, subject=user, actor=user)


def _mail_link(user: User) -> None:
    link = tokens.reset_url(user)
    mails.password_reset(user, secret_link=link, event=links.fingerprint(link))
