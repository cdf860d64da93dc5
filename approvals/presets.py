"""What a sign-up proposes for the customer that its approval makes."""

from approvals.models import Signup
from customers.flows.customers import CustomerDetails


def customer_details(signup: Signup) -> CustomerDetails:
    """The customer as the applicant described it. The code is left to be proposed."""
    return CustomerDetails(
        organization_name=signup.company,
        contact_name=signup.contact_name,
        contact_title=signup.title,
        contact_email=signup.email,
        contact_phone=signup.phone,
        street=signup.street,
        suite=signup.suite,
        city=signup.city,
        state=signup.state,
        postal_code=signup.postal_code,
        country=str(signup.country),
    )


def edits(signup: Signup, details: CustomerDetails) -> dict[str, tuple[object, object]]:
    """What the approver changed or added: customer's field → as submitted, as decided.

    The code is no edit: nobody submits one.
    """
    submitted = customer_details(signup)
    return {
        field: (submitted.get(field), value)
        for field, value in details.items()
        if field != "code" and (value or None) != (submitted.get(field) or None)
    }
