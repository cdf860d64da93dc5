"""How the world writes: phone numbers, addresses, domains, plain text. Knows no record."""
