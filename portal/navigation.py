"""The top bar of the customer portal. Its entries are about the company that the page is about."""

from django.utils.translation import gettext_lazy as _

from components import navigation
from components.navigation import Entry
from customers.roles import CustomerPermission

COMPANY = ("customer_id",)


def register() -> None:
    navigation.register(
        navigation.PORTAL,
        Entry(
            _("Company"),
            "building",
            "portal:company:overview",
            permission=CustomerPermission.VIEW_COMPANY,
            arguments=COMPANY,
            key="c",
            position=10,
        ),
        Entry(
            _("Cloud accounts"),
            "cloud",
            "portal:cloud_accounts:list",
            permission=CustomerPermission.VIEW_ACCOUNTS,
            arguments=COMPANY,
            key="a",
            position=12,
        ),
        Entry(
            _("People"),
            "users",
            "portal:people:list",
            permission=CustomerPermission.VIEW_PEOPLE,
            arguments=COMPANY,
            key="p",
            position=20,
        ),
        Entry(
            _("Requests"),
            "inbox",
            "portal:requests:list",
            permission=CustomerPermission.REQUEST_ACCOUNTS,
            arguments=COMPANY,
            key="r",
            position=40,
        ),
    )
