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
    age: dt.timedelta = now - (errand.answered_at or now)
    pause = min(max(age / _PART_OF_AGE, _FRESH[type(errand)]), SLOWEST)
    if isinstance(errand, Invitation) and errand.expires_at and errand.expires_at > now:
        until_the_end: dt.timedelta = errand.expires_at - now
        pause = min(pause, until_the_end + _AFTER_THE_END)
    return now + pause


def after_trouble(trouble: Trouble, attempts: int, now: dt.datetime) -> dt.datetime:
    """Twice as long each time, and not before the provider wants."""
    doubled = _FIRST_PAUSE * (1 << min(attempts, 16))
    return now + max(min(doubled, SLOWEST), trouble.retry_after or dt.timedelta())
