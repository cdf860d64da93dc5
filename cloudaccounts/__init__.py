"""Accounts of customers at cloud providers: linked, requested, fulfilled."""
