"""The contacts of one customer."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from components.lists import Column, Listing, ListView
from customers.models import Contact
from customers.querysets import ContactQuerySet


class ContactListing(Listing[Contact]):
    columns = (
        Column(gettext_lazy("Name"), template="console/contacts/_name.html", sort="last_name"),
        Column(gettext_lazy("E-mail"), "email", sort="email", on_phone=False),
        Column(
            gettext_lazy("Phone"),
            template="console/contacts/_numbers.html",
            css="text-nowrap",
            on_phone=False,
        ),
        Column(gettext_lazy("User type"), "get_user_type_display", on_phone=False),
        Column(gettext_lazy("User account"), template="console/contacts/_user.html"),
    )
    views = (
        ListView("", gettext_lazy("All")),
        ListView(
            "alerts",
            gettext_lazy("Billing alerts"),
            lambda rows: rows.filter(gets_billing_alerts=True),
        ),
        ListView(
            "without-user",
            gettext_lazy("Without user account"),
            lambda rows: rows.filter(user_id__isnull=True),
        ),
    )
    default_sort = "last_name"
    search_label = gettext_lazy("Search by name, e-mail, designation or number")
    caption = gettext_lazy("Contacts")
    empty_title = gettext_lazy("No contacts yet")
    empty_text = gettext_lazy(
        "Contacts are the people whom you call and write to. You can make user accounts from them."
    )
    empty_icon = "address-book"

    def search(self, rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
        assert isinstance(rows, ContactQuerySet)  # noqa: S101 - for the type checker
        return rows.search(text)

    def count_sentence(self, number: int, shown: str) -> str:
        return ngettext("%(count)s contact", "%(count)s contacts", number) % {"count": shown}


class TickableContactListing(ContactListing):
    """For those who may make user accounts: with a box to tick before each name."""

    columns = (
        Column(gettext_lazy("Name"), template="console/contacts/_tickable.html", sort="last_name"),
        *ContactListing.columns[1:],
    )
