"""Sessions that end in time, and that their person can see and end from elsewhere.

Django's store of sessions in the database, with a row that says whose it is. A session ends an hour
after the last page, a day after the log-in, with the log-out, with a new password, or when somebody
ends it (docs/security.md says why). The row is the session: without it, nobody is let in.
"""

import datetime as dt
import ipaddress
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import browsers
from accounts.models import Session, User

# How exactly it is known when a browser was last seen: each note is one more write.
SEEN_EVERY = dt.timedelta(minutes=5)
_ABOUT = "about"  # in the session: when it began and was seen, of whom and from where


class SessionStore(db.SessionStore):
    """What `SESSION_ENGINE` names this module for."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now, person = timezone.now(), data.get(SESSION_KEY)
        about = data.get(_ABOUT)
        if about is None or about["person"] != person:
            about = data[_ABOUT] = _beginning(person)
        about["seen"] = now.isoformat()
        began = dt.datetime.fromisoformat(about["began"])
        row = super().create_model_instance(data)
        assert isinstance(row, Session)  # noqa: S101 - see get_model_class
        row.user_id = person
        row.began_at, row.seen_at = began, now
        row.address, row.browser = about["address"] or None, about["browser"]
        row.expire_date = min(now + settings.SESSION_IDLE, began + settings.SESSION_LIFETIME)
        return row

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as in Django
        """Raises UpdateError when the session was ended meanwhile.

        Django says so of a database that is away, too: then its own error is raised, which is
        answered with a page that says to try again.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise


def begin(request: HttpRequest) -> None:
    """Somebody has just logged in: the day begins."""
    request.session[_ABOUT] = _beginning(
        request.session[SESSION_KEY],
        address=address_of(request),
        browser=browsers.name_of(request.headers.get("User-Agent", "")),
    )


def is_due(session: SessionBase) -> bool:
    """Whether it is time to note that the browser was seen, and to look at its person anew."""
    about = session.get(_ABOUT)
    return about is not None and _is_past(about["seen"], SEEN_EVERY)


def touch(session: SessionBase) -> None:
    """Somebody was here: the hour begins anew."""
    if is_due(session):
        session.modified = True


def of_person(user: User) -> QuerySet[Session]:
    """The sessions that are not over, the latest first."""
    lasting = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return lasting.order_by("-seen_at", "-began_at")


def end_all_of(user: User, *, but: str | None = None) -> int:
    """Log a person out everywhere, or everywhere but in the session with this key.

    Returns how many sessions ended.
    """
    ended, _by_model = Session.objects.filter(user=user).exclude(session_key=but or "").delete()
    return ended


def forget_expired() -> int:
    """Delete what is over. Returns how many."""
    deleted, _by_model = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return deleted


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as far as our own proxies tell; empty where none is known."""
    try:
        given = str(get_adapter(request).get_client_ip(request))
        return str(ipaddress.ip_address(given.partition("%")[0]))
    except (PermissionDenied, ImproperlyConfigured, ValueError):
        return ""


def _beginning(person: str | None, *, address: str = "", browser: str = "") -> dict[str, Any]:
    now = timezone.now().isoformat()
    return {"person": person, "began": now, "seen": now, "address": address, "browser": browser}


def _is_past(moment: str, age: dt.timedelta) -> bool:
    return timezone.now() - dt.datetime.fromisoformat(moment) >= age
