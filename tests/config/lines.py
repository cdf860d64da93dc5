"""Log lines as a running installation would write them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config.logs import JsonLines


class Kept(logging.Handler):
    """Keeps the lines instead of writing them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, Any]]:
        """The lines of one logger, read."""
        return [line for line in map(json.loads, self.lines) if line["logger"] == logger]


@contextmanager
def kept(*loggers: str) -> Iterator[Kept]:
    """Keeps what these loggers say, or everybody, at every level that production has."""
    handler = Kept()
    speakers = [logging.getLogger(name) for name in loggers or ("", "django")]
    levels = [speaker.level for speaker in speakers]
    for speaker in speakers:
        speaker.addHandler(handler)
        speaker.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        for speaker, level in zip(speakers, levels, strict=True):
            speaker.removeHandler(handler)
            speaker.setLevel(level)
