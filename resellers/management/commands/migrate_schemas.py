"""django-tenants' command, asking first: schemas that need nothing are not visited."""

from collections.abc import Sequence
from typing import Any

from django_tenants.management.commands import SyncCommon
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand
from django_tenants.migration_executors import get_executor

from resellers import migrating
from resellers.schemas import PUBLIC


class Command(MigrateSchemasCommand):
    """`manage.py migrate` is the same command."""

    def handle(self, *args: Any, **options: Any) -> None:
        SyncCommon.handle(self, *args, **options)
        executor = get_executor(codename=self.executor)(self.args, self.options)
        if self.sync_public:
            executor.run_migrations(tenants=[PUBLIC])
        if self.sync_tenant:
            schemas = [self.schema_name] if self.schema_name else self._schemas(options)
            executor.run_migrations(tenants=list(schemas))

    def _schemas(self, options: dict[str, Any]) -> Sequence[str]:
        schemas = migrating.reseller_schemas()
        if any(options.get(name) for name in ("app_label", "fake", "prune")):
            return schemas
        return migrating.behind(schemas)
