"""The supervisor, with all its real processes, around a stand-in product."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.stand_in import StandIn

pytestmark = pytest.mark.stack


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    product = StandIn(tmp_path / "my portal")
    yield product
    product.clean_up()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One that runs, for tests that only look."""
    product = StandIn(tmp_path_factory.mktemp("stand in") / "portal")
    product.start_and_wait()
    yield product
    product.clean_up()


def test_starts_everything_and_leaves_nothing_after_sigterm(stand_in: StandIn) -> None:
    server = stand_in.start_and_wait()

    assert stand_in.get("/") == "here"
    commands = ["prepare", "load_demo", "collectstatic", "demo_logins", "demo_aws"]
    assert stand_in.commands() == commands
    assert len(stand_in.processes()) > 5

    server.send_signal(signal.SIGTERM)
    server.communicate()

    assert server.returncode == 0
    assert stand_in.processes() == []


def test_names_the_addresses_in_its_one_ready_line(running: StandIn) -> None:
    port = running.port

    assert running.heard[1:] == [
        f"North  http://north.localhost:{port}/  owner@north.example\n",
        f"ready    http://localhost:{port}  http://north.localhost:{port}\n",
    ]


def test_a_second_one_is_refused_and_the_first_goes_on(running: StandIn) -> None:
    second = running.start("--fresh")

    assert "already running" in second.communicate()[0]
    assert second.returncode == 1
    assert running.get("/") == "here"


def test_a_taken_port_is_named_before_anything_starts(stand_in: StandIn) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", stand_in.port))
        squatter.listen()
        server = stand_in.start()
        said = server.communicate()[0]

    assert server.returncode == 1
    assert f"Port {stand_in.port} is taken" in said
    assert "--port" in said


def test_the_next_start_works_after_everything_was_killed(stand_in: StandIn) -> None:
    server = stand_in.start_and_wait()
    secret = (stand_in.places.state / "secret_key").read_text()
    for pid in [server.pid, *stand_in.processes()]:
        with contextlib.suppress(ProcessLookupError):  # PostgreSQL's helpers end with it
            os.kill(pid, signal.SIGKILL)
    server.communicate()

    stand_in.start_and_wait()

    assert stand_in.get("/") == "here"
    assert (stand_in.places.state / "secret_key").read_text() == secret
    assert stand_in.commands().count("collectstatic") == 1


def test_nothing_outlives_a_killed_supervisor(stand_in: StandIn) -> None:
    server = stand_in.start_and_wait()
    server.kill()
    server.wait()

    assert stand_in.wait_until_gone() == []


def test_fresh_starts_over(stand_in: StandIn) -> None:
    server = stand_in.start_and_wait()
    secret = (stand_in.places.state / "secret_key").read_text()
    server.send_signal(signal.SIGINT)
    server.communicate()

    stand_in.start_and_wait("--fresh")

    assert (stand_in.places.state / "secret_key").read_text() != secret
    assert stand_in.commands().count("collectstatic") == 2


def test_stops_everything_when_the_database_cannot_be_prepared(stand_in: StandIn) -> None:
    server = stand_in.start(STAND_IN_FAILS_AT="prepare")
    said = server.communicate()[0]

    assert server.returncode == 1
    assert "It does not want to." in said
    assert "manage.py prepare failed" in said
    assert stand_in.processes() == []


def test_stops_everything_when_one_part_dies(stand_in: StandIn) -> None:
    server = stand_in.start_and_wait()
    record = stand_in.places.state / "processes" / "valkey.process"
    os.kill(int(record.read_text().split()[0]), signal.SIGKILL)
    said = server.communicate()[0]

    assert server.returncode == 1
    assert "valkey ended by itself" in said
    assert stand_in.processes() == []
