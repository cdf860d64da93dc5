"""What an approver should know before a decision about an account: findings that block or warn.

An area adds its own with `register`; the flows refuse to approve while one of them blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from approvals.models import AccountRequest, ApprovalRequest

ALL = frozenset({ApprovalRequest.Kind.LINK, ApprovalRequest.Kind.NEW_ACCOUNT})


class Level(StrEnum):
    """How much a finding weighs."""

    BLOCK = "block"
    WARN = "warn"
    OK = "ok"


@dataclass(frozen=True)
class Finding:
    """What a check found, in a sentence."""

    level: Level
    sentence: str | Promise


@dataclass(frozen=True)
class Check:
    """One question about a request. Its function returns None where there is nothing to say.

    The request comes with its account and the account's customer.
    """

    name: str
    label: str | Promise
    function: Callable[[AccountRequest], Finding | None]
    kinds: frozenset[str] = ALL
    position: int = 100


@dataclass(frozen=True)
class Answer:
    """A check with what it found."""

    check: Check
    finding: Finding

    @property
    def blocks(self) -> bool:
        return self.finding.level == Level.BLOCK


_checks: dict[str, Check] = {}


def register(check: Check) -> None:
    """Add a check. Raises ValueError when another one has its name."""
    if _checks.setdefault(check.name, check) is not check:
        raise ValueError(f"Another check is named {check.name!r}.")


def answers(asked: AccountRequest) -> list[Answer]:
    """What the checks of this kind of request find now, in their order."""
    kind = asked.request.kind
    found = []
    for check in sorted(_checks.values(), key=lambda each: (each.position, each.name)):
        finding = check.function(asked) if kind in check.kinds else None
        if finding:
            found.append(Answer(check, finding))
    return found


def obstacles(asked: AccountRequest) -> list[str]:
    """The sentences of those that block."""
    return [str(each.finding.sentence) for each in answers(asked) if each.blocks]
