"""Gives a test run its PostgreSQL and Valkey, and Django the settings to find them.

The first process decides on addresses, starts the servers when tests are about to run, and hands
the addresses to its parallel workers. With TEST_DATABASE_URL and TEST_REDIS_URL set, those servers
are used instead.
"""

import atexit
import contextlib
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import pytest

from embedded import places
from embedded.instance import throw_away
from embedded.postgres import Postgres
from embedded.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
PLATFORM_HOST = "localhost"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Of Valkey. Two for this process, two for an installation beside it: a cache, that may be emptied
# without losing waiting tasks, and a broker, from which nobody else's worker takes them.
_DATABASES_PER_WORKER = 4

_servers = contextlib.ExitStack()
_places: places.Places | None = None


def choose_addresses() -> None:
    """Decide where the servers will be, unless somebody else decided already."""
    global _places  # noqa: PLW0603 - one test run, one set of servers
    if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL"):
        return
    _places = places.temporary()
    atexit.register(shutil.rmtree, _places.state, ignore_errors=True)
    os.environ["TEST_DATABASE_URL"] = Postgres(_places).url
    os.environ["TEST_REDIS_URL"] = Valkey(_places).cache_url()
    os.environ["TEST_RUN"] = str(os.getpid())


def describe_to_django() -> None:
    """Set what `config.settings` reads.

    Each worker has a database and a part of Valkey to itself.
    """
    database = f"test_{os.environ.get('TEST_RUN', os.getpid())}_{WORKER}"
    static_root = CHECKOUT / ".pytest_cache" / "static"  # WhiteNoise warns when there is none
    static_root.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        PORTAL_MODE="test",
        SECRET_KEY="only-for-tests",
        CREDENTIALS_KEYS="b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtLS0=",
        PLATFORM_HOST=PLATFORM_HOST,
        PUBLIC_SCHEME="http",
        PUBLIC_PORT="0",
        DATABASE_URL=urlunsplit(urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=database)),
        STATIC_ROOT=str(static_root),
        **valkey(),
    )
    for name in ("EMAIL_URL", "INBOX_DIRECTORY"):
        os.environ.pop(name, None)


def valkey(*, beside: bool = False) -> dict[str, str]:
    """Where the cache and the broker of this process are, or those of an installation beside it."""
    redis = urlsplit(os.environ["TEST_REDIS_URL"])
    # "main" tests only where there are no others.
    worker = 0 if WORKER == "main" else int(WORKER.removeprefix("gw"))
    number = _DATABASES_PER_WORKER * worker + (2 if beside else 0)
    return {
        "REDIS_URL": _redis_url(redis.scheme, redis.netloc, redis.path, number),
        "CELERY_BROKER_URL": _broker_url(redis.scheme, redis.netloc, redis.path, number + 1),
    }


def _redis_url(scheme: str, host: str, path: str, number: int) -> str:
    return f"unix://{path}?db={number}" if scheme == "unix" else f"{scheme}://{host}/{number}"


def _broker_url(scheme: str, host: str, path: str, number: int) -> str:
    if scheme == "unix":
        return f"redis+socket://{path}?virtual_host={number}"
    return f"{scheme}://{host}/{number}"


def set_up_django() -> None:
    """Load the settings and trade what only costs time in tests."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - not before the environment is there

    # A parallel worker that inherited this would load the settings before it has chosen its own
    # database.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers, unless tests are only listed."""
    if _places and not session.config.option.collectonly:
        _servers.enter_context(throw_away(_places))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop them."""
    _servers.close()


choose_addresses()
describe_to_django()
set_up_django()
