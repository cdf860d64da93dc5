"""The statistics of the timing trial, on made-up times."""

import random

import pytest

from tests.faults.apart import LARGEST_ERROR, Comparison, compare, pace

ROUNDS = 200
PLANTED = 0.005  # seconds


def times(seed: int, *, extra: float = 0.0, noise: float = 0.004) -> list[float]:
    """60 ms of work, a little jitter, and now and then a neighbour who takes the processor."""
    rng = random.Random(seed)  # noqa: S311 - the same times in every run
    return [
        0.060
        + extra
        + abs(rng.gauss(0, noise))
        + (rng.expovariate(1 / 0.08) if rng.random() < 0.2 else 0.0)
        for _each in range(ROUNDS)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_five_milliseconds_are_seen(seed: int) -> None:
    found = compare(times(seed), times(seed + 1_000, extra=PLANTED))

    assert found.is_sharp
    assert found.differ, found
    assert found.shift == pytest.approx(PLANTED, abs=0.002)


@pytest.mark.parametrize("seed", range(20))
def test_equals_are_never_told_apart(seed: int) -> None:
    assert not compare(times(seed), times(seed + 1_000)).differ


def test_a_faster_answer_tells_as_much_as_a_slower_one() -> None:
    assert compare(times(1, extra=PLANTED), times(2)).differ


def test_a_machine_too_noisy_for_an_answer_is_known() -> None:
    found = compare(times(1, noise=0.050), times(2, noise=0.050))

    assert not found.is_sharp
    assert found.error > LARGEST_ERROR


def test_what_is_likely_or_small_does_not_count() -> None:
    assert not Comparison(shift=0.0029, error=0.0001, probability=0.0001).differ
    assert not Comparison(shift=0.0090, error=0.0040, probability=0.0100).differ
    assert Comparison(shift=-0.0031, error=0.0002, probability=0.0009).differ


def test_what_nobody_takes_for_chance_is_seen_at_once() -> None:
    assert compare([0.040, 0.041, 0.042], [0.060, 0.061, 0.062]).differ
    assert not compare([0.040, 0.041, 0.042], [0.044, 0.045, 0.046]).differ


def test_the_pace_does_not_feel_interruptions() -> None:
    assert pace([0.060, 0.061, 0.9, 5.0]) == pytest.approx(0.0605)
