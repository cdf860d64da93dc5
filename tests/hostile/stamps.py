"""Writes a word into every text that a schema holds, so that pages can be searched for it."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import DataError, IntegrityError, models, transaction

# Codes that the product reads, not words that people typed.
_NOT_WORDS = {
    "accounts.user": {"password"},
    "accounts.onetimelink": {"token_digest", "mail_kind"},
    "audit.auditentry": {"action", "subject_type"},
    "customers.customer": {"code"},  # the database lets no word in lower case in
    "notifications.outgoingmail": {"kind", "unique_key", "language", "html_body", "secret_link"},
    "resellers.domain": {"domain"},
    "resellers.reseller": {
        *("schema_name", "host", "language", "brand_color", "time_zone"),
        *("failure", "suspension_reason"),  # only of those that failed or are suspended
    },
}
_ROOM = 8  # a code or a currency has less, and holds no words


def stamp(app_labels: Iterable[str], word: str) -> int:
    """Put the word into every text column of these apps' rows, as far as it fits.

    Returns how many texts were written.
    """
    number = 0
    for label in app_labels:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.proxy:
                number += stamp_rows(model._default_manager.all(), word, start=number)
    return number


def stamp_rows(rows: "models.QuerySet[Any]", word: str, *, start: int = 0) -> int:
    """The same for the given rows."""
    number = start
    texts = list(_texts(rows.model))
    for record in rows:
        changes: dict[str, Any] = {}
        for column in texts:
            number += 1
            changes[column.name] = fitting(column, word, number)
        if hasattr(record, "changes"):
            changes["changes"] = {"notes": [word, word]}
        if changes and not _written(record, changes):
            refused = [name for name in changes if not _written(record, {name: changes[name]})]
            number -= len(refused)
    return number - start


def _written(record: models.Model, changes: dict[str, Any]) -> bool:
    """Whether the database took it. A rule may tie a column to another one."""
    try:
        with transaction.atomic():
            type(record)._default_manager.filter(pk=record.pk).update(**changes)
    except (IntegrityError, DataError):
        return False
    return True


def fitting(column: "models.Field[Any, Any]", word: str, number: int) -> str:
    """The word as this column can hold it; no two alike."""
    if isinstance(column, models.EmailField):
        local = word if word.isalnum() else f'"{word}{number}"'
        return f"{local}{'' if not word.isalnum() else number}@stamp.example".lower()
    if isinstance(column, models.URLField):
        return f"https://stamp.example/{word}{number}"
    tail = str(number)
    longest = column.max_length or 1_000
    return f"{word[: longest - len(tail)]}{tail}"


def _texts(model: type[models.Model]) -> Iterable["models.Field[Any, Any]"]:
    left_out = _NOT_WORDS.get(model._meta.label_lower, set())
    for column in model._meta.concrete_fields:
        is_text = isinstance(column, models.CharField | models.TextField)
        if not is_text or column.choices or column.primary_key or column.name in left_out:
            continue
        if (column.max_length or 1_000) > _ROOM:
            yield column
