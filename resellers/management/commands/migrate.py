"""Migrating means all schemas: public and the resellers'."""

from resellers.management.commands.migrate_schemas import Command

__all__ = ["Command"]
