"""The columns that the list of customers can show. Everybody chooses theirs, in their order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from components.addresses import record_url
from components.countries import country_name
from components.lists import Column
from components.statuses import badge
from console.lists import custom_fields
from customers.flows.filling import form_name
from customers.models import Customer, CustomField
from customers.querysets import CustomerQuerySet
from formats import phones

# As console/customers/_status.html shows them.
SHAPES = {"active": "success", "suspended": "off", "archived": "neutral"}


def _name(customer: Customer) -> SafeString:
    url = record_url("console:customers:detail", customer.pk)
    return format_html('<a href="{}">{}</a>', url, customer.organization_name)


def _contact(customer: Customer) -> SafeString:
    return format_html(
        '{}<div class="text-secondary wide-only">{}</div>',
        customer.contact_name,
        customer.contact_email,
    )


def _tags(customer: Customer) -> SafeString:
    tags = ((tag, tag) for tag in customer.tags)  # a long one is cut, and told by its title
    return format_html_join(" ", '<span class="tag" title="{}">{}</span>', tags)


def _status(customer: Customer) -> SafeString:
    return badge(customer.get_status_display(), SHAPES[customer.status])


@dataclass(frozen=True)
class Offer:
    """A column that can be chosen."""

    key: str
    column: Column
    needs: tuple[str, ...] = ()  # columns of the table; no others are read
    prepare: Callable[[CustomerQuerySet], CustomerQuerySet] | None = None


NAME = Offer(
    "organization_name",
    Column(_("Organization"), markup=_name, sort="organization_name"),
    ("organization_name",),
)
OFFERS = (
    Offer("code", Column(_("Code"), "code", sort="code", kind="code", on_phone=False), ("code",)),
    Offer("contact", Column(_("Contact"), markup=_contact), ("contact_name", "contact_email")),
    Offer(
        "country",
        Column(_("Country"), lambda each: country_name(str(each.country)), on_phone=False),
        ("country",),
    ),
    Offer("tags", Column(_("Tags"), markup=_tags, css="cell-tags", on_phone=False), ("tags",)),
    Offer(
        "people",
        Column(_("People"), "people_count", kind="number", on_phone=False),
        prepare=CustomerQuerySet.with_people_count,
    ),
    Offer(
        "created_at",
        Column(_("Created"), "created_at", sort="created_at", on_phone=False),
        ("created_at",),
    ),
    Offer("status", Column(_("Status"), markup=_status, on_phone=False), ("status",)),
    Offer("industry", Column(_("Industry vertical"), "industry", on_phone=False), ("industry",)),
    Offer(
        "account_type", Column(_("Account type"), "account_type", on_phone=False), ("account_type",)
    ),
    Offer("domain", Column(_("Domain"), "domain", on_phone=False), ("domain",)),
    Offer("city", Column(_("City"), "city", on_phone=False), ("city",)),
    Offer(
        "phone",
        Column(
            _("Phone"),
            lambda each: phones.shown(each.phone or each.contact_phone),
            css="text-nowrap",
            on_phone=False,
        ),
        ("phone", "contact_phone"),
    ),
)
USUAL = ("code", "contact", "country", "tags", "people", "created_at")


def offers(definitions: Iterable[CustomField]) -> dict[str, Offer]:
    """Every column that can be chosen besides the name; `definitions` are live custom fields."""
    own = (
        Offer(form_name(each.key), custom_fields.column(each), ("custom_values",))
        for each in definitions
    )
    return {each.key: each for each in (*OFFERS, *own)}


def chosen(keys: Sequence[str], known: dict[str, Offer]) -> list[Offer]:
    """The columns with these keys, behind the name. What is gone is left out."""
    return [NAME, *(known[key] for key in dict.fromkeys(keys) if key in known)]


def rows(customers: CustomerQuerySet, shown: Iterable[Offer]) -> CustomerQuerySet:
    """What these columns show of the customers, and nothing else of them."""
    names = {"organization_name", "code", "created_at"}  # what the list may be sorted by
    for each in shown:
        names.update(each.needs)
        if each.prepare:
            customers = each.prepare(customers)
    return customers.only(*names)
