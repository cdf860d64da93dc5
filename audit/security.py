"""The log of security events: who came in, who was kept out, what was refused.

The trail in the database tells a business what was done with its records. These lines tell those
who watch over the installation who is knocking. They go to the logger `portal.security`, hold ids
and never what was typed, and carry the request's id like every line.
"""

import logging

from django.utils.crypto import salted_hmac

logger = logging.getLogger("portal.security")

# docs/security.md lists when each is noted.
LOGIN = "login"
LOGIN_FAILED = "login.failed"
LOGIN_LOCKED = "login.locked"
LOGOUT = "logout"
PROOF_FAILED = "proof.failed"
REAUTHENTICATED = "reauthenticated"
CREDENTIALS_CHANGED = "credentials.changed"
SESSIONS_ENDED = "sessions.ended"
ACCESS_REFUSED = "access.refused"
REQUEST_REFUSED = "request.refused"
RATE_LIMITED = "rate.limited"

_SETBACKS = frozenset({LOGIN_FAILED, LOGIN_LOCKED, PROOF_FAILED, RATE_LIMITED})


def note(event: str, **fields: object) -> None:
    """Write one event into the log. `fields` hold no secret and nothing that was typed."""
    level = logging.WARNING if event in _SETBACKS else logging.INFO
    logger.log(level, event, extra={"fields": {"event": event, **fields}})


def alias(typed: str) -> str:
    """A name for what was typed, by which attempts are told apart and nobody is recognised.

    People type their password into the wrong box: the text itself is never noted.
    """
    return salted_hmac("audit.security.alias", typed, algorithm="sha256").hexdigest()[:16]
