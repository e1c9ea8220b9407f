"""Whether two groups of cells differ: a permutation test of their means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData

Real = NDArray[np.float64]

FEWEST_CELLS = 2
LEVEL, POWER = 0.05, 0.8
MOST_ARRANGEMENTS = 200_000
"""Up to ten against ten are counted one by one; of more, as many are drawn."""
SAME = 1e-9
"""Relative difference below which two differences are equal."""


@dataclass(frozen=True)
class PermutationTest:
    """The difference of the means of two groups, and how often chance alone gives one as large."""

    difference: float
    """Mean of the second group minus that of the first [unit of the values]."""
    arrangements: int
    """Ways of sharing the cells among two groups of these sizes."""
    as_large: int
    """How many of the arrangements examined give a difference of the means of this size or more, of either sign."""
    examined: int
    """All arrangements, or as many as were drawn."""
    probability: float
    """Of a difference as large by chance if the groups do not differ; two-sided."""
    smallest_probability: float
    """The least that any outcome of groups of these sizes can reach."""
    detectable: float | None
    """Difference found at the level of 0.05 in four of five such experiments, with this scatter within the groups [unit
    of the values]; None if no outcome reaches the level."""

    @property
    def is_exact(self) -> bool:
        """Whether every arrangement was examined."""
        return self.examined == self.arrangements

    @property
    def can_reach_level(self) -> bool:
        """Whether any outcome could have had a probability of 0.05 or less."""
        return self.smallest_probability <= LEVEL


def permutation_test(first: Sequence[float], second: Sequence[float]) -> PermutationTest:
    """Compare the means of two groups by sharing their values among two groups of the same sizes in all ways [1]_.

    If the groups do not differ, every arrangement is as likely as the one observed; no distribution is assumed. The
    probability is the share of arrangements whose means differ by as much or more. With more than 200,000 arrangements
    as many are drawn at random, always the same, the one observed among them [2]_. The difference that could have been
    detected is that of a t test of equal scatter with a power of 0.8, to first order.

    Parameters
    ----------
    first, second : sequence of float
        One value for each cell, all under the same conditions.

    Returns
    -------
    PermutationTest

    Raises
    ------
    InsufficientData
        If a group has fewer than two cells, or a value is not a finite number.

    References
    ----------
    .. [1] R. A. Fisher, The Design of Experiments, Oliver and Boyd 1935, section 21.
    .. [2] B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9, 39 (2010), doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> test = permutation_test([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0])
    >>> (test.arrangements, test.as_large, round(test.probability, 4))
    (70, 2, 0.0286)
    """
    sizes = len(first), len(second)
    if min(sizes) < FEWEST_CELLS:
        raise InsufficientData(
            "too-few-cells",
            "a comparison of two groups needs {needed} or more cells in each: there are {first} and {second}",
            needed=FEWEST_CELLS,
            first=sizes[0],
            second=sizes[1],
        )
    values = np.array([*first, *second], dtype=np.float64)
    if not np.isfinite(values).all():
        raise InsufficientData(
            "value-not-finite",
            "a comparison of two groups needs a finite number for every cell: {missing} of {count} are not finite",
            missing=int((~np.isfinite(values)).sum()),
            count=values.size,
        )
    count, arrangements = values.size, math.comb(sum(sizes), sizes[0])
    sums = _all_sums(values, sizes[0]) if arrangements <= MOST_ARRANGEMENTS else _drawn_sums(values, sizes[0])
    observed = values[: sizes[0]].sum()
    expected = values.sum() * sizes[0] / count
    tolerance = SAME * max(float(np.abs(values).max()) * count, 1e-300)
    as_large = int((np.abs(sums - expected) >= abs(observed - expected) - tolerance).sum())
    # Two groups of the same size can be exchanged without changing the size of the difference.
    smallest = (2 if sizes[0] == sizes[1] else 1) / arrangements
    return PermutationTest(
        difference=float(values[sizes[0] :].mean() - values[: sizes[0]].mean()),
        arrangements=arrangements,
        as_large=as_large,
        examined=sums.size,
        probability=as_large / sums.size,
        smallest_probability=smallest,
        detectable=_detectable(values, sizes) if smallest <= LEVEL else None,
    )


def _all_sums(values: Real, size: int) -> Real:
    """Return the sum of the first group in each arrangement."""
    return np.array([sum(chosen) for chosen in combinations(values.tolist(), size)])


def _drawn_sums(values: Real, size: int) -> Real:
    random = np.random.default_rng(0)
    order = np.argsort(random.random((MOST_ARRANGEMENTS - 1, values.size)), axis=1)[:, :size]
    return np.append(values[order].sum(axis=1), values[:size].sum())


def _detectable(values: Real, sizes: tuple[int, int]) -> float:
    from scipy.stats import t

    groups = values[: sizes[0]], values[sizes[0] :]
    degrees = values.size - 2
    pooled = math.sqrt(sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / degrees)
    factor = float(t.ppf(1 - LEVEL / 2, degrees) + t.ppf(POWER, degrees))
    return factor * pooled * math.sqrt(1 / sizes[0] + 1 / sizes[1])
