"""Making users from contacts, looked at beforehand: what would become of each contact."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.flows import invitations
from accounts.models import User
from customers.models import Contact, Customer, Membership
from customers.roles import CustomerRole


class Outcome(models.TextChoices):
    """What becomes, or became, of one contact."""

    WAITING = "waiting", gettext_lazy("Not done yet")
    INVITED = "invited", gettext_lazy("Invited")
    JOINED = "joined", gettext_lazy("Joined with their own account")
    SKIPPED = "skipped", gettext_lazy("Skipped")
    FAILED = "failed", gettext_lazy("Not possible")


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One contact of a run. Keeps words and keys, so that it can be read when the rest is gone."""

    contact_id: str
    name: str
    email: str
    role: str
    outcome: str
    reason: str = ""
    user_id: str = ""

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "AccountRow":
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    def became(self, outcome: str, *, reason: str = "", user_id: object = "") -> "AccountRow":
        return replace(self, outcome=outcome, reason=reason, user_id=str(user_id))

    def get_outcome_display(self) -> str:
        return str(Outcome(self.outcome).label)

    def get_role_display(self) -> str:
        return str(CustomerRole(self.role).label)


def plan(customer: Customer, contacts: Iterable[Contact]) -> list[AccountRow]:
    """What would become of each contact, in the order of the work: administrators first.

    The first person of a customer becomes its administrator, whatever the contact says.
    """
    ordered = sorted(
        contacts,
        key=lambda each: (each.user_type != CustomerRole.ADMINISTRATOR, not each.is_primary),
    )
    found = User.objects.filter(email__in=[each.email for each in ordered])
    users = {user.email: user for user in found}
    members = Membership.objects.filter(customer=customer)
    member_ids = set(members.filter(user__in=users.values()).values_list("user_id", flat=True))
    lacks_people = not members.exists()
    rows = []
    for contact in ordered:
        user = users.get(contact.email)
        row = fate(contact, user, belongs=user is not None and user.pk in member_ids)
        if lacks_people and row.outcome != Outcome.SKIPPED:
            row, lacks_people = replace(row, role=str(CustomerRole.ADMINISTRATOR)), False
        rows.append(row)
    return rows


def fate(contact: Contact, user: User | None, *, belongs: bool) -> AccountRow:
    """What would become of this contact, whose e-mail is that of `user`."""
    row = AccountRow(
        contact_id=str(contact.pk),
        name=contact.full_name,
        email=contact.email,
        role=contact.user_type,
        outcome=Outcome.INVITED,
    )
    if user is None:
        return row
    if belongs:
        reason = _("Belongs to this customer already.")
        return row.became(Outcome.SKIPPED, reason=reason, user_id=user.pk)
    if user.status == User.Status.SUSPENDED:
        return row.became(Outcome.SKIPPED, reason=_("Somebody with this e-mail is suspended."))
    if invitations.may_be_invited(user):
        return row
    return row.became(Outcome.JOINED)


def keys_of(rows: Iterable[AccountRow]) -> set[uuid.UUID]:
    """The contacts of these rows."""
    return {uuid.UUID(row.contact_id) for row in rows}
