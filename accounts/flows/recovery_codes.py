"""Making recovery codes, and using one."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import QuerySet

from accounts import notices, recovery_codes
from accounts.models import User

AT_ONCE = 30  # people whose codes are hashed in one go: a minute or two


@dataclass(frozen=True)
class FreshCodes:
    """What was just made. Nobody can read the codes again once this is gone."""

    row: Authenticator
    codes: list[str]


def of_person(user: User) -> Authenticator | None:
    """The row that keeps somebody's codes; None where they have none."""
    return _rows_of(user).first()


def make(user: User) -> FreshCodes:
    """A new set; the one before stops working, and the person is told by mail."""
    codes = recovery_codes.draw()
    data = recovery_codes.hashed(codes)  # before the lock: it takes its time
    with transaction.atomic():
        _lock(user)
        _rows_of(user).delete()
        row = _store(user, data)
        notices.tell(user, notices.RECOVERY_CODES_MADE)
    return FreshCodes(row, codes)


@transaction.atomic
def make_first(user: User) -> FreshCodes | None:
    """A set for somebody who has just turned on a factor; None where they have one already.

    Of the factor itself they hear by mail.
    """
    _lock(user)
    if _rows_of(user).exists():
        return None
    codes = recovery_codes.draw()
    return FreshCodes(_store(user, recovery_codes.hashed(codes)), codes)


@transaction.atomic
def use(user: User, code: str) -> Authenticator | None:
    """Spend a code that `recovery_codes.read` understood. None: it is wrong, or was used.

    Of two with the same code the second waits for the first, and comes too late.
    """
    row = _rows_of(user).select_for_update().first()
    data = row.data if row and _is_hashed(row) else {}  # nothing to compare with takes as long
    if not recovery_codes.strike_out(data, code):
        return None
    assert row is not None  # noqa: S101 - nothing is struck out of nothing
    row.save(update_fields=["data"])
    return row


def hash_older(at_most: int = AT_ONCE) -> int:
    """Hash the codes that were made before there were hashes; they go on working.

    What an unknown SECRET_KEY encrypted is left as it is. Returns how many people's are hashed.
    """
    waiting = _rows().filter(data__has_key=recovery_codes.SEED).order_by("pk")
    done = 0
    for key in waiting.values_list("pk", flat=True).iterator():
        done += _hash_one(key)
        if done == at_most:
            break
    return done


@transaction.atomic
def _hash_one(key: int) -> bool:
    row = _rows().select_for_update().filter(pk=key).first()
    return row is not None and recovery_codes.SEED in row.data and _is_hashed(row)


def _is_hashed(row: Authenticator) -> bool:
    """Hash the codes of a locked row, where they are not yet. False: nobody can read them."""
    if recovery_codes.SEED in row.data:
        try:
            row.data = recovery_codes.hashed_older(row)
        except InvalidToken:
            return False
        row.save(update_fields=["data"])
    return True


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _store(user: User, data: dict[str, Any]) -> Authenticator:
    kind = Authenticator.Type.RECOVERY_CODES
    row: Authenticator = Authenticator.objects.create(user=user, type=kind, data=data)
    return row


def _rows() -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return found


def _rows_of(user: User) -> QuerySet[Authenticator]:
    return _rows().filter(user=user)
