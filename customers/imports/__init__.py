"""Taking over customers and contacts from files."""
