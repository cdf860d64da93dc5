"""How a mail with a link for one person's eyes is sent again: the app that owns the link issues a
new one.

The portal does not keep such links, so it cannot send the old one. The owning app registers a flow
in its `AppConfig.ready`: `renewals.register("customer_invitation", flows.invite_again)`. The flow
is called inside a transaction as `flow(mail, by=user)`, issues the new link, queues the new mail,
writes its own audit entry and returns the mail; it raises CannotRenewError when that is not allowed
any more.
"""

from typing import Protocol

from audit.trail import Person
from notifications.kinds import kind_named
from notifications.models import OutgoingMail


class CannotRenewError(Exception):
    """The link cannot be issued again. The message is fit to show to a person."""


class Renewal(Protocol):
    """Issues a new link in place of the one that `mail` held."""

    def __call__(self, mail: OutgoingMail, *, by: Person) -> OutgoingMail: ...


_renewals: dict[str, Renewal] = {}


def register(kind: str, renewal: Renewal) -> None:
    """Name the flow that renews the link of this kind of mail."""
    if not kind_named(kind).secret_link:
        raise ValueError(f"{kind} holds no link that could be renewed.")
    if _renewals.setdefault(kind, renewal) is not renewal:
        raise ValueError(f"{kind} has another renewal already.")


def renewal_of(kind: str) -> Renewal | None:
    """The flow that renews the link of this kind of mail, if there is one."""
    return _renewals.get(kind)
