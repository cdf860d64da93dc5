"""What waits for a person on the console's home page. Each area registers its own cards."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.roles import StaffPermission


@dataclass(frozen=True)
class Card:
    """Something that waits: how much of it, since when, and where to deal with it."""

    title: str | Promise
    number: str
    url: str
    link: str | Promise
    icon: str
    since: dt.datetime | None = None


@dataclass(frozen=True)
class Source:
    """Asks whether something waits; None shows no card."""

    card: Callable[[], Card | None]
    permission: StaffPermission
    position: int = 100


_sources: list[Source] = []


def register(source: Source) -> None:
    """Add a card to the home page; registering the same again changes nothing."""
    if source not in _sources:
        _sources.append(source)
        _sources.sort(key=lambda each: each.position)


def cards(may: Callable[[StaffPermission], bool]) -> list[Card]:
    """What waits for whoever holds these permissions."""
    found = [source.card() for source in _sources if may(source.permission)]
    return [card for card in found if card is not None]
