"""The typed reader of everything that comes from outside.

Every setting that an installation may choose is read here, so that nonsense stops the start with a
sentence instead of surfacing later as a strange page.
"""

from enum import StrEnum

from environs import Env, EnvError

env = Env()

MINIMUM_SECRET_LENGTH = 50
MINIMUM_TOKEN_LENGTH = 20


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


def read_metrics_token() -> str:
    """What opens /metrics; empty: the page does not exist. A short one is refused."""
    token: str = env.str("METRICS_TOKEN", default="")
    if token and len(token) < MINIMUM_TOKEN_LENGTH:
        raise EnvError(f"METRICS_TOKEN must have at least {MINIMUM_TOKEN_LENGTH} characters.")
    return token


def read_secret_key(mode: Mode) -> str:
    """The key that signs sessions and links. A short one is refused outside of tests."""
    key: str = env.str("SECRET_KEY")
    if mode is not Mode.TEST and len(key) < MINIMUM_SECRET_LENGTH:
        raise EnvError(f"SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters.")
    return key
