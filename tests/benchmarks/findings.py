"""What a benchmark finds, and what it is held to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.benchmarks.stage import Stage


@dataclass(frozen=True)
class AtMost:
    """A ratio that must not be exceeded."""

    limit: float

    def is_met_by(self, ratio: float) -> bool:
        return ratio <= self.limit

    def __str__(self) -> str:
        return f"≤ {self.limit:g} ×"


@dataclass(frozen=True)
class AtLeast:
    """A ratio that must be reached."""

    limit: float

    def is_met_by(self, ratio: float) -> bool:
        return ratio >= self.limit

    def __str__(self) -> str:
        return f"≥ {self.limit:g} ×"


@dataclass(frozen=True)
class Finding:
    """One ratio. Without a target it is told for information."""

    name: str
    sentence: str
    ratio: float
    target: AtMost | AtLeast | None = None
    figures: dict[str, float] = field(default_factory=dict)  # of this machine, in this run

    @property
    def is_met(self) -> bool:
        return self.target is None or self.target.is_met_by(self.ratio)

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "–"
        return "met" if self.is_met else "missed"


@dataclass(frozen=True)
class Scale:
    """How much of everything. Only `full` is what the targets speak of."""

    name: str
    rounds: int  # of requests to pages
    list_length: int
    short_list: int
    long_list: int
    few_resellers: int
    many_resellers: int
    migrated_resellers: int
    new_resellers: int
    signups: int
    mails: int  # a round
    mail_rounds: int
    imported: int  # rows of a file


SCALES = {
    scale.name: scale
    for scale in (
        Scale("tiny", 3, 200, 120, 240, 1, 2, 2, 1, 2, 3, 1, 30),
        Scale("small", 40, 20_000, 1_000, 100_000, 1, 20, 20, 3, 20, 60, 5, 5_000),
        Scale("full", 200, 100_000, 1_000, 1_000_000, 1, 500, 200, 5, 60, 200, 9, 50_000),
    )
}

Benchmark = Callable[[Stage, Scale], list[Finding]]
