"""PostgreSQL and Valkey on their own."""

import shutil
import socket
from collections.abc import Iterator

import psycopg2
import pytest
import redis
from dj_database_url import parse

from embedded import places
from embedded.instance import Instance, only_one
from embedded.places import Places

pytestmark = pytest.mark.stack


@pytest.fixture
def somewhere() -> Iterator[Places]:
    where = places.temporary()
    yield where
    shutil.rmtree(where.state, ignore_errors=True)


def run(where: Places, statement: str) -> list[tuple[object, ...]]:
    """Start PostgreSQL, say something as the product would, stop it."""
    instance = Instance(where, hear=lambda _name, _line: None)
    try:
        to = parse(instance.start_postgres(careless=True).url)
        login = psycopg2.connect(host=to["HOST"], user=to["USER"], dbname=to["NAME"])
        with login, login.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        login.close()
        return found
    finally:
        instance.stop()


def test_a_restart_keeps_the_data(somewhere: Places) -> None:
    run(somewhere, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still here')")

    assert run(somewhere, "SELECT word FROM kept") == [("still here",)]


def test_the_products_role_is_no_superuser(somewhere: Places) -> None:
    asked = "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"

    assert run(somewhere, asked) == [("portal", False, True)]


def test_a_lock_that_names_a_stranger_is_no_obstacle(somewhere: Places) -> None:
    run(somewhere, "SELECT 1")
    data = somewhere.state / "postgres" / "data"
    (data / "postmaster.pid").write_text("1\n/somewhere\n")
    (somewhere.sockets / ".s.PGSQL.5432.lock").write_text("1\n/somewhere\n")

    assert run(somewhere, "SELECT 2") == [(2,)]


def test_half_a_data_folder_is_made_again(somewhere: Places) -> None:
    growing = somewhere.server_folder("postgres") / "data.growing"
    growing.mkdir()
    (growing / "PG_VERSION").write_text("18")

    assert run(somewhere, "SELECT 3") == [(3,)]


def test_valkey_answers_on_its_socket_only(somewhere: Places) -> None:
    instance = Instance(somewhere, hear=lambda _name, _line: None)
    try:
        valkey = instance.start_valkey(careless=True)
        client = redis.Redis.from_url(valkey.cache_url(3))
        client.set("word", "kept")

        assert client.get("word") == b"kept"
        assert client.config_get("port") == {"port": "0"}
        client.close()
    finally:
        instance.stop()
    assert not valkey.is_ready()


def test_the_lock_is_held_by_one(somewhere: Places) -> None:
    with only_one(somewhere) as first, only_one(somewhere) as second:
        assert (first, second) == (True, False)
    with only_one(somewhere) as third:
        assert third


def test_addresses_fit_into_a_sockets_name(somewhere: Places) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.bind(str(somewhere.sockets / ".s.PGSQL.5432"))
