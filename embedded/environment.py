"""The environment in which the product runs under `script/server`.

What the caller's environment already names wins: with `DATABASE_URL` or `REDIS_URL` set, the server
of that kind is the caller's own and none is started here.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from embedded.places import Places, private_folder
from embedded.postgres import Postgres
from embedded.valkey import Valkey

_KEY_BYTES = 48


@dataclass(frozen=True)
class Wishes:
    """What the caller's environment asks for."""

    own_database: bool
    own_redis: bool

    @classmethod
    def read(cls) -> "Wishes":
        """Read them; an empty variable counts as absent."""
        return cls(bool(os.environ.get("DATABASE_URL")), bool(os.environ.get("REDIS_URL")))


def of_product(places: Places, *, port: int) -> dict[str, str]:
    """Everything that the web server, the worker and `manage.py` need."""
    valkey = Valkey(places)
    environment = {
        "PORTAL_MODE": "demo",
        "PLATFORM_HOST": "localhost",
        "PUBLIC_SCHEME": "http",
        "PUBLIC_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": Postgres(places).url,
        "STATIC_ROOT": str(private_folder(places.state / "static", None)),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if not os.environ.get("REDIS_URL"):
        environment |= {"REDIS_URL": valkey.cache_url(), "CELERY_BROKER_URL": valkey.broker_url()}
    if not os.environ.get("EMAIL_URL"):
        environment["INBOX_DIRECTORY"] = str(private_folder(places.state / "mail", None))
    if not os.environ.get("SECRET_KEY"):
        environment["SECRET_KEY"] = _secret_key(places.state / "secret_key")
    given = {name: value for name, value in os.environ.items() if value}
    return environment | given


def _secret_key(path: Path) -> str:
    """The key of this instance, made once: sessions survive a restart."""
    if path.exists() and (key := path.read_text().strip()):
        return key
    key = secrets.token_urlsafe(_KEY_BYTES)
    growing = path.with_suffix(".growing")
    growing.unlink(missing_ok=True)
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    growing.rename(path)
    return key
