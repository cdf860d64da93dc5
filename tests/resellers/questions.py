"""Counting what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def questions(number: int) -> Iterator[None]:
    """Expect that many statements, apart from those that only choose the schema."""
    with CaptureQueriesContext(connection) as asked:
        yield
    texts = [each["sql"] for each in asked if not each["sql"].startswith("SET search_path")]
    assert len(texts) == number, "\n".join(texts)
