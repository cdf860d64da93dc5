"""Customers, their people, and what is kept about them."""

from customers.models.custom_fields import Choice, CustomField
from customers.models.customers import Customer
from customers.models.memberships import Membership

__all__ = ["Choice", "CustomField", "Customer", "Membership"]
