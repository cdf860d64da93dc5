"""What workers do about cloud accounts. Celery finds the tasks by what is imported here."""

from cloudaccounts.tasks import access, bills, connections, errands, secrets

__all__ = ["access", "bills", "connections", "errands", "secrets"]
