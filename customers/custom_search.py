"""Brings the search texts of records up to date after a field began or ceased to be searched.

The flows note on the field since when search texts lag behind it. That note is removed when all
records have been looked at: a worker that dies on the way leaves it for the next one.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Expression, F, Func, Value
from django.db.models.fields.json import KT

from customers.custom_holders import holders
from customers.custom_locks import hold_definitions_still
from customers.models import CustomField

BATCH = 500  # records that are locked at a time


def renew() -> int:
    """Bring every search text of this reseller up to date. Returns how many were not."""
    renewed = 0
    for target, model in holders().items():
        lagging = _lagging(target)
        if lagging:
            renewed += sum(_renew_batch(target, model, batch) for batch in _batches(model))
            _note_caught_up(lagging)
    return renewed


def is_due() -> bool:
    """Whether any search text of this reseller may lag behind."""
    return CustomField.objects.filter(search_lags_since__isnull=False).exists()


def _lagging(target: str) -> dict[uuid.UUID, dt.datetime]:
    fields = CustomField.objects.of_target(target)
    return {each.pk: each.search_lags_since for each in fields if each.search_lags_since}


def _note_caught_up(lagging: dict[uuid.UUID, dt.datetime]) -> None:
    """Those that changed once more meanwhile have another moment, and stay."""
    for field_id, since in lagging.items():
        same = CustomField.objects.filter(pk=field_id, search_lags_since=since)
        same.update(search_lags_since=None)


def _batches(model: Any) -> Iterator[list[uuid.UUID]]:
    rows, last = model.objects.order_by("pk").values_list("pk", flat=True), None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        yield batch
        last = batch[-1]


@transaction.atomic
def _renew_batch(target: str, model: Any, batch: list[uuid.UUID]) -> int:
    # Under this lock nobody saves values against definitions that this statement has not seen.
    hold_definitions_still()
    text = _search_text(target)
    rows = model.objects.filter(pk__in=batch).annotate(due=text)
    renewed: int = rows.exclude(custom_search=F("due")).update(custom_search=text)
    return renewed


def _search_text(target: str) -> Expression:
    """What `custom_values.search_text` makes, in the database."""
    keys = sorted(CustomField.objects.searched(target).values_list("key", flat=True))
    if not keys:
        return Value("", output_field=models.TextField())
    return Func(
        Value(" "),
        *[KT(f"custom_values__{key}") for key in keys],
        function="concat_ws",
        output_field=models.TextField(),
    )
