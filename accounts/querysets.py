"""Ways to ask for staff and for one-time links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, FilteredRelation, Q

from accounts.roles import StaffRole

if TYPE_CHECKING:
    from accounts.models import OneTimeLink, StaffMember, User  # noqa: F401 - named in brackets

LONGEST_SEARCH = 10  # words


class StaffMemberQuerySet(models.QuerySet["StaffMember"]):
    def owners(self) -> StaffMemberQuerySet:
        return self.filter(role=StaffRole.OWNER)

    def active(self) -> StaffMemberQuerySet:
        """Those who can log in."""
        return self.filter(user__status="active")

    def search(self, words: str) -> StaffMemberQuerySet:
        """Those who hold every word in their name or e-mail."""
        found = self
        for word in words.split()[:LONGEST_SEARCH]:
            by_name = Q(user__full_name__icontains=word)
            found = found.filter(by_name | Q(user__email__icontains=word))
        return found

    def with_invitations(self) -> StaffMemberQuerySet:
        """With `invited_until`: when the person's unused invitation ends or ended, or None."""
        unused = Q(
            user__one_time_links__purpose="invitation",
            user__one_time_links__used_at__isnull=True,
            user__one_time_links__revoked_at__isnull=True,
        )
        return self.select_related("user").annotate(
            invitation=FilteredRelation("user__one_time_links", condition=unused),
            invited_until=F("invitation__expires_at"),
        )


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def of_person(self, user: User, purpose: str) -> OneTimeLinkQuerySet:
        return self.filter(user=user, purpose=purpose)

    def live(self) -> OneTimeLinkQuerySet:
        """Neither used nor revoked. They may have expired all the same."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)
