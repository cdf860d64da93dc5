"""What must not be: an inbox that everybody can read, in production."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def no_inbox_in_production(**_context: Any) -> list[CheckMessage]:
    """Refuse to start when real mails would land on an open page."""
    if settings.IS_PRODUCTION and settings.INBOX_DIRECTORY:
        return [
            Error(
                "INBOX_DIRECTORY is set in production: everybody could read all mails.",
                hint="Unset it and set EMAIL_URL.",
                id="inbox.E001",
            )
        ]
    return []
