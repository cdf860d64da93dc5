"""Credentials at rest: encrypted with keys from the environment, which can be changed.

The first of CREDENTIALS_KEYS encrypts, all of them decrypt (Fernet: AES-128-CBC and HMAC-SHA-256).
They are no part of the database or of a backup of it.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NoKeyError(Exception):
    """The installation has no key: nothing can be encrypted."""


class CannotUnsealError(Exception):
    """None of the keys fits."""


def can_seal() -> bool:
    """Whether the installation has a key."""
    return bool(settings.CREDENTIALS_KEYS)


def seal(text: str) -> bytes:
    """Encrypt with the newest key. Raises NoKeyError."""
    return _keys().encrypt(text.encode())


def unseal(ciphertext: bytes) -> str:
    """Decrypt. Raises CannotUnsealError, or NoKeyError."""
    try:
        return _keys().decrypt(ciphertext).decode()
    except InvalidToken as error:
        raise CannotUnsealError from error


def reseal(ciphertext: bytes) -> bytes:
    """The same under the newest key. Raises CannotUnsealError, or NoKeyError."""
    try:
        return _keys().rotate(ciphertext)
    except InvalidToken as error:
        raise CannotUnsealError from error


def _keys() -> MultiFernet:
    if not can_seal():
        raise NoKeyError
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEYS])
