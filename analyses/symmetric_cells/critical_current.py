"""Critical current density of a symmetric cell, from a test of rising current."""

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.symmetric_cells.overpotential import CLEAR_STEP_SHARE, HalfCycles
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]

FEWEST_LEVELS = 3


def current_levels_a(halves: HalfCycles) -> Array:
    """Return the currents of the half-cycles, each level once, in the order of the test [A]."""
    level = halves.levels()
    return np.array([np.median(halves.current_a[level == number]) for number in np.unique(level)])


def critical_current_a(halves: HalfCycles, short_row: int | None) -> Estimate | Remark:
    """Return the last current before that at which the cell short-circuits, in a test of rising current.

    Parameters
    ----------
    halves : HalfCycles
        All half-cycles, those after the short circuit too.
    short_row : int or None
        First row, from 0, of the short circuit.

    Returns
    -------
    Estimate or Remark
        The current [A], its upper bound that at which the cell short-circuits; or why there is none.
    """
    levels = current_levels_a(halves)
    reached = halves.runs.first_row <= (halves.runs.last_row[-1] if short_row is None else short_row)
    borne = current_levels_a(halves.selected(reached))
    stepped = levels.size >= FEWEST_LEVELS and levels.max() > (1 + CLEAR_STEP_SHARE) * levels[0]
    if not stepped or (np.diff(borne) <= 0).any():
        return Remark(
            "current-not-stepped",
            "the current was not stepped up (levels in A: {levels_a:.3g})",
            levels_a=Listed(levels),
        )
    if short_row is None:
        return Remark(
            "no-short-circuit",
            "no short circuit up to the highest current ({highest_a:.4g} A); the critical current is above",
            highest_a=borne.max(),
        )
    if borne.size < 2:
        return Remark(
            "short-circuit-at-first-current",
            "short circuit at the first current ({first_a:.4g} A); the critical current is below",
            first_a=borne[0],
        )
    return Estimate(float(borne[-2]), float(borne[-2]), float(borne[-1]))
