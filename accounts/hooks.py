"""What this app cannot know by itself: apps above it fill these in `AppConfig.ready`."""

from collections.abc import Callable

from accounts.models import User

SuspensionGuard = Callable[[User], None]

_suspension_guards: list[SuspensionGuard] = []


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
