"""The database connection with what our backend adds to it: the schema in use and its tenant."""

from typing import TYPE_CHECKING, cast

from django.db import connection as _connection

if TYPE_CHECKING:
    from resellers.backend.base import DatabaseWrapper

PUBLIC = "public"

connection = cast("DatabaseWrapper", _connection)
