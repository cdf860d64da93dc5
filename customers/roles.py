"""What each role of an end customer's person may do."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerRole(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    BILLING = "billing", _("Billing")
    VIEWER = "viewer", _("Viewer")


class CustomerPermission(StrEnum):
    VIEW_COMPANY = "view_company"
    VIEW_PEOPLE = "view_people"
    MANAGE_PEOPLE = "manage_people"
    # To ask for new cloud accounts, and to have accounts linked or unlinked.
    REQUEST_ACCOUNTS = "request_accounts"
    VIEW_ACCOUNTS = "view_accounts"


_VIEWER = {CustomerPermission.VIEW_COMPANY, CustomerPermission.VIEW_ACCOUNTS}
PERMISSIONS: dict[str, frozenset[CustomerPermission]] = {
    CustomerRole.ADMINISTRATOR: frozenset(CustomerPermission),
    CustomerRole.BILLING: frozenset(_VIEWER),
    CustomerRole.VIEWER: frozenset(_VIEWER),
}
