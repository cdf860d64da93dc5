"""When to ask a provider next."""

import datetime as dt

from cloudaccounts.models import Creation, Errand, Invitation
from cloudaccounts.providers.troubles import Trouble

# How often a fresh errand is looked at; an account is made within minutes.
_FRESH: dict[type[Errand], dt.timedelta] = {
    Invitation: dt.timedelta(minutes=1),
    Creation: dt.timedelta(seconds=15),
}
SLOWEST = dt.timedelta(hours=1)
_PART_OF_AGE = 10  # what has waited for an hour is looked at every six minutes
_AFTER_THE_END = dt.timedelta(seconds=30)
_FIRST_PAUSE = dt.timedelta(seconds=30)


def after_answer(errand: Errand, now: dt.datetime) -> dt.datetime:
    """The older the slower, and once more when an invitation has run out."""
    age = now - (errand.answered_at or now)
    due = now + min(max(age / _PART_OF_AGE, _FRESH[type(errand)]), SLOWEST)
    ends_at = errand.expires_at if isinstance(errand, Invitation) else None
    return min(due, ends_at + _AFTER_THE_END) if ends_at and ends_at > now else due


def after_trouble(trouble: Trouble, attempts: int, now: dt.datetime) -> dt.datetime:
    """Twice as long each time, and not before the provider wants."""
    doubled = _FIRST_PAUSE * 2 ** min(attempts, 16)
    return now + max(min(doubled, SLOWEST), trouble.retry_after or dt.timedelta())
