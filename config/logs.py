"""How log lines look, and what they never hold.

One JSON object a line for machines, or a plain line for people. Both tell which request or task
they belong to. Neither holds a link that opens a door, nor an e-mail address, nor a row of data
that the database quotes in its complaints.
"""

import datetime as dt
import json
import logging
import re

from telemetry import context

# Whoever reads such an address can use it: links in mails hold their key in the path.
_KEYS = re.compile(r"(/(?:invitation|validate|credentials|password/reset/key)/)[^/\s\"']+")
# Who reads logs need not know who people are: their ids are enough to find them.
_EMAILS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# PostgreSQL tells here which row it refused, with everything in it.
_DETAILS = re.compile(r"(DETAIL:).*")


def redacted(text: str) -> str:
    """The text without keys, e-mail addresses and rows of data."""
    text = _KEYS.sub(r"\1…", text)
    text = _DETAILS.sub(r"\1 …", text)
    return _EMAILS.sub("…@…", text)


class PlainLines(logging.Formatter):
    """For people: time, level, who speaks, what, and the request it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - Python's name
        fields = {**context.marks(), **fields_of(record)}
        told = " ".join(f"{name}={value}" for name, value in fields.items())
        line = super().formatMessage(record)
        return f"{line} [{told}]" if told else line


class JsonLines(logging.Formatter):
    """For machines: one JSON object in one line. docs/operations.md lists its fields."""

    def format(self, record: logging.LogRecord) -> str:
        moment = dt.datetime.fromtimestamp(record.created, tz=dt.UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **context.marks(),
            **fields_of(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        clean = {
            name: redacted(value) if isinstance(value, str) else value
            for name, value in line.items()
        }
        return json.dumps(clean, ensure_ascii=False, default=str)


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """What a line tells beside its message: `logger.info("…", extra={"fields": {…}})`."""
    fields: dict[str, object] = getattr(record, "fields", {})
    return fields
