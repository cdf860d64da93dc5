"""Customers, their people, and what is kept about them."""

from customers.models.customers import Customer
from customers.models.memberships import Membership

__all__ = ["Customer", "Membership"]
