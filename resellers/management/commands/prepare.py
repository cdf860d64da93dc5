"""`manage.py prepare`:

brings the database up to the code. Safe to run at every start, and by several at once.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from resellers import extensions, migrating, schema_template
from resellers.backups import building_site
from resellers.locks import advisory_lock
from resellers.pooling import SharedConnectionsError, refuse_shared_connections
from resellers.schemas import PUBLIC


class Command(BaseCommand):
    help = (
        "Creates extensions, migrates the public schema, the template and every reseller's schema "
        "that needs it. Run it before starting a new version."
    )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            refuse_shared_connections()
        except SharedConnectionsError as error:
            raise CommandError(str(error)) from error
        with advisory_lock("prepare"), schema_context(PUBLIC):
            if migrating.is_newer():
                # An old version that starts once more in the middle of an upgrade.
                self._tell(options, "The database is prepared for a later version already.")
                return
            self._prepare()
        self._tell(options, "The database is prepared.")

    def _prepare(self) -> None:
        extensions.ensure()
        migrating.migrate(PUBLIC)
        schema_template.current()
        # From here on, only this version makes new schemas: none comes after those we ask for.
        schema_template.forget_old()
        building_site.clear_abandoned()
        self._migrate_resellers()

    def _migrate_resellers(self) -> None:
        schemas = migrating.reseller_schemas()
        behind = migrating.behind(schemas)
        for number, schema_name in enumerate(behind, start=1):
            self.stdout.write(f"Migrating {schema_name} ({number} of {len(behind)}) …")
            migrating.migrate(schema_name)
        for reseller in migrating.without_schema():
            self.stderr.write(
                f"{reseller.name} is ready by its row, but has no schema {reseller.schema_name}. "
                "Restore it from a backup."
            )

    def _tell(self, options: dict[str, Any], sentence: str) -> None:
        if options["verbosity"]:
            self.stdout.write(sentence)
