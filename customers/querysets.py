"""Ways to ask for customers and memberships."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F, FilteredRelation, OuterRef, Q, Subquery

from customers.roles import CustomerRole
from customers.search import holds
from formats import phones

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer, Membership

LONGEST_SEARCH = 10  # words


class CustomerQuerySet(models.QuerySet["Customer"]):
    def of_person(self, user: User) -> CustomerQuerySet:
        """The customers that this person belongs to."""
        return self.filter(memberships__user=user)

    def listed(self) -> CustomerQuerySet:
        """Those the reseller does business with: archived ones are out of sight."""
        return self.exclude(status="archived")

    def archived(self) -> CustomerQuerySet:
        return self.filter(status="archived")

    def suspended(self) -> CustomerQuerySet:
        return self.filter(status="suspended")

    def in_country(self, code: str) -> CustomerQuerySet:
        return self.filter(country=code)

    def search(self, words: str) -> CustomerQuerySet:
        """Those that hold every word in their name, code, contact, e-mail, phone or website.

        See `customers.search` for words of one or two letters. A phone number is found however it
        is typed.
        """
        found = Q()
        for word in words.lower().split()[:LONGEST_SEARCH]:
            found &= holds("search_text", word)
        if digits := phones.searched(words):
            found |= Q(search_text__contains=digits)
        return self.filter(found)

    def with_people_count(self) -> CustomerQuerySet:
        """Adds `people_count`, counted for the rows of the page alone."""
        same = self.model._default_manager.filter(pk=OuterRef("pk")).order_by()  # noqa: SLF001
        counted = same.annotate(number=Count("memberships")).values("number")
        return self.annotate(people_count=Subquery(counted))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of_customer(self, customer: Customer) -> MembershipQuerySet:
        return self.filter(customer=customer).select_related("user")

    def of_person(self, user: User) -> MembershipQuerySet:
        return self.filter(user=user).select_related("customer")

    def administrators(self) -> MembershipQuerySet:
        return self.filter(role=CustomerRole.ADMINISTRATOR)

    def active_administrators(self) -> MembershipQuerySet:
        """Administrators who can log in."""
        return self.administrators().filter(user__status="active")

    def besides(self, membership: Membership) -> MembershipQuerySet:
        """Everybody else of the same customer."""
        others = self.filter(customer_id=membership.customer_id)
        return others.exclude(pk=membership.pk)

    def with_invitations(self) -> MembershipQuerySet:
        """Adds `invited_until`: when the person's live invitation ends, or None."""
        live = FilteredRelation(
            "user__one_time_links",
            condition=Q(
                user__one_time_links__purpose="invitation",
                user__one_time_links__used_at__isnull=True,
                user__one_time_links__revoked_at__isnull=True,
            ),
        )
        return self.annotate(invitation=live).annotate(invited_until=F("invitation__expires_at"))

    def invited(self) -> MembershipQuerySet:
        """Those whose invitation was neither accepted nor replaced, be it over or not."""
        everybody = self.with_invitations()
        invited = everybody.filter(invited_until__isnull=False)  # type: ignore[misc]
        return invited.select_related("user", "customer")

    def customer_ids(self) -> list[uuid.UUID]:
        """In the order in which they are locked."""
        return list(self.order_by("customer_id").values_list("customer_id", flat=True))
