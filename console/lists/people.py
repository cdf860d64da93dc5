"""The users of one customer, as the reseller's staff see them."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from components.lists import Column, Listing, ListView
from customers.models import Membership
from customers.querysets import MembershipQuerySet

Status = User.Status


class PeopleListing(Listing[Membership]):
    columns = (
        Column(gettext_lazy("Name"), template="console/people/_name.html", sort="user__full_name"),
        Column(gettext_lazy("Role"), "get_role_display", sort="role"),
        Column(gettext_lazy("Status"), template="console/people/_state.html"),
        Column(
            gettext_lazy("Last log-in"), template="console/team/_last_login.html", on_phone=False
        ),
        Column(gettext_lazy("Added"), "created_at", sort="created_at", on_phone=False),
    )
    views = (
        ListView("", gettext_lazy("All")),
        ListView(
            "active",
            gettext_lazy("Active"),
            lambda rows: rows.filter(user__status=Status.ACTIVE),
        ),
        ListView(
            "waiting",
            gettext_lazy("Waiting"),
            lambda rows: rows.filter(
                user__status__in=[Status.PENDING_EMAIL_VALIDATION, Status.PENDING_APPROVAL]
            ),
        ),
        ListView(
            "suspended",
            gettext_lazy("Suspended"),
            lambda rows: rows.filter(user__status=Status.SUSPENDED),
        ),
    )
    default_sort = "user__full_name"
    search_label = gettext_lazy("Search by name or e-mail")
    caption = gettext_lazy("Users")
    empty_title = gettext_lazy("Nobody can log in for this customer yet")
    empty_text = gettext_lazy(
        "The first person is its administrator: they get an invitation and set a password of their"
        " own."
    )
    empty_icon = "user-plus"

    def search(self, rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
        assert isinstance(rows, MembershipQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s person", "%(count)s people", number) % {"count": shown}
