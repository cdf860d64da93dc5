"""Domains of companies."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])\Z")


def validate(domain: str) -> None:
    """A host name as it is stored: lower case, ASCII (xn--… for others), without a final dot."""
    if not _DOMAIN.match(domain):
        raise ValidationError(_("Enter a domain such as example.com."), code="invalid")


def plain(typed: str) -> str:
    """The domain in what a person typed or pasted: an address, a name with capitals or umlauts.

    Raises ValidationError. Empty stays empty.
    """
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", typed.strip().lower()).split("/", 1)[0]
    host = host.rpartition("@")[2].removesuffix(".").removeprefix("www.")
    if not host:
        return ""
    try:
        host = host.encode("idna").decode()
    except UnicodeError as error:
        raise ValidationError(_("Enter a domain such as example.com."), code="invalid") from error
    validate(host)
    return host
