"""Second factors that were lost: only an operator takes them away, from a shell."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import notices, sessions
from accounts.models import User
from audit import sentences, trail

REMOVED = "user.factors_removed"
sentences.describe({REMOVED: gettext_lazy("removed the second factor of {subject}")})


@transaction.atomic
def remove_lost(user: User) -> int:
    """Take every factor away: the password alone lets the person in again, and they hear of it.

    Whoever asks for it has proved who they are to the operator. Returns how many were removed.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    removed: int
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        sessions.end_all_of(user)
        trail.record(REMOVED, subject=user, actor=None)
        notices.tell(user, notices.FACTORS_REMOVED)
    return removed
