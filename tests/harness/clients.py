"""Test clients that visit one host and leave the caller's schema as it was."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

from accounts.models import User
from resellers import hosts
from resellers.models import Reseller
from resellers.schemas import connection


class HostClient(Client):
    """A browser on one host. Without a reseller it visits the platform's own host."""

    def __init__(self, host: str, reseller: Reseller | None = None) -> None:
        """Visit this host only; its sessions live in the reseller's schema."""
        super().__init__(HTTP_HOST=host)
        self.reseller = reseller
        with self._caller_stays():
            connection.set_schema_to_public()
            hosts.find(host)  # known, as in a process that has served it before

    def request(self, **request: Any) -> Any:
        """Answer a request; the caller goes on in the schema where it was."""
        with self._caller_stays():
            return super().request(**request)

    def force_login(self, user: User, backend: str | None = None) -> None:
        """Log somebody of this host in."""
        with self._at_home():
            super().force_login(user, backend)

    def logout(self) -> None:
        """Forget the session."""
        with self._at_home():
            super().logout()

    @property
    def session(self) -> SessionBase:
        """The session as this host has it."""
        with self._at_home():
            return super().session

    @contextlib.contextmanager
    def _at_home(self) -> Iterator[None]:
        with self._caller_stays():
            if self.reseller:
                connection.set_tenant(self.reseller)
            else:
                connection.set_schema_to_public()
            yield

    @contextlib.contextmanager
    def _caller_stays(self) -> Iterator[None]:
        before = connection.tenant
        try:
            yield
        finally:
            connection.set_tenant(before)
