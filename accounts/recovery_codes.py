"""Recovery codes, and how they are kept: hashed, in the `data` of allauth's row of such codes.

allauth would derive them from a seed that it keeps encrypted. Here a code is a random word of which
only a hash is stored, by `PASSWORD_HASHERS` and with a salt of its own (OWASP ASVS 5.0, V6.5.2). In
such a row allauth itself sees a set of which no code is left: making, showing and checking are ours
(`MFA_SUPPORTED_TYPES`). Being allauth's, the row goes with the last factor, like every other one.
"""

import re
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password

COUNT = 10  # codes in a set
LENGTH = 10  # characters of a code
# Nothing that looks like something else, and no vowels: no words.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_OLDER_CODE = re.compile("[0-9]{8}")  # as allauth made them
_NOISE = re.compile(r"[\s\-\u2010-\u2015.]+")  # what people and their programs write in between

# The keys of `data`.
SEED = "seed"  # allauth's: codes that are not hashed yet
_HASHES = "hashes"  # of our codes, by the first character, which no two codes of a set share
_OLDER_HASHES = "older_hashes"  # of the codes that allauth made
_NOTHING_FOR_ALLAUTH: dict[str, Any] = {"migrated_codes": []}


def draw() -> list[str]:
    """A new set. The first character tells a code from the others; the rest, 42 bits, is secret."""
    firsts = secrets.SystemRandom().sample(ALPHABET, COUNT)
    return [first + _word(LENGTH - 1) for first in firsts]


def written(code: str) -> str:
    """As people read it: in two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read(typed: str) -> str | None:
    """The code that somebody typed; None where it cannot be one, whoever typed it."""
    code = _NOISE.sub("", typed).lower()
    return code if _CODE.fullmatch(code) or _OLDER_CODE.fullmatch(code) else None


def hashed(codes: list[str]) -> dict[str, Any]:
    """The `data` that keeps these codes. Takes its time: each is hashed like a password."""
    return {_HASHES: {code[0]: make_password(code) for code in codes}, **_NOTHING_FOR_ALLAUTH}


def hashed_older(row: Authenticator) -> dict[str, Any]:
    """The `data` that keeps what is left of the codes that allauth made from a seed.

    Raises InvalidToken where the key that encrypted the seed is not known.
    """
    left = row.wrap().get_unused_codes()
    return {_OLDER_HASHES: [make_password(code) for code in left], **_NOTHING_FOR_ALLAUTH}


def left(data: dict[str, Any]) -> int:
    """How many codes of a set are not used yet. Needs no key."""
    if SEED in data:
        return COUNT - int(data["used_mask"]).bit_count()
    return len(data.get(_HASHES, ())) + len(data.get(_OLDER_HASHES, ()))


def strike_out(data: dict[str, Any], code: str) -> bool:
    """Take the code out of the set; False if it is not in there.

    Costs as much whatever is left of the set: one hash, or ten where allauth made the codes. Where
    there is none to compare with, Django hashes once all the same.
    """
    if _OLDER_HASHES in data:
        kept: list[str] = data[_OLDER_HASHES]
        padding = [""] * (COUNT - len(kept))
        fitting = [each for each in [*kept, *padding] if check_password(code, each)]
        if fitting:
            kept.remove(fitting[0])
        return bool(fitting)
    hashes: dict[str, str] = data.get(_HASHES, {})
    fits = check_password(code, hashes.get(code[0], ""))
    if fits:
        del hashes[code[0]]
    return fits


def _word(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
