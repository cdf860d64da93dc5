"""Customers, their people, and what is kept about them."""

from customers.models.customers import Customer
from customers.models.groups import Group
from customers.models.memberships import Membership
from customers.models.purchase_orders import PurchaseOrder

__all__ = ["Customer", "Group", "Membership", "PurchaseOrder"]
