"""The way to the mail server, kept open from one mail to the next.

To connect, encrypt and log in takes longer than to send. So a worker keeps its connection while one
mail follows another. Before each mail it asks whether the server still listens, and after any
trouble it hangs up: a mail never meets what another one left behind.
"""

import smtplib
import threading
import time

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

LONGEST_PAUSE = 20.0  # seconds between two mails; servers hang up after some minutes
_FINE = 250  # RFC 5321: the command was done
MOST_MAILS = 100  # over one connection; some servers take no more


class Post(threading.local):
    """One connection for each thread. Mails go one after the other."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._mails = 0
        self._used_at = 0.0

    def deliver(self, message: EmailMessage) -> None:
        """Send it. Raises what sending over a connection of its own would raise."""
        try:
            message.connection = self._open()
            message.send()
        except BaseException:
            self._drop()
            raise
        self._mails += 1
        self._used_at = time.monotonic()

    def hang_up(self) -> None:
        """Take leave of the server, if there is a connection."""
        kept, self._connection, self._mails = self._connection, None, 0
        if kept:
            kept.close()

    def _open(self) -> BaseEmailBackend:
        if self._mails >= MOST_MAILS:
            self.hang_up()
        if not self._is_usable():
            self._drop()
            # What is opened here stays open: a backend closes only what it has opened by itself.
            self._connection = get_connection()
            self._connection.open()
        assert self._connection is not None  # noqa: S101 - opened just before
        return self._connection

    def _drop(self) -> None:
        """Without a word: whoever is in trouble may never answer."""
        kept, self._connection, self._mails = self._connection, None, 0
        if isinstance(kept, EmailBackend) and kept.connection:
            kept.connection.close()

    def _is_usable(self) -> bool:
        return time.monotonic() - self._used_at < LONGEST_PAUSE and _listens(self._connection)


def _listens(connection: BaseEmailBackend | None) -> bool:
    if not isinstance(connection, EmailBackend) or connection.connection is None:
        return False
    try:
        code, _reply = connection.connection.noop()
    except (smtplib.SMTPException, OSError):
        return False
    return code == _FINE
