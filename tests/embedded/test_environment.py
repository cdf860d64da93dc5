"""What the product is told about AWS when it runs under `script/server`."""

import socket
from pathlib import Path

import pytest

from demo.aws.world import MANAGEMENT, access_key_of
from embedded import environment, places
from embedded.places import Places


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An instance of nobody's, in a shell that knows nothing of AWS."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "PORTAL_MODE"):
        monkeypatch.delenv(name, raising=False)
    state, sockets = tmp_path / "state", tmp_path / "sockets"
    state.mkdir()
    sockets.mkdir()
    return places.Places(state, sockets, None, None)


def test_a_demo_reaches_its_own_stand_in(where: Places) -> None:
    port = environment.choose_aws_port(where)

    told = environment.of_product(where, port=8000)

    assert told["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{port}"
    assert told["AWS_ACCESS_KEY_ID"] == access_key_of(MANAGEMENT)
    assert told["AWS_PRINCIPAL"] == f"arn:aws:iam::{MANAGEMENT}:root"


def test_before_a_server_has_run_there_is_none(where: Places) -> None:
    assert "AWS_ENDPOINT_URL" not in environment.of_product(where, port=8000)


def test_the_port_stays_unless_somebody_took_it(where: Places) -> None:
    port = environment.choose_aws_port(where)
    assert environment.choose_aws_port(where) == port

    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        other = environment.choose_aws_port(where)

    assert other != port
    told = environment.of_product(where, port=8000)
    assert told["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{other}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000"),
        ("AWS_ACCESS_KEY_ID", "of-the-caller"),
        ("AWS_PROFILE", "of-the-caller"),
        ("PORTAL_MODE", "production"),
    ],
)
def test_whoever_brings_their_own_aws_gets_no_stand_in(
    where: Places, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.choose_aws_port(where)
    monkeypatch.setenv(name, value)

    told = environment.of_product(where, port=8000)

    assert environment.Wishes.read().own_aws
    assert told[name] == value
    assert told.get("AWS_SECRET_ACCESS_KEY") != "demo"
