"""Customers, their people, and what is kept about them."""

from customers.models.account_runs import AccountRun
from customers.models.bulk_runs import BulkRow, BulkRun
from customers.models.contacts import Contact
from customers.models.custom_fields import Choice, CustomField
from customers.models.custom_ranks import CustomRank
from customers.models.customers import Customer
from customers.models.exports import Export
from customers.models.groups import Group
from customers.models.imports import Import, ImportRow
from customers.models.list_views import ListPreference, SavedView
from customers.models.memberships import Membership
from customers.models.purchase_orders import PurchaseOrder

__all__ = [
    "AccountRun",
    "BulkRow",
    "BulkRun",
    "Choice",
    "Contact",
    "CustomField",
    "CustomRank",
    "Customer",
    "Export",
    "Group",
    "Import",
    "ImportRow",
    "ListPreference",
    "Membership",
    "PurchaseOrder",
    "SavedView",
]
