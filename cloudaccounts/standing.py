"""What may become of a cloud account: its statuses and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where an account stands. Only linked and suspended ones are billed through us."""

    DRAFT = "draft", _("Being set up")
    REQUESTED = "requested", _("Waiting for approval")
    IN_PROGRESS = "in_progress", _("Being linked")
    LINKED = "linked", _("Linked")
    SUSPENDED = "suspended", _("Suspended")
    UNLINKED = "unlinked", _("Unlinked")
    DISCARDED = "discarded", _("Discarded")


# Who asks again after a refusal starts from "being set up".
ALLOWED: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.REQUESTED, Status.DISCARDED}),
    Status.REQUESTED: frozenset({Status.DRAFT, Status.IN_PROGRESS}),
    Status.IN_PROGRESS: frozenset({Status.LINKED, Status.DRAFT}),
    Status.LINKED: frozenset({Status.SUSPENDED, Status.UNLINKED}),
    Status.SUSPENDED: frozenset({Status.LINKED, Status.UNLINKED}),
    Status.UNLINKED: frozenset(),
    Status.DISCARDED: frozenset(),
}
# As components.statuses draws them.
KINDS = {
    Status.DRAFT: "neutral",
    Status.REQUESTED: "waiting",
    Status.IN_PROGRESS: "waiting",
    Status.LINKED: "success",
    Status.SUSPENDED: "warning",
    Status.UNLINKED: "off",
    Status.DISCARDED: "off",
}
HELD = (Status.LINKED, Status.SUSPENDED)  # through us at this moment
ENDED = (Status.UNLINKED, Status.DISCARDED)  # the account's id is free for somebody else


class Origin(models.TextChoices):
    """How an account came to us."""

    LINKED = "linked", _("Existing account")
    CREATED = "created", _("New account")
