"""What the status of a customer lets people do with what belongs to it."""

from django.utils.translation import gettext as _

from customers.models import Customer


def refusal_to_change(customer: Customer) -> str:
    """Why nothing of the customer may be changed, as a sentence; empty where it may.

    Ask with the customer's row locked: else somebody archives it in the same moment.
    """
    return _("This customer is archived. Restore it first.") if customer.is_archived else ""
