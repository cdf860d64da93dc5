"""What a page asks the database, without what only tests ask."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

# The choice of the schema depends on what the connection did before. A test runs in one
# transaction, so that what begins a transaction elsewhere is a savepoint here.
NOT_THE_PAGES_OWN = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def asked() -> Iterator[list[str]]:
    """Fills the list, at the end, with every statement that was sent meanwhile."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    sent = (query["sql"] for query in captured)
    statements += [sql for sql in sent if not sql.startswith(NOT_THE_PAGES_OWN)]
