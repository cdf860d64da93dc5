"""Customers, their people, and what is kept about them."""

from customers.models.custom_fields import Choice, CustomField
from customers.models.customers import Customer
from customers.models.groups import Group
from customers.models.memberships import Membership
from customers.models.purchase_orders import PurchaseOrder

__all__ = ["Choice", "CustomField", "Customer", "Group", "Membership", "PurchaseOrder"]
