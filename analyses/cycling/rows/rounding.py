"""What the rounding of a printed current leaves open in the charge of half-cycles."""

import numpy as np

from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, Runs, groups_of_one_sign


def rounding_share(runs: Runs, current_step_a: float) -> float:
    """Return the largest share of its charge that a half-cycle may be off by if its current is rounded to a step.

    Parameters
    ----------
    runs : Runs
        Without noise.
    current_step_a : float
        Step in which the current is written [A].

    Examples
    --------
    >>> from analyses.cycling.rows.half_cycles import runs_of
    >>> hours = 3600.0 * np.arange(6)
    >>> runs = runs_of(hours, np.ones(6), np.array([2.0, 2.0, 2.0, -2.0, -2.0, -2.0]))
    >>> rounding_share(runs, 0.4)
    0.08
    """
    if not runs.charge_ah.size:
        return 0.0
    duration = np.maximum(runs.duration_s, 0.0) / SECONDS_PER_HOUR
    off = current_step_a / 2 * np.bincount(groups_of_one_sign(runs.sign), weights=duration)
    passed = np.bincount(groups_of_one_sign(runs.sign), weights=runs.charge_ah)
    return float((off / passed).max())
