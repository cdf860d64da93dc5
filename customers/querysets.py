"""Ways to ask for customers and memberships."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, Now, NullIf

from customers.custom_querysets import CustomValuesQuerySet
from customers.roles import CustomerRole
from customers.search import holds, id_in
from formats import phones
from resellers.current import current_time_zone

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import (  # noqa: F401 - named in brackets
        Contact,
        Customer,
        CustomField,
        Membership,
    )

LONGEST_SEARCH = 10  # words

_CAME_IN = Q(introduced_as="") | Q(user__last_login__gte=F("created_at"))


class CustomerQuerySet(CustomValuesQuerySet["Customer"]):
    def of_person(self, user: User) -> CustomerQuerySet:
        """The customers that this person belongs to."""
        return self.filter(memberships__user=user)

    def listed(self) -> CustomerQuerySet:
        """Those the reseller does business with: archived ones are out of sight."""
        return self.exclude(status="archived")

    def archived(self) -> CustomerQuerySet:
        return self.filter(status="archived")

    def active(self) -> CustomerQuerySet:
        return self.filter(status="active")

    def suspended(self) -> CustomerQuerySet:
        return self.filter(status="suspended")

    def in_country(self, code: str) -> CustomerQuerySet:
        return self.filter(country=code)

    def with_custom_rank(
        self, field: CustomField, *, least: Decimal | None, most: Decimal | None
    ) -> CustomerQuerySet:
        """Those whose number or day lies between the two, which belong to it."""
        bounds = {"rank__gte": least, "rank__lte": most}
        told = {name: bound for name, bound in bounds.items() if bound is not None}
        ranks = apps.get_model("customers", "CustomRank").objects.filter(key=field.key, **told)
        return self.filter(pk__in=ranks.values("customer_id"))

    def with_tags(self, tags: Collection[str]) -> CustomerQuerySet:
        """Those that have all of these tags."""
        return self.filter(tags__contains=list(tags))

    def in_industry(self, name: str) -> CustomerQuerySet:
        """Those of this industry, however it is written."""
        return self._written("industry", name)

    def of_account_type(self, name: str) -> CustomerQuerySet:
        """Those of this account type, however it is written."""
        return self._written("account_type", name)

    def created_between(self, least: dt.date | None, most: dt.date | None) -> CustomerQuerySet:
        """Those that were made on these days or between them, by the reseller's clock."""
        zone = current_time_zone()
        found = self
        if least:
            found = found.filter(created_at__gte=dt.datetime.combine(least, dt.time(), zone))
        if most:
            after = dt.datetime.combine(most + dt.timedelta(days=1), dt.time(), zone)
            found = found.filter(created_at__lt=after)
        return found

    def _written(self, column: str, name: str) -> CustomerQuerySet:
        lower = {f"lower_{column}": Lower(column)}  # an index holds it
        return self.alias(**lower).filter(**{f"lower_{column}": Lower(Value(name))})

    def search(self, words: str) -> CustomerQuerySet:
        """Those that hold every word in their name, code, contact, e-mail, phone, website or in a
        custom field that is searched.

        See `customers.search` for words of one or two letters. A phone number is found however it
        is typed, and an id finds the customer that has it.
        """
        if key := id_in(words):
            return self.filter(pk=key)
        readable = [word for word in words.lower().split() if any(map(str.isalnum, word))]
        if not readable:
            return self.none()
        found = Q()
        for word in readable[:LONGEST_SEARCH]:
            found &= holds("search_text", word)
        if digits := phones.searched(words):
            found |= Q(search_text__contains=digits)
        return self.filter(found)

    def with_people_count(self) -> CustomerQuerySet:
        """Adds `people_count`, counted for the rows of the page alone."""
        people = apps.get_model("customers", "Membership").objects
        counted = people.filter(customer=OuterRef("pk")).order_by()
        return self.annotate(people_count=CountOf(counted))


class CountOf(Subquery):
    """How many rows the query finds: an index alone answers."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()


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

    def came_in(self) -> MembershipQuerySet:
        """Without those whom the customer's own administrator added and who were not here since."""
        return self.filter(_CAME_IN)

    def as_shown(self) -> MembershipQuerySet:
        """Adds `shown_as` and `shown_state`: name and status as the person's company may see them.

        `Membership.shown_name` and `.shown_status` in SQL: else searching and sorting would tell.
        """
        own_name = Coalesce(NullIf("user__full_name", Value("")), "user__email")
        return self.select_related("user").annotate(
            shown_as=Case(
                When(_CAME_IN, then=own_name),
                default=F("introduced_as"),
                output_field=CharField(),
            ),
            shown_state=Case(
                When(_CAME_IN, then=F("user__status")),
                default=Value("pending_email_validation"),
                output_field=CharField(),
            ),
        )

    def search(self, words: str) -> MembershipQuerySet:
        """Those who hold every word in their name or e-mail."""
        found = self
        for word in words.split()[:LONGEST_SEARCH]:
            by_name = Q(user__full_name__icontains=word)
            found = found.filter(by_name | Q(user__email__icontains=word))
        return found

    def search_as_shown(self, words: str) -> MembershipQuerySet:
        """The same in what the company may see."""
        found = self
        for word in words.split()[:LONGEST_SEARCH]:
            by_name = Q(shown_as__icontains=word)
            found = found.filter(by_name | Q(user__email__icontains=word))
        return found

    def besides(self, membership: Membership) -> MembershipQuerySet:
        """Everybody else of the same customer."""
        others = self.filter(customer_id=membership.customer_id)
        return others.exclude(pk=membership.pk)

    def with_invitations(self) -> MembershipQuerySet:
        """Adds `invited_until`: when the person's live invitation ends, or None; and whether it
        `is_invitation_over`."""
        live = FilteredRelation(
            "user__one_time_links",
            condition=Q(
                user__one_time_links__purpose="invitation",
                user__one_time_links__used_at__isnull=True,
                user__one_time_links__revoked_at__isnull=True,
            ),
        )
        is_over = ExpressionWrapper(
            Q(invitation__expires_at__lte=Now()), output_field=BooleanField()
        )
        return self.annotate(invitation=live).annotate(
            invited_until=F("invitation__expires_at"), is_invitation_over=is_over
        )

    def invited(self) -> MembershipQuerySet:
        """Those whose invitation was neither accepted nor replaced, be it over or not."""
        everybody = self.with_invitations()
        invited = everybody.filter(invited_until__isnull=False)  # type: ignore[misc]
        return invited.select_related("user", "customer")

    def customer_ids(self) -> list[uuid.UUID]:
        """In the order in which they are locked."""
        return list(self.order_by("customer_id").values_list("customer_id", flat=True))


class ContactQuerySet(models.QuerySet["Contact"]):
    def of_customer(self, customer: Customer) -> ContactQuerySet:
        return self.filter(customer=customer)

    def primary(self) -> ContactQuerySet:
        return self.filter(is_primary=True)

    def search(self, words: str) -> ContactQuerySet:
        """Those that hold every word in their name, designation, e-mail or numbers."""
        found = self
        for word in words.lower().split()[:LONGEST_SEARCH]:
            found = found.filter(search_text__contains=word)
        return found

    def with_users(self) -> ContactQuerySet:
        """Adds `user_id`: the user of the same customer with this e-mail, or None."""
        same = self.model._default_manager.filter(  # noqa: SLF001
            pk=OuterRef("pk"), customer__memberships__user__email=F("email")
        ).order_by()
        users = same.values("customer__memberships__user_id")
        return self.annotate(user_id=Subquery(users))
