"""What a trial is: it injects one kind of fault many times and tells what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Figure = int | float | str
_MISSED_ONE_IN = 50  # rounds


@dataclass
class Outcome:
    """What came of the rounds of one trial. It passed when `failures` is empty."""

    rounds: int
    # How often something was broken on purpose. None: the trial breaks nothing.
    faults: int | None = None
    # Mails, decisions, resellers that should be there and are not. None: nothing could get lost.
    lost: int | None = None
    # What was done more than once, although allowed: a mail in flight at a kill.
    duplicates: int | None = None
    # One sentence for each thing that broke the promise, with the round in which it happened.
    failures: list[str] = field(default_factory=list)
    # Whatever else is worth knowing, by name.
    figures: dict[str, Figure] = field(default_factory=dict)

    def check(self, holds: bool, sentence: str) -> bool:
        """Note a failure unless `holds`."""
        if not holds:
            self.failures.append(sentence)
        return holds

    def count_blow(self, *, struck: bool) -> None:
        """Count a fault at a chosen step, or that the step was not on the victim's way.

        Which messages a worker finds beside the chosen one, and whose connection it uses, is
        chance: a few steps that an undisturbed one took are not taken again.
        """
        if struck:
            self.faults = (self.faults or 0) + 1
        else:
            self.figures["missed"] = self.missed + 1

    @property
    def missed(self) -> int:
        """How many chosen steps were not reached."""
        return int(self.figures.get("missed", 0))

    def check_missed(self) -> None:
        """Note a failure when too many were: then the trial tried less than it says."""
        few = self.missed * _MISSED_ONE_IN <= self.rounds
        self.check(few, f"{self.missed} chosen steps were not reached")


@dataclass(frozen=True)
class Trial:
    """One kind of fault, and what the product promises to do about it.

    `run(rounds)` finds Django set up and the servers of `tests.faults.stage` running.
    """

    name: str
    promise: str
    run: Callable[[int], Outcome]
    # What the columns cannot say: the names of figures, with the words to print them in the table.
    figures_shown: Mapping[str, str] = field(default_factory=dict)
