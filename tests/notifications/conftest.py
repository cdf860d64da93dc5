"""What the tests of mails share."""

from collections.abc import Iterator
from typing import Any

import pytest

from notifications import tasks
from tests.notifications.mail_server import MailServer


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits another one's silent broker."""
    monkeypatch.setattr(tasks, "_pause", tasks.Pause())


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the mails for which a worker was woken; none is sent."""
    calls: list[str] = []
    monkeypatch.setattr(tasks.send_mail, "delay", lambda *, mail_id: calls.append(mail_id))
    monkeypatch.setattr(tasks.send_mails, "delay", lambda *, mail_ids: calls.extend(mail_ids))
    return calls


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server on this machine, and settings that lead to it."""
    with MailServer.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
