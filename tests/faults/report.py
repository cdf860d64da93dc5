"""The figures: for the terminal, for programs, and as the table in `docs/reliability.md`."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from tests.faults.contract import Outcome, Trial

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN = "<!-- made by script/faults --write: do not edit -->"
END = "<!-- end of what script/faults made -->"
HEAD = [
    "| trial | rounds | faults | lost | duplicates | failures | seconds | figures |",
    "|---|--:|--:|--:|--:|--:|--:|---|",
]


@dataclass(frozen=True)
class Result:
    """A trial with its outcome and the seconds that it took."""

    trial: Trial
    outcome: Outcome
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.outcome.failures

    def line(self) -> str:
        """One line for the terminal."""
        verdict = "held" if self.passed else f"BROKEN ({len(self.outcome.failures)})"
        rounds = f"{self.outcome.rounds} rounds in {self.seconds:.0f} s"
        return f"{self.trial.name:18} {verdict:12} {rounds}  {self.figures()}".rstrip()

    def figures(self) -> str:
        """Those worth printing, in the trial's own words."""
        found = self.outcome.figures
        return ", ".join(
            f"{words} {_plain(found[name])}"
            for name, words in self.trial.figures_shown.items()
            if name in found
        )

    def row(self) -> str:
        """One row of the table."""
        told = self.outcome
        counts = [told.rounds, told.faults, told.lost, told.duplicates, len(told.failures)]
        cells = [f"`{self.trial.name}`", *map(_plain, counts), f"{self.seconds:.0f}"]
        return f"| {' | '.join([*cells, self.figures()])} |"


def as_json(results: list[Result]) -> str:
    """Everything, for programs."""
    told = [
        {
            "name": result.trial.name,
            "promise": result.trial.promise,
            "seconds": round(result.seconds, 1),
            **dataclasses.asdict(result.outcome),
        }
        for result in results
    ]
    return json.dumps(told, indent=2)


def write(results: list[Result], *, command: str, machine: str) -> None:
    """Put the rows into the page, between its markers. Those of other trials stay."""
    before, _begin, rest = PAGE.read_text().partition(BEGIN)
    old, _end, after = rest.partition(END)
    rows = {_name(line): line for line in old.splitlines() if line.startswith("| `")}
    rows |= {f"`{result.trial.name}`": result.row() for result in results}
    made = [BEGIN, f"Last: `{command}`, {machine}:", "", *HEAD, *rows.values(), END]
    PAGE.write_text(before + "\n".join(made) + after)


def _name(row: str) -> str:
    return row.split("|")[1].strip()


def _plain(value: float | str | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
