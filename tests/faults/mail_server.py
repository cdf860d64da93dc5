"""A mail server that misbehaves on request, at any point of a conversation."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes

SECONDS_BETWEEN_DRIPS = 0.1
_GREETING, _END = "CONNECT", "END"
_FINE = {_GREETING: "220 ready", "DATA": "354 go on", "QUIT": "221 bye"}


@dataclass(frozen=True)
class Misdeed:
    """What the server does wrong, and when: `at` is a command, CONNECT, or END of the data.

    `how`: the first digits of a reply ("451 …"), or cut, hang, drip, babble.
    """

    at: str
    how: str

    def __str__(self) -> str:
        return f"{self.how} at {self.at}"


@dataclass(frozen=True)
class Delivery:
    """One mail that the server took. Whether it said so is another matter."""

    recipient: str
    message_id: str


@dataclass
class MailServer:
    """Listens on one port of this machine."""

    port: int
    misdeed: Misdeed | None = None
    only_to: str = ""  # whose mail it misbehaves with; empty: with everybody's
    deliveries: list[Delivery] = field(default_factory=list)
    _released: threading.Event = field(default_factory=threading.Event)
    _listener: "_Listener | None" = None

    def to(self, recipient: str) -> list[str]:
        """The Message-IDs of what arrived for an address."""
        return [each.message_id for each in list(self.deliveries) if each.recipient == recipient]

    def behave(self, misdeed: Misdeed | None = None, *, only_to: str = "") -> None:
        """Misbehave like this from now on: open conversations end, also those that hang."""
        self.misdeed, self.only_to = misdeed, only_to
        self._released.set()
        self._released = threading.Event()

    def open(self) -> None:
        """Listen. `close` and `open` again for a server that refuses connections meanwhile."""
        self._listener = _Listener(("127.0.0.1", self.port), _Conversation)
        self._listener.owner = self
        threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None
        self.behave()

    @classmethod
    @contextlib.contextmanager
    def running(cls, port: int) -> Iterator["MailServer"]:
        server = cls(port)
        server.open()
        try:
            yield server
        finally:
            server.close()


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    owner: MailServer


class _EndsNow(Exception):  # noqa: N818 - the conversation's end, not an error
    """The connection is to be cut."""


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        owner = self.server.owner
        self.planned, self.only_to, self.released = owner.misdeed, owner.only_to, owner._released
        self.recipient = ""
        with contextlib.suppress(_EndsNow, OSError):
            self._converse()

    def _converse(self) -> None:
        self._answer(_GREETING)
        for line in self.rfile:
            if self.released.is_set():
                return  # the server changed its mind: who kept the connection has to knock again
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "RCPT":
                self.recipient = command[command.index("<") + 1 : command.index(">")]
            self._answer("EHLO" if verb == "HELO" else verb)
            if verb == "DATA" and not self._refuses("DATA"):
                self._take()
            if verb == "QUIT":
                return

    @property
    def misdeed(self) -> Misdeed | None:
        """What is done wrong with the mail in hand."""
        return self.planned if self.only_to in ("", self.recipient) else None

    def _take(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        else:
            return  # cut off in the middle: not a mail
        if not self._refuses(_END):
            message_id = str(message_from_bytes(b"".join(lines))["Message-ID"]).strip()
            self.server.owner.deliveries.append(Delivery(self.recipient, message_id))
        self._answer(_END)

    def _refuses(self, at: str) -> bool:
        misdeed = self.misdeed
        return misdeed is not None and misdeed.at == at and misdeed.how[0].isdigit()

    def _answer(self, at: str) -> None:
        fine = _FINE.get(at, "250 fine")
        how = self.misdeed.how if self.misdeed and self.misdeed.at == at else fine
        match how:
            case "cut":
                raise _EndsNow
            case "hang":
                self.released.wait()
                raise _EndsNow
            case "drip":
                self._drip()
            case "babble":
                self._say("I am not a mail server")
            case _:
                self._say(how)

    def _drip(self) -> None:
        """A byte now and then: each keeps a patient reader waiting for the end of the line."""
        while not self.released.wait(SECONDS_BETWEEN_DRIPS):
            self.wfile.write(b"2")
        raise _EndsNow

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
