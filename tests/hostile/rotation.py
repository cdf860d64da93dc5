"""Deals out payloads, so that each kind of field meets each class without every pair being fired.

The order is the same in each run: what failed once fails again.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tests.hostile.payloads import Payload

SEED = 20261122

T = TypeVar("T")


class Rotation:
    """Goes round the payloads, for each kind of place by itself."""

    def __init__(self, thrown: Iterable[Payload], *, start: int = 0) -> None:
        """Begin at another payload for each `start`."""
        self._thrown = shuffled(thrown)
        self._start = start * 7  # neighbours would meet nearly the same
        self._dealt: Counter[str] = Counter()

    def for_field(self, kind: str) -> Payload:
        """What this kind of field meets next."""
        while True:
            payload = self._thrown[self.number(kind) % len(self._thrown)]
            if suits(payload, kind):
                return payload

    def one_of(self, values: Sequence[T], place: str) -> T:
        """What is due next of some other list: methods, headers, bent addresses."""
        return values[self.number(place) % len(values)]

    def number(self, place: str) -> int:
        """How often it was this place's turn, moved by the start."""
        self._dealt[place] += 1
        return self._start + self._dealt[place] - 1


def suits(payload: Payload, kind: str) -> bool:
    """Whether this payload means anything there. Elsewhere, quotes of an address are markup."""
    return payload.kind != "mail address" or kind == "email"


def shuffled(thrown: Iterable[Payload]) -> list[Payload]:
    """Neighbours in the lists are alike; here they are not."""
    order = list(thrown)
    random.Random(SEED).shuffle(order)  # noqa: S311 - an order, no secret
    return order
