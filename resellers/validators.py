"""What a host, a schema's name, a currency and a time zone may be."""

import re
import zoneinfo
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
RESERVED_SCHEMAS = ["public", "extensions", "information_schema", "reseller_template"]
_HOST_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_HOST_LABEL}(?:\.{_HOST_LABEL})+")
_CURRENCY = re.compile(r"[A-Z]{3}")


def validate_schema_name(name: str) -> None:
    if not _SCHEMA_NAME.fullmatch(name) or name in RESERVED_SCHEMAS or name.startswith("pg_"):
        raise ValidationError(_("This is not a name for a schema."))


def validate_host(host: str) -> None:
    """Lower-case letters, digits and hyphens in labels joined by dots; not the platform's host."""
    if not _HOST.fullmatch(host) or host.rsplit(".", 1)[-1].isdigit():
        raise ValidationError(
            _("Enter a host such as portal.example.com, in lower case and without a port.")
        )
    if host == settings.PLATFORM_HOST.lower():
        raise ValidationError(_("This host belongs to the platform itself."))


def validate_currency(code: str) -> None:
    if not _CURRENCY.fullmatch(code):
        raise ValidationError(_("Enter a currency as three capital letters, for example EUR."))


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones. They are read from some hundred files: once a process."""
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(_("Enter a time zone such as Europe/Berlin."))


def validate_language(code: str) -> None:
    if code not in dict(settings.LANGUAGES):
        raise ValidationError(_("This language is not available."))
