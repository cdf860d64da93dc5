"""Whether a pooler hands our connection to others between two statements.

PgBouncer in transaction mode does. The search path that one request set would then be the next
one's: one reseller's pages would show another's rows. Pooling by session is fine.
"""

from contextlib import closing
from typing import Any

from resellers.schemas import connection

# In one round two connections get in each other's way unless a third one comes between them.
_ROUNDS = 5


class SharedConnectionsError(Exception):
    """The database must not be used like this. The message is fit for operators."""

    def __init__(self) -> None:
        super().__init__(
            "A pooler between the product and PostgreSQL pools by transaction: one reseller would "
            "see another's rows. Set its pool_mode to session, or let DATABASE_URL name PostgreSQL."
        )


def refuse_shared_connections() -> None:
    """Raises SharedConnectionsError. Costs one question where there is no pooler."""
    with connection.cursor() as cursor:
        # What the server said when the connection was made, and who answers now: a pooler makes up
        # the first.
        is_direct = connection.connection.info.backend_pid == _server_process(cursor)
    if not is_direct and _is_shared():
        raise SharedConnectionsError


def _is_shared() -> bool:
    """Two connections that never meet have a process each, for as long as they last."""
    with (
        closing(connection.copy()) as one,
        closing(connection.copy()) as other,
        one.cursor() as ours,
        other.cursor() as theirs,
    ):
        return any(_meet(ours, theirs) for _round in range(_ROUNDS))


def _meet(ours: Any, theirs: Any) -> bool:
    before = _server_process(ours)
    theirs.execute("BEGIN")
    try:
        # A transaction keeps its process: ours may be the one, or ours has to be another now.
        return before == _server_process(theirs) or before != _server_process(ours)
    finally:
        theirs.execute("ROLLBACK")


def _server_process(cursor: Any) -> int:
    cursor.execute("SELECT pg_backend_pid()")
    (number,) = cursor.fetchone()
    return int(number)
