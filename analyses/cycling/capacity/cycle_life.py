"""The cycle at which a capacity falls below a share of what it was."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.component import Component
from analyses.cycling.cycles.cycle_series import CycleSeries
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA, running_median
from analyses.uncertainty import Estimate, is_round_off

Array = NDArray[np.float64]

LIFE_FRACTION = 0.8
WHOLE_CYCLE = 0.52
"""Standard uncertainty of a cycle number where scatter decides: 1.96 of them contain the cycle before and after."""
DETERMINED = 10.0
"""Standard errors the slope must have for enough cycles to be taken to tell where they cross."""
UNDETERMINED = 6.0
"""Standard errors of the slope below which not even all cycles tell it."""
FEWEST_CYCLES = 7.0
LONGER = 1.4
ROUNDS = 3
FEWEST_IN_ORDER = 20
"""Cycles from which the order of deviations tells whether they follow one another."""
ORDER_ERRORS = 2.0
"""They do if their correlation from one to the next is more than so many times its standard error."""
BENDS = 4
"""Degree of the polynomial that stands for the fade when slow deviations from it are looked for."""
TAKEN_BY_POLYNOMIAL = 1.5
"""Slow deviations over what such a polynomial leaves of them."""


def life_cycles(
    series: CycleSeries, reference_cycle: int, end_cycle: int, fraction: float = LIFE_FRACTION
) -> Estimate | None:
    """Return the first cycle from which the capacity stays below a fraction of the reference capacity.

    Judged on the running median of the good cycles from reference to end, so that one cycle neither ends a life nor
    prolongs it. Its standard uncertainty is half the distance between the answers for a limit raised and lowered by
    the scatter of the capacities, and half a cycle, as the answer is whole; without scatter it is zero. Where
    the deviations from a polynomial of fourth degree follow one another, as those of a room whose temperature changes
    do, their size counts as scatter too.

    Where the scatter is more than the fade within the window of the median, the median crosses the limit more than
    once, and the last crossing comes late. There a parabola through the cycles about the crossing answers, as few of
    them as determine its slope to a tenth, or all. Its standard uncertainty is that of inverse regression [1]_, with
    the scatter of the reference in it.

    Parameters
    ----------
    series : CycleSeries
        Capacity against cycle number.
    reference_cycle, end_cycle : int
        Cycle the capacity is compared with, and last cycle looked at.
    fraction : float, optional
        End of life as a fraction of the reference capacity.

    Returns
    -------
    Estimate or None
        Cycle number as in the data; None if the capacity is not below the fraction at the end.

    Raises
    ------
    InsufficientData
        If all cycles together do not determine the slope at the crossing to a sixth: the fade is within the scatter.

    References
    ----------
    .. [1] N. R. Draper, H. Smith, Applied Regression Analysis, 3rd ed., Wiley 1998, section 3.2,
       doi:10.1002/9781118625590.

    Examples
    --------
    >>> from analyses.cycling.cycles.cycle_series import cycle_series
    >>> cycle = np.arange(1.0, 31)
    >>> life_cycles(cycle_series(cycle, 101 - cycle, window=5), reference_cycle=1, end_cycle=30).magnitude
    22.0
    """
    within = series.clean & (series.cycle >= reference_cycle) & (series.cycle <= end_cycle)
    cycles, capacity = series.cycle[within], series.capacity_mah[within]
    smooth = running_median(capacity, series.window // 2)
    limit = fraction * series.level_at(reference_cycle).magnitude
    wander = _wander(cycles, capacity)
    deviation = math.hypot(series.scatter_mah, wander)
    spread = deviation * math.hypot(1, fraction)
    answer, early, late = (_stays_below(cycles, smooth, level) for level in (limit, limit + spread, limit - spread))
    if early is None or (answer is None and spread == 0):
        return None
    last = cycles[-1] if late is None else late
    uncertain_cycles = np.count_nonzero((cycles >= early) & (cycles <= last))
    if answer is not None and late is not None and uncertain_cycles <= series.window:
        half = float(last - early) / 2
        if not spread:
            return Estimate.exact(answer)
        return Estimate.of_components(answer, Component("scatter", half), Component("resolution", WHOLE_CYCLE))
    crossing = _crossing(cycles, capacity, limit, last if answer is None else answer, deviation)
    if crossing.at > cycles[-1]:
        return None
    scatter = math.hypot(crossing.standard_error, fraction * series.scatter_mah / crossing.slope)
    degrees = series.degrees_of_freedom
    whole = float(cycles[min(int(np.searchsorted(cycles, crossing.at, side="right")), cycles.size - 1)])
    return Estimate.of_components(
        whole,
        Component("scatter", scatter, degrees_of_freedom=degrees),
        Component("drift", wander * math.hypot(1, fraction) / crossing.slope),
        Component("resolution", WHOLE_CYCLE),
    )


def _wander(cycles: Array, capacity: Array) -> float:
    """Return the size of slow deviations from a smooth fade; zero if deviations do not follow one another."""
    if cycles.size < FEWEST_IN_ORDER:
        return 0.0
    along = np.interp(cycles, (cycles[0], cycles[-1]), (-1.0, 1.0))
    terms = np.polynomial.legendre.legvander(along, BENDS)
    deviation = capacity - terms @ np.linalg.lstsq(terms, capacity, rcond=None)[0]
    size = TAKEN_BY_POLYNOMIAL * MAD_TO_SIGMA * float(np.median(np.abs(deviation)))
    squares = float(deviation @ deviation)
    follow = float(deviation[1:] @ deviation[:-1]) > ORDER_ERRORS / math.sqrt(cycles.size) * squares
    return size if follow and not is_round_off(size, float(capacity.max())) else 0.0


def _stays_below(cycles: Array, smooth: Array, limit: float) -> float | None:
    above = np.flatnonzero(smooth >= limit)
    first_below = int(above[-1]) + 1 if above.size else 0
    return float(cycles[first_below]) if first_below < cycles.size else None


@dataclass(frozen=True)
class _Crossing:
    """The crossing of a falling curve with a level."""

    at: float
    standard_error: float
    """Of the curve, the level taken as known."""
    slope: float
    """Fall per cycle, above zero."""


def _crossing(cycles: Array, capacity: Array, limit: float, near: float, scatter: float) -> _Crossing:
    """Return where a parabola through the cycles nearest to a place meets the limit, centred there in a few rounds."""
    count, at = FEWEST_CYCLES, near
    while True:
        for _ in range(ROUNDS):
            rows = np.argsort(np.abs(cycles - at), kind="stable")[: round(count)]
            reach = float(np.abs(cycles[rows] - at).max())
            terms = np.vander((cycles[rows] - at) / reach, 3, increasing=True)
            inverse = np.linalg.solve(terms.T @ terms, terms.T)[:2] / np.array([[1.0], [reach]])
            level, slope = inverse @ capacity[rows]
            level_error, slope_error = scatter * np.linalg.norm(inverse, axis=1)
            if slope >= 0:
                break
            centre, at = at, float(np.clip(at - (level - limit) / slope, cycles[0], cycles[-1] + 1))
        if -slope >= DETERMINED * slope_error or count >= cycles.size:
            break
        count *= LONGER
    if -slope < UNDETERMINED * slope_error:
        raise InsufficientData(
            "fade-within-scatter",
            "the fade is within the scatter ({scatter_percent:.2g} % of the limit): {cycles_size} usable cycles do not "
            "show where the capacity crosses the limit",
            scatter_percent=100 * scatter / limit,
            cycles_size=cycles.size,
        )
    return _Crossing(float(centre - (level - limit) / slope), float(-level_error / slope), float(-slope))
