"""Share of cells that continue, from cells that ended and cells that were stopped or still run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData

Real = NDArray[np.float64]

FEWEST_CELLS = 2
TAIL = 0.025
"""Probability beyond each end of a 95 % interval."""
HALF = 0.5 * (1 + 1e-12)
"""One half, with the round-off of a product of shares."""


@dataclass(frozen=True)
class SurvivalCurve:
    """The share of cells that continue after each time at which one ended or was stopped."""

    time: Real
    """These times, rising, shape (times,) [unit of the times given]."""
    at_risk: NDArray[np.int_]
    """Cells under test just before each."""
    ended: NDArray[np.int_]
    """Cells that ended at each."""
    share: Real
    """Share of cells that continue after each."""
    lower: Real
    """Lower end of its 95 % interval; zero once no cell is left."""
    upper: Real

    @property
    def median(self) -> float | None:
        """First time after which at most half of the cells continue; None if more than half do to the end."""
        return self._first(self.share <= HALF)

    @property
    def median_interval(self) -> tuple[float, float | None]:
        """95 % interval of the median: the times at which the interval of the share contains one half [2]_.

        The lower end is zero if half of such cells may end before the first of these did; the upper end is None if
        half may continue beyond the last end. Both need six ended cells or more, which then are the first and the last.
        """
        before_any = TAIL ** (1 / self.at_risk[0])
        lower = None if before_any <= HALF else self._first(self.lower <= HALF)
        return (0.0 if lower is None else lower), self._first(self.upper < HALF)

    def _first(self, reached: NDArray[np.bool_]) -> float | None:
        where = np.flatnonzero(reached)
        return float(self.time[where[0]]) if where.size else None


def survival_curve(times: Sequence[float], has_ended: Sequence[bool]) -> SurvivalCurve:
    """Return the product-limit estimate of Kaplan and Meier [1]_.

    A cell that was stopped, or still runs, counts as under test up to its time and not after. Cells stopped at the
    time of an end count as under test there. Stopping must not depend on how near its end a cell is. The interval of
    the share contains it with at least 95 % probability for any number of cells [3]_: without stopped cells it is that
    of Clopper and Pearson.

    Parameters
    ----------
    times : sequence of float
        Time to the end, or to where the cell was stopped or is now.
    has_ended : sequence of bool
        Whether each ended.

    Returns
    -------
    SurvivalCurve

    Raises
    ------
    InsufficientData
        With fewer than two cells, if none ended, or if a time is not a number.

    References
    ----------
    .. [1] E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53, 457 (1958), doi:10.1080/01621459.1958.10501452.
    .. [2] R. Brookmeyer, J. Crowley, Biometrics 38, 29 (1982), doi:10.2307/2530286.
    .. [3] M. P. Fay, E. H. Brittain, M. A. Proschan, Biostatistics 14, 723 (2013), doi:10.1093/biostatistics/kxt016.

    Examples
    --------
    >>> survival_curve([6, 6, 6, 7, 10], [True, True, True, False, True]).share.round(3).tolist()
    [0.4, 0.4, 0.0]
    """
    at, ended = np.asarray(times, dtype=np.float64), np.asarray(has_ended, dtype=bool)
    if at.size < FEWEST_CELLS:
        raise InsufficientData(
            "too-few-cells",
            "a survival curve needs {needed} or more cells: there are {available}",
            needed=FEWEST_CELLS,
            available=at.size,
        )
    if bad := int((~np.isfinite(at)).sum()):
        raise InsufficientData("not-a-number", "{count} of the times are not numbers", count=bad)
    if not ended.any():
        raise InsufficientData("none-ended", "none of the {count} cells has short-circuited yet", count=at.size)
    moments = np.unique(at)
    at_risk = np.array([(at >= moment).sum() for moment in moments])
    ends = np.array([(ended & (at == moment)).sum() for moment in moments])
    share = np.cumprod(1 - ends / at_risk)
    lower, upper = _interval(at_risk, ends, np.append(at_risk[1:], 0))
    return SurvivalCurve(moments, at_risk, ends, share, lower, upper)


def median_interval(
    lower: Sequence[float], upper: Sequence[float], has_ended: Sequence[bool]
) -> tuple[float, float | None]:
    """Return the 95 % interval of the median of times that are known within bounds.

    Parameters
    ----------
    lower, upper : sequence of float
        Bounds of each time.
    has_ended : sequence of bool
        Whether each ended.

    Returns
    -------
    tuple of float and (float or None)
        The lower end if all times were at their lower bounds, and the upper end if at their upper ones; as
        `SurvivalCurve.median_interval`.

    Examples
    --------
    >>> median_interval([9.0] * 8, [11.0] * 8, [True] * 8)
    (9.0, 11.0)
    """
    return survival_curve(lower, has_ended).median_interval[0], survival_curve(upper, has_ended).median_interval[1]


def _interval(at_risk: NDArray[np.int_], ends: NDArray[np.int_], left: NDArray[np.int_]) -> tuple[Real, Real]:
    """Return the ends of the intervals of the share after each time, with `left` cells under test after it.

    At the end of one of `n` cells, the share of all such cells that continue is the share before times a variable of
    the beta distribution B(n, 1); the next end will be at B(left, 1) times that. The products are close to the beta
    distribution of the same mean and variance, and are exactly one without stopped cells.
    """
    mean, square = 1.0, 1.0
    lower, upper = [], []
    for cells, count, after in zip(at_risk.tolist(), ends.tolist(), left.tolist(), strict=True):
        for size in range(cells, cells - count, -1):
            mean, square = mean * size / (size + 1), square * size / (size + 2)
        upper.append(_quantile(mean, square, 1 - TAIL))
        lower.append(_quantile(mean * after / (after + 1), square * after / (after + 2), TAIL))
    return np.array(lower), np.array(upper)


def _quantile(mean: float, square: float, probability: float) -> float:
    """Return a quantile of the beta distribution with this mean and mean square."""
    from scipy.special import betaincinv

    variance = square - mean**2
    if variance <= 0:
        return mean
    size = mean * (1 - mean) / variance - 1
    return float(betaincinv(mean * size, (1 - mean) * size, probability))
