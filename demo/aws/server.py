"""The stand-in's web server: AWS's protocols by POST at `/`, S3's by PUT and DELETE, and the
customer's side at `/stand-in/`.

It listens on this machine only. It is started by nobody in production: `command` refuses.
"""

import json
import socket
import socketserver
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from demo.aws import control, s3, wire
from demo.aws.world import AwsError, World

HOST = "127.0.0.1"
CONTROL = "/stand-in/"
_LARGEST = 1 << 20


class StandIn(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One world, and a thread for each request."""

    daemon_threads = True
    allow_reuse_address = True
    address_family = socket.AF_INET

    def __init__(self, port: int, world: World | None = None) -> None:
        """Listen; port 0 takes a free one."""
        self.world = world or World()
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who did not wait for the answer is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """What AWS_ENDPOINT_URL is set to."""
        return f"http://{HOST}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_POST(self) -> None:
        """Answer AWS's calls and the customer's."""
        sent = self._body()
        if sent is None:
            return
        body = sent.decode()
        world = self.server.world
        if self.path.startswith(CONTROL):
            self._send(_controlled(world, self.path.removeprefix(CONTROL), body))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = wire.answer(world, wire.Request(headers, body))
        time.sleep(world.seconds_to_answer)
        self._send(response)

    def do_PUT(self) -> None:
        """Answer S3."""
        self._answer_s3(s3.PUT)

    def do_DELETE(self) -> None:
        """Answer S3."""
        self._answer_s3(s3.DELETE)

    def _answer_s3(self, method: str) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        outcome = s3.answer(self.server.world, s3.Call(method, self.path, headers, body))
        time.sleep(self.server.world.seconds_to_answer)
        self._send(wire.Response(outcome.status, "application/xml", outcome.body))

    def _body(self) -> bytes | None:
        """What was sent; None where it is too long, which has been answered then."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            self.send_error(413)
            return None
        return self.rfile.read(length)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: `calls` of the world remembers."""

    def _send(self, response: wire.Response) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(port: int = 0, world: World | None = None) -> Iterator[StandIn]:
    """Serve in a thread while the block runs."""
    server = StandIn(port, world)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _controlled(world: World, name: str, body: str) -> wire.Response:
    plain = "text/plain; charset=utf-8"
    if name not in control.WISHES:
        return wire.Response(404, plain, f"The stand-in cannot {name}.")
    try:
        wish = {str(key): str(value) for key, value in json.loads(body or "{}").items()}
        return wire.Response(200, plain, control.fulfil(world, name, wish))
    except AwsError as error:
        return wire.Response(error.status, plain, error.message)
    except (ValueError, KeyError, AttributeError):
        return wire.Response(400, plain, f"The stand-in does not understand what to {name}.")
