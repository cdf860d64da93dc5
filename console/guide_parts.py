"""Which part of the guide tells about a page: the Help link in the top bar leads there."""

from django.http import HttpRequest
from django.urls import reverse

# By the beginning of a page's name; the longest that fits wins. Pages without a part of their own
# lead to the table of contents. Values: page#section of docs/guide.
PARTS = {
    "console:customers:": "customers#customer-information",
    "console:customers:list": "customers#the-list",
    "console:customers:create": "customers#add-a-customer",
    "console:customers:quick": "customers#add-a-customer",
    "console:customers:suspend": "customers#suspend-archive-restore",
    "console:customers:archive": "customers#suspend-archive-restore",
    "console:customers:merge": "customers#merge-two-records",
    "console:customers:timeline": "customers#timeline",
    "console:bulk:": "customers#changing-many-at-once",
    "console:list_views:": "customers#the-list",
    "console:search": "customers#search-in-everything",
    "console:imports:": "customers#import",
    "console:exports:": "customers#export",
    "console:people:": "customers#users",
    "console:contacts:": "customers#contacts",
    "console:contacts:accounts": "customers#user-accounts-from-contacts",
    "console:groups:": "customers#groups",
    "console:orders:": "customers#purchase-orders",
    "console:purchase_orders:": "customers#purchase-orders",
    "console:cloud_providers:": "cloud-accounts#cloud-providers",
    "console:accounts:": "cloud-accounts#the-lists",
    "console:requests:": "cloud-accounts#requests",
    "console:cloud_accounts:": "cloud-accounts#what-an-account-is-doing",
    "console:cloud_accounts:list": "cloud-accounts#the-lists",
    "console:cloud_accounts:choose": "cloud-accounts#add-an-existing-account",
    "console:cloud_accounts:add": "cloud-accounts#add-an-existing-account",
    "console:cloud_accounts:access": "cloud-accounts#the-role-in-aws",
    "console:cloud_accounts:move": "cloud-accounts#suspend-move",
    "console:cloud_accounts:suspend": "cloud-accounts#suspend-move",
    "console:custom_fields:": "customers#customer-fields",
    "console:customer_fields:": "customers#customer-fields",
}


def part_about(view_name: str) -> str:
    """The part of the guide about a page of that name; empty when it has none."""
    fitting = [beginning for beginning in PARTS if view_name.startswith(beginning)]
    return PARTS[max(fitting, key=len)] if fitting else ""


def address(request: HttpRequest) -> str:
    """Where Help leads from the page that is shown."""
    match = request.resolver_match
    page, _, section = part_about(match.view_name if match else "").partition("#")
    if not page:
        return reverse("console:help:contents")
    return f"{reverse('console:help:page', args=[page])}#{section}"
