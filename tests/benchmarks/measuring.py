"""Measuring pages side by side.

In each round every page is asked for once, one request after the other, so that whatever else the
machine does meets all of them alike. Each request is timed twice: by the clock, and by the
processor time of the web server and of PostgreSQL together, which neighbours on the machine do not
stretch. The median over all rounds counts.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from embedded.processes import Child
from tests.benchmarks import clocks
from tests.benchmarks.stage import Web
from tests.benchmarks.visits import Visit, Visitor

_WARM_UP = 12  # rounds: every process and thread of the web server has served the page
_ROUNDS_PER_LOOK = 10  # how often new connections to PostgreSQL are looked for
_PAUSE = 0.001  # after an answer the server tidies up; this is counted, too


@dataclass
class Timing:
    """What one page took: seconds a request."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def median_clock(self) -> float:
        return median(self.clock)

    @property
    def median_processor(self) -> float:
        return median(self.processor)


@dataclass(frozen=True)
class Comparison:
    """How many times as long one page took as another."""

    by_clock: float
    by_processor: float


def compare(timing: Timing, yardstick: Timing) -> Comparison:
    return Comparison(
        by_clock=timing.median_clock / yardstick.median_clock,
        by_processor=timing.median_processor / yardstick.median_processor,
    )


@dataclass(frozen=True)
class Race:
    """Pages side by side, at one web server each or at the same one."""

    postgres: Child
    webs: Mapping[str, Web]  # by the page's name
    visits: Mapping[str, Visit]

    def run(self, rounds: int) -> dict[str, Timing]:
        timings = {name: Timing() for name in self.visits}
        with self._visitors() as visitors:
            for _ in range(_WARM_UP):
                for visitor in visitors.values():
                    visitor.check()
            for number in range(rounds):
                if number % _ROUNDS_PER_LOOK == 0:
                    watched = self._watched()
                try:
                    for name, visitor in visitors.items():
                        _time(visitor, timings[name], watched)
                except ProcessLookupError:  # the web server has renewed a connection
                    watched = self._watched()
        return timings

    @contextlib.contextmanager
    def _visitors(self) -> Iterator[dict[str, Visitor]]:
        with contextlib.ExitStack() as open_connections:
            yield {
                name: open_connections.enter_context(Visitor.at(self.webs[name].port, visit))
                for name, visit in self.visits.items()
            }

    def _watched(self) -> list[int]:
        """The web servers' processes, and those of PostgreSQL that serve connections."""
        servers = [*{web.port: web.child for web in self.webs.values()}.values(), self.postgres]
        pids = [pid for child in servers for pid in clocks.descendants(child.pid or 0)]
        return [pid for pid in pids if not _keeps_house(pid)]


def _time(visitor: Visitor, timing: Timing, watched: list[int]) -> None:
    used_before = clocks.processor_seconds(watched)
    begun = time.perf_counter()
    visitor.go()
    seconds = time.perf_counter() - begun
    time.sleep(_PAUSE)
    used = clocks.processor_seconds(watched) - used_before
    timing.clock.append(seconds)
    timing.processor.append(used)


def _keeps_house(pid: int) -> bool:
    """Whether it is one of PostgreSQL's own: its checkpoints are nobody's request."""
    try:
        title = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0")
    except OSError:
        return True
    return title.startswith("postgres: ") and not title.startswith("postgres: portal ")
