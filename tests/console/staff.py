"""What tests of console pages share."""

from django.test import Client

from accounts.roles import StaffRole
from tests.factories.accounts import StaffMemberFactory

ROLES = list(StaffRole)
# Texts that every form must take or refuse with a sentence, never with an error page.
NASTY = {
    "empty": "",
    "blank": "   \t ",
    "too long": "x" * 10_000,
    "nul": "a\x00b",
    "right to left": "a\u202egnp.exe",
    "4 bytes": "💶💡𝔘",
    "html": "<script>alert(1)</script>\"'>",
    "token": "{{ secret_link }} {% now 'Y' %}",
    "sql": "'; DROP TABLE x; --",
    "line breaks": "a\r\nBcc: x@y.example",
    "lone surrogate": "\\ud800",
    "combining": "Z̷͑a̸l̶g̵o̶",
    "number": "-1e400",
}


def log_in(client: Client, role: str) -> None:
    client.force_login(StaffMemberFactory(role=role).user)
