"""Fresh recovery codes on their way to the one page that shows them.

Only their hashes are stored. Until the browser has followed the redirect to the page, a slip with
the codes lies in its session; then the page holds it, for the download. A slip is encrypted, and
means nothing after ten minutes, to anybody else, or once there are newer codes.
"""

import json

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from accounts import encryption
from accounts.flows import recovery_codes as flows
from accounts.flows.recovery_codes import FreshCodes
from accounts.models import User

LASTS = 600  # seconds
_PURPOSE = "accounts.code_slips"
_WAITING = "recovery_codes"  # in the session


def put(request: HttpRequest, fresh: FreshCodes) -> None:
    """Let the next look at the page show these codes."""
    text = json.dumps({"row": fresh.row.pk, "codes": fresh.codes})
    request.session[_WAITING] = encryption.fernet(_PURPOSE).encrypt(text.encode()).decode()


def take(request: HttpRequest) -> str:
    """The slip that waits in the session, and is gone from there; empty without one."""
    return str(request.session.pop(_WAITING, ""))


def codes_on(slip: str, user: User) -> list[str]:
    """The codes on this person's slip; none where it means nothing (any more)."""
    try:
        text = encryption.fernet(_PURPOSE).decrypt(slip.encode(), ttl=LASTS)
    except InvalidToken:
        return []
    told = json.loads(text)
    present = flows.of_person(user)
    codes: list[str] = told["codes"] if present and present.pk == told["row"] else []
    return codes
