"""The list of a customer's groups."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from components.lists import Column, Listing, ListView
from customers.group_querysets import GroupQuerySet
from customers.models import Group


class GroupListing(Listing[Group]):
    columns = (
        Column(_("Name"), template="console/groups/_name.html", sort="name"),
        Column(_("Tags"), template="console/groups/_tags.html"),
        Column(_("Attributes"), template="console/groups/_attributes.html", on_phone=False),
        Column(_("Created"), "created_at", sort="created_at", on_phone=False),
    )
    views = (
        ListView("", _("Current"), GroupQuerySet.current),
        ListView("archived", _("Archived"), GroupQuerySet.archived),
    )
    default_sort = "name"
    search_label = _("Search by name, tag or attribute")
    caption = _("Groups")
    empty_title = _("No groups yet")
    empty_text = _(
        "A group is a part of the customer, such as a department or a project, by which its cloud"
        " accounts are put together for billing."
    )
    empty_icon = "folders"

    def search(self, rows: QuerySet[Group], text: str) -> QuerySet[Group]:
        assert isinstance(rows, GroupQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s group", "%(count)s groups", number) % {"count": shown}
