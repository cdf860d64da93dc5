"""The line between a process and the database: it can fall silent, go on, and be cut."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.mail_server import free_port

_MOST_BYTES = 65_536


@dataclass
class Line:
    """Listens on a port of this machine, and passes on to a server's socket what comes."""

    server: Path
    port: int = field(default_factory=free_port)
    _open: threading.Event = field(default_factory=threading.Event)
    _ends: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fall_silent(self) -> None:
        """Pass nothing on. Connections stay, and new ones are taken, but nobody answers."""
        self._open.clear()

    def go_on(self) -> None:
        """Pass on what has waited, too."""
        self._open.set()

    def cut(self) -> None:
        """End every connection, without a word and without what has waited."""
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    @classmethod
    @contextlib.contextmanager
    def laid(cls, server: Path) -> Iterator["Line"]:
        line = cls(server)
        line.go_on()
        with socket.create_server(("127.0.0.1", line.port)) as door:
            threading.Thread(target=line._welcome, args=(door,), daemon=True).start()
            try:
                yield line
            finally:
                line.cut()

    def _welcome(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the door was closed
            while True:
                caller, _address = door.accept()
                called = socket.socket(socket.AF_UNIX)
                with self._lock:
                    self._ends |= {caller, called}
                threading.Thread(target=self._connect, args=(caller, called), daemon=True).start()

    def _connect(self, caller: socket.socket, called: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut, or the server is away
            called.connect(str(self.server))
            threading.Thread(target=self._pass_on, args=(called, caller), daemon=True).start()
            self._pass_on(caller, called)

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := one.recv(_MOST_BYTES):
                self._open.wait()
                other.sendall(words)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
