"""How the world writes phone numbers, addresses and domains. Knows no record and no page."""
