"""The contacts of the demo's customers. The first one of each is primary. Plain data."""

from customers.flows.contacts import ContactDetails
from customers.roles import CustomerRole

CONTACTS: dict[str, tuple[ContactDetails, ...]] = {
    "Acme Robotics Inc.": (
        {
            "first_name": "Anna",
            "last_name": "Kowalski",
            "email": "anna@acme-robotics.example",
            "designation": "Head of IT",
            "phone": "+12065550110",
            "mobile": "+12065550111",
            "user_type": CustomerRole.ADMINISTRATOR,
        },
        {
            "first_name": "Fatima",
            "last_name": "Haddad",
            "email": "fatima@acme-robotics.example",
            "designation": "Accounts payable",
            "phone": "+12065550112",
            "user_type": CustomerRole.BILLING,
            "gets_billing_alerts": True,
        },
        {
            "first_name": "Gabriel",
            "last_name": "Stone",
            "email": "gabriel@acme-robotics.example",
            "designation": "Engineer",
        },
        # Has an account at another customer: would join with it.
        {
            "first_name": "George",
            "last_name": "Lindqvist",
            "email": "george@blueharbor.example",
            "designation": "Consultant",
        },
        {"first_name": "Chloe", "last_name": "Tan", "email": "chloe@acme-robotics.example"},
    ),
    "Donaudampfschifffahrtsgesellschaft Regensburg mbH": (
        {
            "first_name": "Dr. Maximilian",
            "last_name": "von Hohenstein-Wittelsbach",
            "email": "m.hohenstein@donaudampf.example",
            "designation": "Leiter Informationstechnik",
            "mobile": "+491715550123",
            "user_type": CustomerRole.ADMINISTRATOR,
            "gets_billing_alerts": True,
        },
        {
            "first_name": "Annegret",
            "last_name": "Kapitänsmützenabzeichenhersteller",
            "email": "a.kapitaensmuetzenabzeichenhersteller@donaudampf.example",
            "designation": "Rechnungswesensachbearbeiterin",
            "user_type": CustomerRole.BILLING,
        },
    ),
}
