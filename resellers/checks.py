"""Combinations of settings that must not be, and data that must not be in production."""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from django_tenants.utils import schema_context

from resellers import encryption, extensions, migrating, pooling
from resellers.models import Reseller
from resellers.schemas import PUBLIC

logger = logging.getLogger(__name__)

LEAST_DIFFERENT_CHARACTERS = 10
NOT_PREPARED = "The database is not prepared for this version. Run `manage.py prepare` first."
BACKEND = "resellers.backend"
CACHE_KEYS = "django_tenants.cache.make_key"


@register(Tags.security)
def check_production(**_kwargs: Any) -> Sequence[CheckMessage]:
    """What only a demo or a test may have."""
    if not settings.IS_PRODUCTION:
        return []
    found = []
    if settings.INBOX_DIRECTORY:
        found.append(
            Error(
                "In production mails are sent, not put into a local inbox.",
                hint="Unset INBOX_DIRECTORY, and name a mail server in EMAIL_URL.",
                id="resellers.E001",
            )
        )
    if settings.PUBLIC_SCHEME != "https":
        found.append(
            Error(
                "In production pages are served over https only.",
                hint="Set PUBLIC_SCHEME to https, or leave it out.",
                id="resellers.E002",
            )
        )
    if any(_is_guessable(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        found.append(
            Error(
                "SECRET_KEY can be guessed.",
                hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(64))'",
                id="resellers.E003",
            )
        )
    if not settings.CREDENTIALS_KEYS:
        found.append(
            Error(
                "Without CREDENTIALS_KEYS no credentials of cloud accounts can be sent.",
                hint="Make one: python -c 'import base64, os; "
                "print(base64.urlsafe_b64encode(os.urandom(32)).decode())'",
                id="resellers.E009",
            )
        )
    return [*found, *_led_astray()]


def _led_astray() -> list[CheckMessage]:
    """Servers to which secrets would be told by a way that is not safe."""
    found: list[CheckMessage] = [
        Error(
            f"What is said to the server of {name} can be read or forged on the way.",
            hint="Use TLS that checks the server's name (docs/operations.md), or name the server "
            "in PRIVATE_HOSTS if nobody else can listen on the way to it.",
            id="resellers.E007",
        )
        for name in encryption.readable_on_the_way()
    ]
    found += [
        Error(
            f"{name} leads what is said to AWS to a server that anybody could play.",
            hint=f"Unset {name}: in production AWS itself is asked.",
            id="resellers.E008",
        )
        for name in encryption.stand_ins_of_aws()
    ]
    return found


@register(Tags.database)
def check_isolation(**_kwargs: Any) -> Sequence[CheckMessage]:
    """What keeps one reseller's world apart from another's."""
    found = []
    if any(each["ENGINE"] != BACKEND for each in settings.DATABASES.values()):
        found.append(
            Error(
                "Another database backend would fall through to the public schema.",
                hint=f"Set ENGINE to {BACKEND}.",
                id="resellers.E004",
            )
        )
    if settings.PG_EXTRA_SEARCH_PATHS != [extensions.SCHEMA]:
        found.append(
            Error(
                "Besides its own schema a reseller sees only that of the extensions.",
                hint=f"Set PG_EXTRA_SEARCH_PATHS to [{extensions.SCHEMA!r}].",
                id="resellers.E005",
            )
        )
    if any(each.get("KEY_FUNCTION") != CACHE_KEYS for each in settings.CACHES.values()):
        found.append(
            Error(
                "What one reseller caches another could read.",
                hint=f"Set KEY_FUNCTION of every cache to {CACHE_KEYS}.",
                id="resellers.E006",
            )
        )
    return found


def refuse_demo_in_production() -> None:
    """Called before the web server and the workers serve anybody.

    Raises ImproperlyConfigured when production has what only a demo may have: demo resellers, whose
    passwords everybody knows, or settings of a demo.
    """
    if not settings.IS_PRODUCTION:
        return
    for message in check_production():
        raise ImproperlyConfigured(f"{message.msg} {message.hint}")
    hosts = _demo_hosts()
    if hosts:
        raise ImproperlyConfigured(
            f"This database holds demo resellers ({', '.join(hosts)}), whose passwords are public. "
            "Use another database for production, or set PORTAL_MODE to demo."
        )


def refuse_pooling_by_transaction() -> None:
    """Called before the web server and the workers serve anybody. Raises ImproperlyConfigured.

    A database that does not answer yet is no reason not to start: /readyz looks again.
    """
    try:
        pooling.refuse_shared_connections()
    except pooling.SharedConnectionsError as error:
        raise ImproperlyConfigured(str(error)) from error
    except OperationalError:
        logger.warning("The database does not answer yet.")


def refuse_older_database() -> None:
    """Called before a worker takes its first task. A web server asks the same at /readyz.

    Raises ImproperlyConfigured when a schema lacks migrations of this code.
    """
    try:
        with schema_context(PUBLIC):
            behind = migrating.behind([PUBLIC, *migrating.reseller_schemas()])
    except ProgrammingError as error:
        raise ImproperlyConfigured(NOT_PREPARED) from error
    if behind:
        raise ImproperlyConfigured(NOT_PREPARED)


def _demo_hosts() -> list[str]:
    demo = Reseller.objects.filter(is_demo=True).order_by("host").values_list("host", flat=True)
    try:
        with schema_context(PUBLIC):
            return list(demo)
    except ProgrammingError as error:
        raise ImproperlyConfigured(NOT_PREPARED) from error


def _is_guessable(key: str) -> bool:
    return len(set(key)) < LEAST_DIFFERENT_CHARACTERS or key.startswith("django-insecure-")
