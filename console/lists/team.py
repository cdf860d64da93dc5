"""The list of the reseller's own team."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import StaffMember
from accounts.querysets import StaffMemberQuerySet
from components.lists import Column, Listing


class TeamListing(Listing[StaffMember]):
    columns = (
        Column(gettext_lazy("Name"), template="console/team/_name.html", sort="user__full_name"),
        Column(gettext_lazy("E-mail"), "user.email", sort="user__email", on_phone=False),
        Column(gettext_lazy("Role"), "get_role_display", sort="role"),
        Column(gettext_lazy("Status"), template="console/team/_status.html"),
        Column(gettext_lazy("Last log-in"), template="console/team/_last_login.html"),
    )
    default_sort = "user__full_name"
    search_label = gettext_lazy("Search by name or e-mail")
    caption = gettext_lazy("Team")
    empty_title = gettext_lazy("Nobody yet")
    empty_icon = "users"

    def search(self, rows: QuerySet[StaffMember], text: str) -> QuerySet[StaffMember]:
        assert isinstance(rows, StaffMemberQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s person", "%(count)s people", number) % {"count": shown}
