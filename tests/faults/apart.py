"""Whether two rows of measured times differ by more than chance. Pure: it knows no server.

Times on a busy machine have a long tail to the slow side, and what is the same work shows in the
fast half. So the *pace* of a row is the mean of its fastest half, and two rows are compared by the
difference of their paces. How large it gets by chance is found by permutation: within each round
the two times are swapped or not, as if the label meant nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

PERMUTATIONS = 1_000
# Both must be crossed: rarer than once in a thousand comparisons of equals, and so large that an
# attacker could use it. With five attempts a person in five minutes, 3 ms cannot be told from the
# weather of a network.
MOST_LIKELY = 0.001
LARGEST_SHIFT = 0.003  # seconds
# A shift that is known less well than this says nothing.
LARGEST_ERROR = 0.0015  # seconds
# No comparison of equals comes near; so few times show a difference, too.
GLARING_SHIFT = 0.015  # seconds


@dataclass(frozen=True)
class Comparison:
    """By how much the second row is slower, in seconds, and how sure that is."""

    shift: float
    error: float  # standard deviation of the shift between equals
    probability: float  # of such a shift between equals

    @property
    def is_sharp(self) -> bool:
        """Whether the rows are long enough for the noise in them."""
        return self.error <= LARGEST_ERROR

    @property
    def differ(self) -> bool:
        is_large = self.probability < MOST_LIKELY and abs(self.shift) > LARGEST_SHIFT
        return is_large or abs(self.shift) > GLARING_SHIFT


def pace(times: Sequence[float]) -> float:
    """The mean of the fastest half."""
    return fmean(sorted(times)[: (len(times) + 1) // 2])


def compare(one: Sequence[float], other: Sequence[float], *, seed: int = 1) -> Comparison:
    """Compare two rows of equal length, measured in turn: round by round."""
    rng = random.Random(seed)  # noqa: S311 - the same verdict on the same times
    shift = pace(other) - pace(one)
    by_chance = [_shuffled_shift(one, other, rng) for _each in range(PERMUTATIONS)]
    as_large = sum(abs(each) >= abs(shift) for each in by_chance)
    return Comparison(shift, pstdev(by_chance), (as_large + 1) / (PERMUTATIONS + 1))


def _shuffled_shift(one: Sequence[float], other: Sequence[float], rng: random.Random) -> float:
    swaps = [rng.random() < 0.5 for _each in one]
    left = [b if swap else a for a, b, swap in zip(one, other, swaps, strict=True)]
    right = [a if swap else b for a, b, swap in zip(one, other, swaps, strict=True)]
    return pace(right) - pace(left)
