"""What can be read again by this installation alone: encrypted under keys made of `SECRET_KEY`."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def fernet(purpose: str) -> MultiFernet:
    """Encrypts with SECRET_KEY; reads what older keys encrypted, too.

    What was encrypted for one purpose cannot be read for another.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(purpose, key)) for key in keys])


def _derived(purpose: str, key: str) -> bytes:
    digest = salted_hmac(purpose, "", secret=key, algorithm="sha256")
    return base64.urlsafe_b64encode(digest.digest())
