"""Whether what we say to the database, to Valkey and to the mail server can be read on the way."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

_OWN_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
_SOCKETS = {"unix", "redis+socket"}
_ENCRYPTED = {"rediss", "valkeys", "amqps"}
_SMTP = "django.core.mail.backends.smtp.EmailBackend"


def readable_on_the_way() -> list[str]:
    """The settings whose server is reached over a network without TLS that checks who answers.

    Servers on this machine are left out, and those that PRIVATE_HOSTS names: the installation says
    that nobody else can listen on the way to them.
    """
    return [
        name
        for name, host, is_safe in _connections()
        if not is_safe and host not in {*_OWN_MACHINE, *settings.PRIVATE_HOSTS}
    ]


def stand_ins_of_aws() -> list[str]:
    """The variables that send AWS's calls to this machine, or without TLS."""
    return [
        name
        for name, url in settings.AWS_ENDPOINTS.items()
        if urlsplit(url).scheme != "https" or (urlsplit(url).hostname or "") in _OWN_MACHINE
    ]


def _connections() -> Iterator[tuple[str, str, bool]]:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "")
    is_verified = database.get("OPTIONS", {}).get("sslmode") == "verify-full"
    yield "DATABASE_URL", "" if host.startswith("/") else host, is_verified
    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        yield name, *_of_queue(getattr(settings, name))
    if settings.EMAIL_BACKEND == _SMTP:
        yield "EMAIL_URL", settings.EMAIL_HOST, settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL


def _of_queue(url: str) -> tuple[str, bool]:
    parts = urlsplit(url)
    asks_nobody = dict(parse_qsl(parts.query)).get("ssl_cert_reqs", "").lower().endswith("none")
    host = "" if parts.scheme in _SOCKETS else parts.hostname or ""
    return host, parts.scheme in _ENCRYPTED and not asks_nobody
