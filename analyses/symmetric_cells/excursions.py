"""Watching for a lasting change of a number from row to row: a cumulative sum of the evidence in each row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LIMIT = 14.0
"""Log-likelihood ratio at which a change is taken for real: by chance once in a million rows."""
END_ROWS = 2
"""Rows of full evidence that are enough where the data end, as none follow."""
ROUND_OFF = 1e-9


@dataclass
class Watch:
    """A cumulative sum (Page's CUSUM) that starts again whenever the evidence is against a change.

    References
    ----------
    Page, E. S. (1954). Continuous inspection schemes. Biometrika 41, 100-115. https://doi.org/10.1093/biomet/41.1-2.100
    """

    evidence: float = 0.0
    begin: int = 0
    """Row, from 0, since which the evidence is for a change; of no meaning while there is none."""

    def feed(self, first: int, evidence: Array, fewest_rows: int) -> int | None:
        """Take the evidence of further rows and return the row at which the change is taken for real, or None.

        Parameters
        ----------
        first : int
            Number of the first of these rows.
        evidence : ndarray, shape (rows,)
            Log-likelihood ratio of changed and unchanged; no row counts for more than its share of `fewest_rows`.
        fewest_rows : int
            Rows that a change must last.

        Returns
        -------
        int or None
            If it is not None, the rows after it are not counted, and `begin` is the first row of the change.
        """
        if not evidence.size:
            return None
        most = LIMIT / fewest_rows
        path = self.evidence + np.cumsum(np.clip(evidence, -most, most))
        floor = np.minimum(np.minimum.accumulate(path), 0.0)
        level = path - floor
        alarms = np.flatnonzero(level >= LIMIT - ROUND_OFF)
        end = int(alarms[0]) if alarms.size else level.size - 1
        empty = np.flatnonzero(level[: end + 1] <= ROUND_OFF)
        if empty.size:
            self.begin = first + int(empty[-1]) + 1
        elif self.evidence <= ROUND_OFF:
            self.begin = first
        self.evidence = float(level[end])
        return first + end if alarms.size else None

    def lasts_to(self, last: int, fewest_rows: int) -> bool:
        """Return True if all rows from `begin` to the last one of the data, two at least, are fully for a change."""
        rows = last + 1 - self.begin
        return rows >= END_ROWS and self.evidence >= rows * LIMIT / fewest_rows - ROUND_OFF


def log_likelihood_ratio(ratio: Array, middle: float, noise: Array) -> Array:
    """Return the evidence of each row that a ratio has changed from 1 to as far beyond `middle` as 1 is on this side.

    Parameters
    ----------
    ratio : ndarray, shape (rows,)
        Ratio to what is expected, 1 if nothing changed.
    middle : float
        Between the two.
    noise : ndarray, shape (rows,)
        Standard deviation of the ratio, normal.

    Returns
    -------
    ndarray, shape (rows,)

    Examples
    --------
    >>> log_likelihood_ratio(np.array([1.0, 0.7, 0.4]), 0.7, np.array([0.3, 0.3, 0.3])).round(9).tolist()
    [-2.0, 0.0, 2.0]
    """
    evidence: Array = 2 * (1 - middle) * (middle - ratio) / noise**2
    return evidence
