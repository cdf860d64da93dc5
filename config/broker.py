"""The broker's client, for workers that outlive the broker.

When a channel closes, kombu gives back the messages that the worker has in hands. When it closes
because the broker is gone, the channel has forgotten where the broker was: kombu 5.7 fails over
that with an AttributeError, for which Celery ends the worker. Here nothing is given back then: the
broker hands the messages out again when their time is over, and the sweeps find the work before.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class QoS(redis.QoS):
    """The messages that a worker has in hands."""

    def restore_unacked(self, client: Any = None) -> None:
        """Give them back, if there is somebody to give them to."""
        connection = self.channel.connection
        if connection is None or connection.client is None:
            if self._delivered:
                self._delivered.clear()
        else:
            super().restore_unacked(client)


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel


def install() -> None:
    """Have every connection to Redis or Valkey made by this transport."""
    ours = f"{__name__}:{Transport.__name__}"
    TRANSPORT_ALIASES.update(redis=ours, rediss=ours)
