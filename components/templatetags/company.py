"""How the facts about a company are shown on pages."""

from typing import Any

from django import template

from formats import phones

register = template.Library()


@register.filter
def phone(stored: str) -> str:
    """A stored number as people read it."""
    return phones.shown(stored) if stored else ""


@register.filter
def office_address(customer: Any) -> str:
    """The office address as on a letter; empty where none is known."""
    return "\n".join(customer.office_lines)


@register.filter
def billing_address(customer: Any) -> str:
    """Where bills go, as on a letter."""
    return "\n".join(customer.billing_lines)
