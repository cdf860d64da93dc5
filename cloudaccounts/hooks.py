"""Whoever stands above and must know what became of an account, in the transaction in which it
became so; and whoever has a reason why it must stay where it is.

Filled in `AppConfig.ready`; the flows of this app call `tell` and `obstacle`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import User
from cloudaccounts.models import CloudAccount, Errand


class Event(StrEnum):
    """What happened to an account."""

    # Its status is another one now: linked, back to being set up, unlinked, …
    STATUS_CHANGED = "status_changed"
    # An invitation or a creation was ordered, answered, or ended.
    ERRAND_CHANGED = "errand_changed"
    CREDENTIALS_SENT = "credentials_sent"
    CREDENTIALS_OPENED = "credentials_opened"


@dataclass(frozen=True)
class News:
    """What a follower is told. `account` is locked and as it is now."""

    account: CloudAccount
    event: Event
    errand: Errand | None = None
    note: str = ""


Follower = Callable[[News], object]
Guard = Callable[[CloudAccount], str]
_followers: dict[str, Follower] = {}
_guards: dict[str, Guard] = {}


def register_follower(name: str, function: Follower) -> None:
    """Have `function` told. Raises ValueError when another function has the name."""
    if _followers.setdefault(name, function) is not function:
        raise ValueError(f"Another follower is named {name!r}.")


def tell(news: News) -> None:
    """Tell every follower, in the order of their registration, inside the transaction."""
    for function in _followers.values():
        function(news)


Watcher = Callable[[CloudAccount], Iterable[User]]
_watchers: dict[str, Watcher] = {}


def register_watcher(name: str, function: Watcher) -> None:
    """Have `function` name people who wait for an account, beside its customer's administrators.

    Raises ValueError when another function has the name.
    """
    if _watchers.setdefault(name, function) is not function:
        raise ValueError(f"Another watcher is named {name!r}.")


def watching(account: CloudAccount) -> list[User]:
    """Who waits for this account, each person once."""
    found = (person for function in _watchers.values() for person in function(account))
    return list({person.pk: person for person in found}.values())


def register_guard(name: str, function: Guard) -> None:
    """Have `function` asked before an account changes hands or is given up: why it must not, as a
    sentence; empty where it may. The account is locked.

    Raises ValueError when another function has the name.
    """
    if _guards.setdefault(name, function) is not function:
        raise ValueError(f"Another guard is named {name!r}.")


def obstacle(account: CloudAccount) -> str:
    """The first reason why the account must stay where it is; empty where there is none."""
    return next((found for guard in _guards.values() if (found := guard(account))), "")
