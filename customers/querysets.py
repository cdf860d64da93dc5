"""Ways to ask for customers and memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer, Membership


class CustomerQuerySet(models.QuerySet["Customer"]):
    def of_person(self, user: User) -> CustomerQuerySet:
        """The customers that this person belongs to."""
        return self.filter(memberships__user=user)

    def search(self, words: str) -> CustomerQuerySet:
        """Those that hold every word in their name, code, contact, e-mail, phone or website."""
        found = self
        for word in words.lower().split():
            found = found.filter(search_text__contains=word)
        return found


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of_customer(self, customer: Customer) -> MembershipQuerySet:
        return self.filter(customer=customer).select_related("user")

    def active_administrators(self) -> MembershipQuerySet:
        """Administrators who can log in."""
        return self.filter(role="administrator", user__status="active")
