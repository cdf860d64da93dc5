"""The typed reader of everything that comes from outside.

Every setting that an installation may choose is read here, so that nonsense stops the start with a
sentence instead of surfacing later as a strange page.
"""

import base64
import os
import re
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from environs import EnvError, FileAwareEnv

from cloudaccounts.providers.aws.ids import require_principal

# SECRET_KEY_FILE names a file that holds SECRET_KEY, and so for every variable: secrets need not
# stand in the environment.
env = FileAwareEnv(strip_whitespace=True)

MINIMUM_SECRET_LENGTH = 50
MINIMUM_TOKEN_LENGTH = 20
# Of whom a second factor can be demanded: the groups of accounts/duties.py.
OBLIGED = {"operators", "staff", "customers"}
_REDIS_PORT = 6379
_CREDENTIALS_KEY_BYTES = 32
# A bucket before the host or in the path, then the object's key.
_S3_OBJECT = re.compile(
    r"https://(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\.s3|s3)(?:[.-][a-z0-9-]+)?\.amazonaws\.com"
    r"/[A-Za-z0-9!_.*'()/%-]+"
)
_SOCKETS = {"unix", "redis+socket"}


class Mode(StrEnum):
    """How much the installation may assume about its surroundings."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    PLAIN = "plain"


def read_mode() -> Mode:
    """Production unless somebody says otherwise: safe values are the default."""
    mode: Mode = env.enum("PORTAL_MODE", enum=Mode, by_value=True, default=Mode.PRODUCTION)
    return mode


def read_log_format(mode: Mode) -> LogFormat:
    """JSON for machines in production, plain lines for people elsewhere."""
    usual = LogFormat.JSON if mode is Mode.PRODUCTION else LogFormat.PLAIN
    chosen: LogFormat = env.enum("LOG_FORMAT", enum=LogFormat, by_value=True, default=usual)
    return chosen


def read_second_factor_for(mode: Mode) -> list[str]:
    """Who must have a second factor: operators and resellers' teams in production, unless told."""
    usual = ["operators", "staff"] if mode is Mode.PRODUCTION else []
    chosen: list[str] = env.list("SECOND_FACTOR_FOR", default=usual)
    if unknown := set(chosen) - OBLIGED:
        raise EnvError(f"SECOND_FACTOR_FOR knows nobody called {', '.join(sorted(unknown))}.")
    return chosen


def read_metrics_token() -> str:
    """What opens /metrics; empty: the page does not exist. A short one is refused."""
    token: str = env.str("METRICS_TOKEN", default="")
    if token and len(token) < MINIMUM_TOKEN_LENGTH:
        raise EnvError(f"METRICS_TOKEN must have at least {MINIMUM_TOKEN_LENGTH} characters.")
    return token


def read_role_template_url() -> str:
    """Where the template of a customer's AWS role lies; empty: there is none.

    CloudFormation's links take templates from S3 only.
    """
    url: str = env.str("AWS_ROLE_TEMPLATE_URL", default="")
    if url and not _S3_OBJECT.fullmatch(url):
        raise EnvError(
            "AWS_ROLE_TEMPLATE_URL must be the https address of an object on S3, such as "
            "https://my-bucket.s3.eu-central-1.amazonaws.com/role.json."
        )
    return url


def read_aws_principal() -> str:
    """Whom customers let into their AWS accounts: the workers' own account, role or user.

    Empty: nobody yet, and roles cannot be set up.
    """
    arn: str = env.str("AWS_PRINCIPAL", default="")
    try:
        return require_principal(arn) if arn else ""
    except ValueError as error:
        raise EnvError(
            "AWS_PRINCIPAL must be the ARN of an account's root, of a role or of a user, such as "
            "arn:aws:iam::123456789012:root."
        ) from error


def read_credentials_keys() -> list[str]:
    """The keys that encrypt credentials at rest, the newest first. A malformed one is refused."""
    keys: list[str] = env.list("CREDENTIALS_KEYS", default=[])
    for key in keys:
        try:
            length = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except ValueError:
            length = 0
        if length != _CREDENTIALS_KEY_BYTES:
            raise EnvError(
                "Each of CREDENTIALS_KEYS must be 32 random bytes in URL-safe base64: python -c "
                "'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
            )
    return keys


def read_aws_endpoints() -> dict[str, str]:
    """Where botocore calls instead of AWS, by the variable that says so."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("AWS_ENDPOINT_URL") and value
    }


def read_secret_key(mode: Mode) -> str:
    """The key that signs sessions and links. A short one is refused outside of tests."""
    key: str = env.str("SECRET_KEY")
    if mode is not Mode.TEST and len(key) < MINIMUM_SECRET_LENGTH:
        raise EnvError(f"SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters.")
    return key


def read_broker_url(redis_url: str) -> str:
    """Where Celery's queues are: CELERY_BROKER_URL, or the database after the cache's.

    Raises EnvError when both are the same one, because clearing the cache would clear the queues.
    """
    given: str = env.str("CELERY_BROKER_URL", default="")
    if not given:
        return _next_database(redis_url)
    if _redis_database(given) == _redis_database(redis_url):
        raise EnvError(
            "REDIS_URL and CELERY_BROKER_URL name the same database: clearing the cache would "
            "clear the queues. Give them different numbers, such as …/0 and …/1."
        )
    return given


def _next_database(redis_url: str) -> str:
    server, number = _redis_database(redis_url)
    if server.startswith("/"):
        return f"redis+socket://{server}?virtual_host={number + 1}"
    parts = urlsplit(redis_url)
    options = [each for each in parse_qsl(parts.query) if each[0] != "db"]
    return urlunsplit(parts._replace(path=f"/{number + 1}", query=urlencode(options)))


def _redis_database(url: str) -> tuple[str, int]:
    """Server and number of a database, in any of the ways to write them."""
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss", "valkey", "valkeys", *_SOCKETS}:
        return url, 0
    options = dict(parse_qsl(parts.query))
    on_socket = parts.scheme in _SOCKETS
    server = parts.path if on_socket else f"{parts.hostname}:{parts.port or _REDIS_PORT}"
    in_path = "" if on_socket else parts.path.strip("/")
    number = options.get("db") or options.get("virtual_host") or in_path
    return server, int(number) if number.isdecimal() else 0
