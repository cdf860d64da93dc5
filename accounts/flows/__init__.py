"""What can be done to people: people (status, password), invitations, staff."""
