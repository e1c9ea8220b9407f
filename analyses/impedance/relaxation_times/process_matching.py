"""Which processes of the spectra of two cells are the same."""

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.relaxation_times.process_tracks import FARTHEST_DECADES, RESISTANCE_WEIGHT


def match_processes(first: Real, other: Real) -> list[tuple[int, int]]:
    """Return pairs of processes that are near in time constant and resistance.

    All pairs are chosen at once, so that the sum of distances in decades is least [1]_; a decade of resistance counts
    as half a decade of time constant. Processes whose time constants are a decade or more apart are not a pair.

    Parameters
    ----------
    first, other : ndarray, shape (processes, 2)
        Time constant [s] and resistance [Ω], both above zero, of the processes of each cell.

    Returns
    -------
    list of tuple of int
        Places in the first and in the other, from 0, in the order of the first.

    References
    ----------
    .. [1] H. W. Kuhn, Naval Res. Logist. Q. 2, 83 (1955), doi:10.1002/nav.3800020109.

    Examples
    --------
    >>> match_processes(np.array([[1e-5, 10.0], [1e-2, 50.0]]), np.array([[2e-2, 90.0], [3.0, 5.0]]))
    [(1, 0)]
    """
    from scipy.optimize import linear_sum_assignment

    if not len(first) or not len(other):
        return []
    apart = np.abs(np.log10(first)[:, np.newaxis] - np.log10(other)[np.newaxis])
    distance = apart[..., 0] + RESISTANCE_WEIGHT * apart[..., 1]
    pairs = zip(*linear_sum_assignment(np.minimum(distance, 2 * FARTHEST_DECADES)), strict=True)
    return [(int(row), int(column)) for row, column in pairs if apart[row, column, 0] < FARTHEST_DECADES]
