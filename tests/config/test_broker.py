"""A worker that has messages in hands outlives its broker."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection
from kombu.transport import redis

from config.broker import Transport
from config.celery import app

QUEUE = "tests.broker"


@pytest.fixture
def connection() -> Iterator[Any]:
    with Connection(settings.CELERY_BROKER_URL) as made:
        yield made
    with Connection(settings.CELERY_BROKER_URL) as other:
        other.SimpleQueue(QUEUE).clear()


def take_one(connection: Any) -> Any:
    """A channel with a message in hands."""
    queue = connection.SimpleQueue(QUEUE)
    queue.put({"a": 1})
    assert queue.get(timeout=5).payload == {"a": 1}
    return queue.channel


def forget_the_broker(channel: Any) -> None:
    """What kombu does when the broker has hung up."""
    channel._disconnect_pools()
    channel.connection.client = None


def test_every_connection_is_of_this_kind(connection: Any) -> None:
    assert isinstance(connection.transport, Transport)
    with app.connection_for_write() as other:
        assert isinstance(other.transport, Transport)


def test_a_channel_without_a_broker_closes(connection: Any) -> None:
    channel = take_one(connection)
    forget_the_broker(channel)

    channel.close()

    assert channel.closed


def test_kombu_alone_fails_over_it(connection: Any) -> None:
    """When this no longer holds, config.broker can go."""
    channel = take_one(connection)
    forget_the_broker(channel)

    with pytest.raises(AttributeError):
        redis.QoS.restore_unacked(channel.qos)


def test_otherwise_messages_are_given_back(connection: Any) -> None:
    take_one(connection).close()

    with Connection(settings.CELERY_BROKER_URL) as other:
        message = other.SimpleQueue(QUEUE).get(timeout=5)
        message.ack()
        assert message.payload == {"a": 1}
