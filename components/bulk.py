"""What can be done with several rows of a list at once: boxes to tick, and a bar below the rows.

A list gets it by one line, `listing.bulk = Bulk(url, actions)`, and its page loads
portal/selection.js. The page behind `url` is sent by POST, with the list's own parameters in its
address: `what` names the action, `ids` the ticked rows, and `scope` is "matching" where all rows
that the address asks for are meant, on whatever page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

SHOWN = 3  # buttons; further ones stand under "More"

WHAT, IDS, SCOPE = "what", "ids", "scope"  # names in what is sent
MATCHING, SELECTED = "matching", "selected"  # values of the scope


@dataclass(frozen=True)
class BulkAction:
    """A button of the bar. With a `url`, its query included, it leads to another page."""

    key: str
    label: str | Promise
    icon: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bulk:
    """The page that asks whether it is meant so, and what somebody may do there."""

    url: str
    actions: Sequence[BulkAction]

    @property
    def shown(self) -> Sequence[BulkAction]:
        return self.actions if len(self.actions) <= SHOWN else self.actions[:SHOWN]

    @property
    def more(self) -> Sequence[BulkAction]:
        return self.actions[len(self.shown) :]
