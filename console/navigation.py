"""The console's sidebar."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffPermission
from approvals.models import ApprovalRequest
from components import navigation
from components.lists import TAB_COUNT_LIMIT, bounded_count
from components.navigation import Entry

_WAITING = "_requests_waiting"


def requests_waiting(request: HttpRequest) -> int:
    """How many requests this person can decide now. Asked several times a page, counted once."""
    if not navigation.is_granted(request, StaffPermission.DECIDE_REQUESTS):
        return 0
    if not hasattr(request, _WAITING):
        pending = ApprovalRequest.objects.pending()
        setattr(request, _WAITING, bounded_count(pending, TAB_COUNT_LIMIT))
    number: int = getattr(request, _WAITING)
    return number


ENTRIES = (
    Entry(
        label=_("Home"),
        icon="home",
        url_name="console:home",
        exact=True,
        key="h",
        position=10,
    ),
    Entry(
        label=_("Customers"),
        icon="building",
        url_name="console:customers:list",
        permission=StaffPermission.VIEW_CUSTOMERS,
        key="c",
        position=20,
    ),
    Entry(
        label=_("Purchase orders"),
        icon="file-dollar",
        url_name="console:orders:list",
        permission=StaffPermission.VIEW_CUSTOMERS,
        key="o",
        position=25,
    ),
    Entry(
        label=_("Cloud accounts"),
        icon="cloud",
        url_name="console:accounts:list",
        permission=StaffPermission.VIEW_CUSTOMERS,
        key="a",
        position=27,
    ),
    Entry(
        label=_("Requests"),
        icon="inbox",
        url_name="console:requests:list",
        permission=StaffPermission.VIEW_REQUESTS,
        count=requests_waiting,
        key="r",
        position=30,
    ),
    Entry(
        label=_("Team"),
        icon="users",
        url_name="console:team:list",
        permission=StaffPermission.VIEW_TEAM,
        key="t",
        position=40,
    ),
    Entry(
        label=_("Settings"),
        icon="settings",
        url_name="console:settings:home",
        permission=StaffPermission.MANAGE_SETTINGS,
        key="s",
        position=50,
    ),
)

ABOUT_CUSTOMER = ("customer_id",)
# The menu of one customer's pages. Areas add theirs beside their pages; positions leave room.
CUSTOMER_ENTRIES = (
    Entry(
        label=_("Customer information"),
        icon="building",
        url_name="console:customers:detail",
        arguments=ABOUT_CUSTOMER,
        position=10,
    ),
    Entry(
        label=_("Users"),
        icon="users",
        url_name="console:people:list",
        arguments=ABOUT_CUSTOMER,
        position=20,
    ),
    Entry(
        label=_("Contacts"),
        icon="address-book",
        url_name="console:contacts:list",
        arguments=ABOUT_CUSTOMER,
        position=30,
    ),
    Entry(
        label=_("Groups"),
        icon="folders",
        url_name="console:groups:list",
        arguments=ABOUT_CUSTOMER,
        position=40,
    ),
    Entry(
        label=_("Purchase orders"),
        icon="file-dollar",
        url_name="console:purchase_orders:list",
        arguments=ABOUT_CUSTOMER,
        position=50,
    ),
    Entry(
        label=_("Customer fields"),
        icon="forms",
        url_name="console:customer_fields:detail",
        arguments=ABOUT_CUSTOMER,
        position=60,
    ),
    Entry(
        label=_("Cloud providers"),
        icon="world",
        url_name="console:cloud_providers:list",
        arguments=ABOUT_CUSTOMER,
        position=70,
    ),
    Entry(
        label=_("Cloud accounts"),
        icon="cloud",
        url_name="console:cloud_accounts:list",
        arguments=ABOUT_CUSTOMER,
        position=80,
    ),
    Entry(
        label=_("Timeline"),
        icon="history",
        url_name="console:customers:timeline",
        arguments=ABOUT_CUSTOMER,
        position=900,
    ),
)


def register() -> None:
    navigation.register(navigation.CONSOLE, *ENTRIES)
    navigation.register(navigation.CUSTOMER, *CUSTOMER_ENTRIES)
