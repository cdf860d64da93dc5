"""A mail server for tests: it speaks enough SMTP for smtplib and refuses what it is told to
refuse."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Delivery:
    """One mail as the server took it."""

    sender: str
    recipient: str
    message: EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """Answers each command with "fine", or with what `answers` says."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers: dict[str, str] = {}
        self.deliveries: list[Delivery] = []
        self.connections = 0
        self.ended = 0  # by the client, in good order
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def hang_up(self) -> None:
        """End all conversations without a word."""
        while self._open:
            with contextlib.suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def begin(self, connection: socket.socket) -> None:
        self.connections += 1
        self._open.append(connection)

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator["MailServer"]:
        with cls() as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.begin(self.connection)
        self._say("220 ready")
        sender = recipient = ""
        for line in self.rfile:
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "MAIL":
                sender = command
            if verb == "RCPT":
                recipient = command
            answer = self.server.answers.get(verb, "354 go on" if verb == "DATA" else "250 fine")
            self._say(answer)
            if verb == "DATA" and answer.startswith("354"):
                self._take(sender, recipient)
            if verb == "QUIT":
                self.server.ended += 1
                return

    def _take(self, sender: str, recipient: str) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        answer = self.server.answers.get("END", "250 taken")
        if answer.startswith("250"):
            message = message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default)
            self.server.deliveries.append(Delivery(_address(sender), _address(recipient), message))
        self._say(answer)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def _address(command: str) -> str:
    return command[command.index("<") + 1 : command.index(">")]
