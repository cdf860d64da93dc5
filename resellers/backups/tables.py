"""The tables of one schema as the database's own catalogue has them, and their rows in and out."""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import DatabaseError, connection
from django_tenants.utils import quote_schema_name

from resellers.backups.manifest import Column, SequenceState, Sums, Table

# Whoever was logged in logs in again: a session belongs to one host and one installation.
LEFT_OUT = frozenset({"accounts_session"})
# What the text of a value depends on. Both sides set the same.
_SETTINGS = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}
_COLUMNS = """
    SELECT relname, attname, format_type(atttypid, atttypmod), attgenerated <> '',
        array_position(string_to_array(indkey::text, ' '), attnum::text), attcollation <> 0
    FROM pg_class
    JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
    WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'
    ORDER BY relname, attname
"""


class Target(Protocol):
    """Whatever COPY can write to."""

    def write(self, data: bytes, /) -> object: ...


class Source(Protocol):
    """Whatever COPY can read from."""

    def read(self, size: int = -1, /) -> bytes: ...


class Summing:
    """Counts and hashes rows on their way."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._rows = self._bytes = 0

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._bytes += len(data)
        # A line a row: COPY writes a line break inside of a value as \n.
        self._rows += data.count(b"\n")

    def sums(self) -> Sums:
        return Sums(self._rows, self._bytes, self._hash.hexdigest())


class Schema:
    """One schema, asked through one cursor: it sees what the cursor's transaction sees."""

    def __init__(self, name: str, cursor: Any) -> None:
        self.name = name
        self._cursor = cursor
        self._order: dict[str, str] = {}

    def tables(self) -> list[Table]:
        """Those whose rows a backup holds, by name. Derived columns are not among theirs.

        Every table has a primary key: Django gives it one.
        """
        self._cursor.execute(_COLUMNS, [self.name])
        columns: dict[str, list[Column]] = {}
        keys: dict[str, dict[int, str]] = {}
        for table, column, kind, is_derived, place_in_key, has_collation in self._cursor:
            columns.setdefault(table, [])
            if not is_derived:
                columns[table].append(Column(column, kind))
            if place_in_key:
                collation = ' COLLATE "C"' if has_collation else ""
                keys.setdefault(table, {})[place_in_key] = f'"{column}"{collation}'
        for table in columns:
            self._order[table] = ", ".join(key for _place, key in sorted(keys[table].items()))
        return [Table(name, found) for name, found in columns.items() if name not in LEFT_OUT]

    def lock(self, tables: list[Table]) -> None:
        """Keep everybody from changing what the tables look like; rows come and go."""
        names = ", ".join(self._address(table.name) for table in tables)
        self._cursor.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")

    def migrations(self) -> list[tuple[str, str]]:
        address = self._address("django_migrations")
        self._cursor.execute(f"SELECT app, name FROM {address} ORDER BY app, name")  # noqa: S608 - quoted
        return list(self._cursor.fetchall())

    def settle_text(self) -> None:
        """Inside a transaction: write values the way that every backup has them."""
        for name, value in _SETTINGS.items():
            self._cursor.execute(f"SET LOCAL {name} = %s", [value])

    def copy_out(self, table: Table, target: Target) -> None:
        """Write the rows in the order of their keys. `tables()` was called before."""
        command = (
            f"COPY (SELECT {_names(table)} FROM {self._address(table.name)} "  # noqa: S608 - quoted
            f"ORDER BY {self._order[table.name]}) TO STDOUT"
        )
        self._copy(command, target)

    def copy_in(self, table: Table, source: Source) -> None:
        self._copy(f"COPY {self._address(table.name)} ({_names(table)}) FROM STDIN", source)

    def sums(self, table: Table) -> Sums:
        """What the table's rows add up to, as the database has them now."""
        summing = Summing()
        self.copy_out(table, summing)
        return summing.sums()

    def empty(self) -> None:
        """Remove every row, also of what a backup leaves out."""
        self._cursor.execute(_COLUMNS, [self.name])
        names = {self._address(row[0]) for row in self._cursor}
        self._cursor.execute(f"TRUNCATE {', '.join(sorted(names))}")

    def sequences(self) -> dict[str, SequenceState]:
        found = {}
        for name in self._sequence_names():
            self._cursor.execute(f"SELECT last_value, is_called FROM {self._address(name)}")  # noqa: S608 - quoted
            found[name] = SequenceState(*self._cursor.fetchone())
        return found

    def set_sequences(self, states: Mapping[str, SequenceState]) -> None:
        for name, state in states.items():
            parameters = [self._address(name), state.last_value, state.is_called]
            self._cursor.execute("SELECT setval(%s::regclass, %s, %s)", parameters)

    def _sequence_names(self) -> list[str]:
        self._cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
            " AND relkind = 'S' ORDER BY relname",
            [self.name],
        )
        return [name for (name,) in self._cursor.fetchall()]

    def _address(self, table: str) -> str:
        return f'{quote_schema_name(self.name)}."{table}"'

    def _copy(self, command: str, file: Target | Source) -> None:
        with connection.wrap_database_errors:
            self._cursor.copy_expert(command, file)


def first_line(error: DatabaseError) -> str:
    """What the database refused. Later lines may quote a record."""
    return str(error).strip().split("\n", 1)[0]


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)
