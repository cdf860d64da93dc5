"""What workers do with cloud accounts. Providers are asked here and nowhere else."""

from cloudaccounts.tasks import errands

__all__ = ["errands"]
