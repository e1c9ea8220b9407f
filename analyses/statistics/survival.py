"""Share of cells that go on, from cells that ended and cells that were stopped or still run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData

Real = NDArray[np.float64]

FEWEST_CELLS = 2
NORMAL_95 = 1.959963984540054
HALF = 0.5


@dataclass(frozen=True)
class SurvivalCurve:
    """The share of cells that go on after each time at which one ended."""

    time: Real
    """Times of the ends, rising, shape (times,) [unit of the times given]."""
    at_risk: NDArray[np.int_]
    """Cells under test just before each."""
    ended: NDArray[np.int_]
    """Cells that ended at each."""
    share: Real
    """Share of cells that go on after each."""
    lower: Real
    """Lower end of its 95 % interval; not a number after the last cell ended."""
    upper: Real

    @property
    def median(self) -> float | None:
        """First time after which at most half of the cells go on; None if more than half do to the end."""
        return self._first(self.share <= HALF)

    @property
    def median_interval(self) -> tuple[float, float | None]:
        """95 % interval of the median: the times at which the interval of the share holds one half [2]_; None for an
        upper end beyond the last end."""
        lower = self._first(~(self.lower > HALF))
        upper = self._first(np.nan_to_num(self.upper, nan=0.0) < HALF)
        return (0.0 if lower is None else lower), upper

    def _first(self, reached: NDArray[np.bool_]) -> float | None:
        where = np.flatnonzero(reached)
        return float(self.time[where[0]]) if where.size else None


def survival_curve(times: Sequence[float], has_ended: Sequence[bool]) -> SurvivalCurve:
    """Return the product-limit estimate of Kaplan and Meier [1]_.

    A cell that was stopped, or still runs, counts as under test up to its time and not after. Cells stopped at the
    time of an end count as under test there. Stopping must not depend on how near its end a cell is. The 95 %
    interval of the share is that of its logarithm's logarithm with Greenwood's variance, which stays within zero and
    one [3]_.

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
        With fewer than two cells, or if none ended.

    References
    ----------
    .. [1] E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53, 457 (1958), doi:10.1080/01621459.1958.10501452.
    .. [2] R. Brookmeyer, J. Crowley, Biometrics 38, 29 (1982), doi:10.2307/2530286.
    .. [3] J. D. Kalbfleisch, R. L. Prentice, The Statistical Analysis of Failure Time Data, Wiley 2002, section 1.4.

    Examples
    --------
    >>> survival_curve([6, 6, 6, 7, 10], [True, True, True, False, True]).share.round(3).tolist()
    [0.4, 0.0]
    """
    at, ended = np.asarray(times, dtype=np.float64), np.asarray(has_ended, dtype=bool)
    if at.size < FEWEST_CELLS:
        raise InsufficientData(
            "too-few-cells",
            "a survival curve needs {needed} or more cells: there are {available}",
            needed=FEWEST_CELLS,
            available=at.size,
        )
    if not ended.any():
        raise InsufficientData("none-ended", "none of the {count} cells has ended yet", count=at.size)
    moments = np.unique(at[ended])
    at_risk = np.array([(at >= moment).sum() for moment in moments])
    ends = np.array([(ended & (at == moment)).sum() for moment in moments])
    share = np.cumprod(1 - ends / at_risk)
    lower, upper = _interval(share, at_risk, ends)
    return SurvivalCurve(moments, at_risk, ends, share, lower, upper)


def _interval(share: Real, at_risk: NDArray[np.int_], ends: NDArray[np.int_]) -> tuple[Real, Real]:
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(ends / (at_risk * (at_risk - ends)))
        spread = NORMAL_95 * np.sqrt(variance) / np.abs(np.log(share))
        lower, upper = share ** np.exp(spread), share ** np.exp(-spread)
    unknown = share <= 0
    return np.where(unknown, math.nan, lower), np.where(unknown, math.nan, upper)
