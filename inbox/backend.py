"""Where the mails of a demo installation go: into a folder instead of to a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from inbox import store


class InboxBackend(BaseEmailBackend):
    """Django's way to send, ending in `settings.INBOX_DIRECTORY`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep each message as it would have gone out."""
        for message in email_messages:
            store.put(message.message().as_bytes())
        return len(email_messages)
