"""Customers, their people, and what is kept about them."""

from customers.models.account_runs import AccountRun
from customers.models.contacts import Contact
from customers.models.customers import Customer
from customers.models.memberships import Membership

__all__ = ["AccountRun", "Contact", "Customer", "Membership"]
