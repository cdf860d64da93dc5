"""What this app cannot know by itself: apps above it fill these in `AppConfig.ready`."""

from collections.abc import Callable, Iterable

from accounts.models import User
from audit.trail import Mentioned

SuspensionGuard = Callable[[User], None]
TieFinder = Callable[[User], Iterable[Mentioned]]

_suspension_guards: list[SuspensionGuard] = []
_tie_finders: list[TieFinder] = []


def register_suspension_guard(guard: SuspensionGuard) -> None:
    """Ask `guard` first whenever a person is to be suspended.

    It runs inside the transaction, before the person's row is locked, so it may lock parents of
    the person (customers). It refuses by raising `accounts.flows.people.CannotSuspendError`.
    """
    if guard not in _suspension_guards:
        _suspension_guards.append(guard)


def ask_suspension_guards(user: User) -> None:
    """Let every registered guard lock what it must and refuse what it must."""
    for guard in _suspension_guards:
        guard(user)


def register_ties(finder: TieFinder) -> None:
    """Say what a person belongs to: what happens to the person stands on those timelines, too."""
    if finder not in _tie_finders:
        _tie_finders.append(finder)


def ties_of(user: User) -> list[Mentioned]:
    """Everything that the person belongs to."""
    return [record for finder in _tie_finders for record in finder(user)]
