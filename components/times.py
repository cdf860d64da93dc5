"""Moments as people read them."""

import datetime as dt
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

RECENT = dt.timedelta(days=30)
JUST_NOW = dt.timedelta(minutes=1)
_UNITS = (dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1))
_A_DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # of a month with more days than RECENT


def markup(value: dt.datetime | dt.date | None) -> SafeString | str:
    """When it happened: in words while it is recent, the exact moment on hover."""
    if value is None:
        return ""
    if not isinstance(value, dt.datetime):
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(value)
        )
    local = timezone.localtime(value)
    exact = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, _in_words(local)
    )


def _in_words(local: dt.datetime) -> str:
    age = timezone.now() - local
    if abs(age) >= RECENT:
        return formats.date_format(local, "DATE_FORMAT")
    if abs(age) < JUST_NOW:
        return _("just now")
    unit = next(unit for unit in _UNITS if abs(age) >= unit)
    return _told(get_language(), unit * (abs(age) // unit), is_past=age > dt.timedelta())


@lru_cache(maxsize=1024)
def _told(_language: str | None, age: dt.timedelta, *, is_past: bool) -> str:
    """A rounded age in words. There are a few hundred, and Django takes long over each."""
    words = timesince(_A_DAY, _A_DAY + age, depth=1)
    return (_("%(time)s ago") if is_past else _("in %(time)s")) % {"time": words}
