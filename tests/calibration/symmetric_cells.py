"""Overpotential of symmetric cells and its growth, from the half-cycles of a test."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from analyses.statistics.drift import trend
from tests.calibration import noise
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of

GROWTH, LEVEL = 0.002, 0.22
SCATTER_V = 0.004
HIDDEN = "allows for a drift that the test cannot detect"


def walk(random: np.random.Generator, size: int, step: float) -> Array:
    """Return a random walk from the first point on with independent scatter, and steps of so many times the scatter."""
    steps = np.append(0.0, random.normal(0, step, size - 1))
    return np.asarray(np.cumsum(steps) + random.normal(size=size))


def of_pairs(
    quantity: Literal["mean", "slope"],
    words: str,
    scatter: Callable[[np.random.Generator, int], Array],
    pairs: int,
    holds: bool,
) -> Study:
    """Pairs of half-cycles whose overpotential of 0.22 V grows by 2 mV a pair."""

    def trial(random: np.random.Generator) -> Answer:
        time = np.arange(float(pairs))
        values = LEVEL + GROWTH * (time - time.mean()) + SCATTER_V * scatter(random, pairs)
        truth = {"mean": LEVEL, "slope": GROWTH}[quantity]
        return answer_of(truth, lambda: getattr(trend(time, values), quantity))

    name = {"mean": "Overpotential", "slope": "Growth of the overpotential"}[quantity]
    disturbance = f"{words}, {pairs} pairs of half-cycles"
    return Study(name, disturbance, trial, assumptions_hold=holds, covers_more=HIDDEN)


PATTERNS: tuple[tuple[str, Callable[[np.random.Generator, int], Array], bool], ...] = (
    ("independent scatter", noise.white, True),
    ("1/f noise", noise.pink, True),
    ("a random walk of steps three times the scatter", lambda r, size: walk(r, size, 3.0), True),
    ("each deviation keeps 60 % of the one before", lambda r, size: noise.autoregressive(r, size, 0.6), True),
    ("5 % of the pairs 10 times as far off", lambda r, size: noise.with_outliers(r, size, 0.05, 10), False),
)
WEAK = (
    ("a random walk of steps a tenth of the scatter", lambda r, size: walk(r, size, 0.1), True),
    ("a random walk of steps a third of the scatter", lambda r, size: walk(r, size, 1 / 3), True),
    ("a random walk of steps as large as the scatter", lambda r, size: walk(r, size, 1.0), True),
)
"""Walks that a short series does not show."""
STUDIES = tuple(
    of_pairs(quantity, words, scatter, pairs, holds)
    for quantity in ("mean", "slope")
    for patterns, numbers in ((PATTERNS, (10, 30, 100)), (WEAK, (5, 10, 20, 40, 100)))
    for words, scatter, holds in patterns
    for pairs in numbers
)
