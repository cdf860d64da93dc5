"""The people of a company, as the company may see them."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from components.lists import Column, Listing, ListView
from customers.models import Membership
from customers.models.memberships import WAITING
from customers.querysets import MembershipQuerySet

Status = User.Status


class ColleagueListing(Listing[Membership]):
    """Give it rows `as_shown`: it must not search or sort by what it does not show."""

    columns = (
        Column(gettext_lazy("Name"), template="portal/people/_name.html", sort="shown_as"),
        Column(gettext_lazy("E-mail"), "user.email", sort="user__email", on_phone=False),
        Column(gettext_lazy("Role"), "get_role_display", sort="role"),
        Column(gettext_lazy("Status"), template="portal/people/_state.html"),
    )
    views = (
        ListView("", gettext_lazy("All")),
        ListView(
            "active",
            gettext_lazy("Active"),
            lambda rows: rows.filter(shown_state=Status.ACTIVE),
        ),
        ListView(
            "waiting",
            gettext_lazy("Waiting"),
            lambda rows: rows.filter(shown_state__in=WAITING),
        ),
        ListView(
            "suspended",
            gettext_lazy("Suspended"),
            lambda rows: rows.filter(shown_state=Status.SUSPENDED),
        ),
    )
    default_sort = "shown_as"
    search_label = gettext_lazy("Search by name or e-mail")
    caption = gettext_lazy("People")
    empty_title = gettext_lazy("Nobody here yet")

    def search(self, rows: QuerySet[Membership], text: str) -> QuerySet[Membership]:
        assert isinstance(rows, MembershipQuerySet)  # noqa: S101 - for the type checker
        return rows.search_as_shown(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s person", "%(count)s people", number) % {"count": shown}
