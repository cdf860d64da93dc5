"""What went wrong at a provider, told so that a person knows what to do next."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Kind(StrEnum):
    """Who can do something about it."""

    LATER = "later"  # nobody: the same call works once some time has passed
    PERSON = "person"  # the customer, the reseller or Cloud Ops
    OURS = "ours"  # whoever runs or writes this product


@dataclass(frozen=True)
class Advice:
    """One line of a provider's table: what an error means and what to do."""

    kind: Kind
    sentence: str | Promise
    next_step: str | Promise


@dataclass(frozen=True)
class Trouble:
    """An error of a provider in words. `code` and `request_id` are what its support asks for.

    `code` is what to store: `Provider.explain` makes the words again, in the reader's language.
    """

    code: str
    kind: Kind
    sentence: str | Promise
    next_step: str | Promise
    request_id: str = ""
    retry_after: dt.timedelta | None = None


class CloudError(Exception):
    """A provider refused, failed, or could not be reached."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep what happened; the text names the code only, never what was sent."""
        super().__init__(trouble.code)
        self.trouble = trouble
