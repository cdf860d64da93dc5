"""The environment in which the product runs under `script/server`.

What the caller's environment already names wins: with `DATABASE_URL` or `REDIS_URL` set, the server
of that kind is the caller's own and none is started here.
"""

import base64
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embedded.places import Places, private_folder
from embedded.postgres import Postgres
from embedded.valkey import Valkey

_KEY_BYTES = 48
_CREDENTIALS_KEY_BYTES = 32
_DEMO = "demo"
# Whoever sets one of these means the real AWS, or a stand-in of their own.
_OF_AWS = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"}
_HOST = "127.0.0.1"
# Of the stand-in's management account: demo/aws/world.py. It opens nothing else.
_AWS_KEY = "AKIADEMO100000000001"
_AWS_PRINCIPAL = "arn:aws:iam::100000000001:root"


@dataclass(frozen=True)
class Wishes:
    """What the caller's environment asks for."""

    own_database: bool
    own_redis: bool
    own_aws: bool

    @classmethod
    def read(cls) -> "Wishes":
        """Read them; an empty variable counts as absent."""
        given = {name for name, value in os.environ.items() if value}
        is_demo = os.environ.get("PORTAL_MODE") in {None, "", _DEMO}
        return cls(
            "DATABASE_URL" in given, "REDIS_URL" in given, bool(_OF_AWS & given) or not is_demo
        )


def of_product(places: Places, *, port: int) -> dict[str, str]:
    """Everything that the web server, the worker and `manage.py` need."""
    valkey = Valkey(places)
    environment = {
        "PORTAL_MODE": _DEMO,
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
        environment["SECRET_KEY"] = _kept(places.state / "secret_key", _new_secret_key)
    if not os.environ.get("CREDENTIALS_KEYS"):
        keys = _kept(places.state / "credentials_key", _new_credentials_key)
        environment["CREDENTIALS_KEYS"] = keys
    if not Wishes.read().own_aws:
        environment |= _of_aws(places.state / "aws_port")
    given = {name: value for name, value in os.environ.items() if value}
    return environment | given


def choose_aws_port(places: Places) -> int:
    """The port of AWS's stand-in: the one it had before, if that is free, else another."""
    path = places.state / "aws_port"
    before = path.read_text().strip() if path.exists() else ""
    for wanted in (int(before) if before.isdecimal() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            break
    path.write_text(str(port))
    return port


def _of_aws(path: Path) -> dict[str, str]:
    """How boto3 finds the stand-in, once a server has chosen its port."""
    if not path.exists():
        return {}
    return {
        "AWS_ENDPOINT_URL": f"http://{_HOST}:{path.read_text().strip()}",
        "AWS_ACCESS_KEY_ID": _AWS_KEY,
        "AWS_SECRET_ACCESS_KEY": _DEMO,
        "AWS_PRINCIPAL": _AWS_PRINCIPAL,
        # Nobody else on this machine is asked for credentials or settings.
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _new_secret_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


def _new_credentials_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_CREDENTIALS_KEY_BYTES)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A key of this instance, made once: sessions and credentials survive a restart."""
    if path.exists() and (key := path.read_text().strip()):
        return key
    key = make()
    growing = path.with_suffix(".growing")
    growing.unlink(missing_ok=True)
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    growing.rename(path)
    return key
