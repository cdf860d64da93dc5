"""The typed reader of everything that comes from outside.

Every setting that an installation may choose is read here, so that nonsense stops the start with a
sentence instead of surfacing later as a strange page.
"""

from enum import StrEnum

from environs import Env, EnvError

env = Env()

MINIMUM_SECRET_LENGTH = 50


class Mode(StrEnum):
    """How much the installation may assume about its surroundings."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


def read_mode() -> Mode:
    """Production unless somebody says otherwise: safe values are the default."""
    mode: Mode = env.enum("PORTAL_MODE", enum=Mode, by_value=True, default=Mode.PRODUCTION)
    return mode


def read_secret_key(mode: Mode) -> str:
    """The key that signs sessions and links. A short one is refused outside of tests."""
    key: str = env.str("SECRET_KEY")
    if mode is not Mode.TEST and len(key) < MINIMUM_SECRET_LENGTH:
        raise EnvError(f"SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters.")
    return key
