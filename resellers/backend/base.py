"""A django-tenants backend that cannot fall through to another schema.

With the public schema on a tenant's search path, a missing tenant table silently becomes the
operators' table: their passwords would log in at a reseller's host. Here a missing table is an
error.
"""

from typing import Any

from django_tenants.postgresql_backend import base
from django_tenants.utils import get_public_schema_name

from telemetry import counts
from telemetry.metrics import DATABASE_FAILURES


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            counts.add(DATABASE_FAILURES.one())
            raise

    def _get_cursor_search_paths(self) -> list[str]:
        if self.schema_name != get_public_schema_name():
            self.include_public_schema = False
        paths: list[str] = super()._get_cursor_search_paths()  # type: ignore[no-untyped-call]
        return paths
