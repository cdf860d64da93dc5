"""Whose key a backup was made under: named by a fingerprint, proven by a signature.

Both are derived from SECRET_KEY and give nothing of it away.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_LENGTH = 16  # hexadecimal digits: enough to tell keys apart


def ours() -> list[str]:
    """This installation's keys: the present one first, then the earlier ones."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def fingerprints() -> list[str]:
    return [_fingerprint(key) for key in ours()]


def knows(fingerprint: str) -> bool:
    """Whether this installation has the key."""
    return fingerprint in fingerprints()


def signature(content: bytes) -> str:
    """By the present key."""
    return _signature(content, settings.SECRET_KEY)


def is_signed(content: bytes, given: str, fingerprint: str) -> bool:
    """Whether the signature was made by the key of that fingerprint, which must be known here."""
    key = next(each for each in ours() if _fingerprint(each) == fingerprint)
    return constant_time_compare(_signature(content, key), given)


def _fingerprint(key: str) -> str:
    digest = salted_hmac("resellers.backups.fingerprint", "", secret=key, algorithm="sha256")
    return digest.hexdigest()[:_LENGTH]


def _signature(content: bytes, key: str) -> str:
    digest = salted_hmac("resellers.backups.seal", content, secret=key, algorithm="sha256")
    return digest.hexdigest()
