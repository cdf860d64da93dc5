"""Tags of demo customers, and views of the list of customers that the team saved."""

from accounts.models import User
from customers.flows import list_views
from customers.flows.list_views import Look
from customers.tags import Tags

# By the customer's name.
TAGS = {
    "Acme Robotics Inc.": Tags(["key account", "manufacturing"]),
    "Evergreen Outdoor Co.": Tags(["retail", "seasonal"]),
    "Foxglove Analytics": Tags(["key account"]),
    "Müller & Söhne Maschinenbau": Tags(["familienunternehmen", "rahmenvertrag"]),
}
_NEWEST_FIRST = {"sort": "-created_at"}
_SHARED = {
    "New customers": Look(parameters={"period": "last-90-days", **_NEWEST_FIRST}),
    "Key accounts": Look(
        parameters={"tag": "key account"}, columns=["tags", "contact", "phone", "country"]
    ),
}
_OWN = {"Retail": Look(parameters={"industry": "retail"})}


def save_views(*, by: User) -> None:
    """Two that the team shares, and one of the owner's own."""
    for name, look in _SHARED.items():
        list_views.save(name, look, by=by, is_shared=True)
    for name, look in _OWN.items():
        list_views.save(name, look, by=by)
