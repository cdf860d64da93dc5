"""From a race to findings: one page against another."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.findings import AtLeast, AtMost, Finding
from tests.benchmarks.measuring import Race, Timing, compare
from tests.benchmarks.stage import Stage, Web
from tests.benchmarks.visits import Visit


@dataclass(frozen=True)
class Match:
    """`ours` is held against `theirs`. With AtLeast it must be so many times as fast."""

    name: str
    sentence: str
    ours: str
    theirs: str
    target: AtMost | AtLeast | None = None

    def finding(self, timings: Mapping[str, Timing]) -> Finding:
        """The worse of clock and processor counts."""
        ours, theirs = timings[self.ours], timings[self.theirs]
        if isinstance(self.target, AtLeast):
            both = compare(theirs, ours)
            ratio = min(both.by_clock, both.by_processor)
        else:
            both = compare(ours, theirs)
            ratio = max(both.by_clock, both.by_processor)
        figures = {"by clock": both.by_clock, "by processor": both.by_processor}
        return Finding(self.name, self.sentence, ratio, self.target, figures)


def slug(name: str) -> str:
    """A part of a finding's name."""
    return name.replace(",", "").replace(" ", "-")


def play(
    stage: Stage, webs: Mapping[str, Web], visits: Mapping[str, Visit], rounds: int
) -> dict[str, Timing]:
    return Race(stage.postgres, webs, visits).run(rounds)
