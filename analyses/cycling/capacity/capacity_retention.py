"""Capacity retention, fade and coulombic efficiency from capacity against cycle number."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_series import CycleSeries
from analyses.insufficient_data import InsufficientData
from analyses.statistics.drift import FEWEST_POINTS, trend
from analyses.statistics.medians import MAD_TO_SIGMA, median_degrees_of_freedom
from analyses.uncertainty import Estimate, is_round_off, propagate

Array = NDArray[np.float64]

ANOMALY_WINDOW = 5
TURN_FACTOR = 3.0
"""Errors of one size turn a straight line through many cycles by up to so many times it over their number."""
FLAT_SHARE = 0.15
"""Deviations half of which are within so little of the resolution are not those of independent errors."""
ORDER_ERRORS = 2.0
"""Deviations follow one another if their correlation is more than so many times its standard error."""
MEDIAN_EFFICIENCY = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, for normal scatter."""


@dataclass(frozen=True)
class Fade:
    """Loss per cycle, relative to the capacity at the reference cycle."""

    percent_per_cycle: Estimate
    end_to_end_percent_per_cycle: float
    """(100 - retention) / (end - reference), which is the same for a steady fade only."""
    cycles_fitted: int


def retention_percent(series: CycleSeries, reference_cycle: int, end_cycle: int) -> Estimate:
    """Return the capacity at the end cycle over that at the reference cycle.

    Parameters
    ----------
    series : CycleSeries
        Capacity against cycle number.
    reference_cycle, end_cycle : int
        Cycle numbers in the data.

    Returns
    -------
    Estimate
        Retention, within the resolution of both capacities [%].

    Raises
    ------
    InsufficientData
        If the end is not after the reference, a cycle is not in the data, or the reference capacity is zero or may be,
        within its resolution.
    """
    if end_cycle <= reference_cycle:
        raise InsufficientData(
            "end-cycle-before-reference",
            "the end cycle ({end_cycle}) must come after the reference cycle ({reference_cycle}): retention "
            "needs two cycles",
            end_cycle=end_cycle,
            reference_cycle=reference_cycle,
        )
    reference, end = series.measured_at(reference_cycle), series.measured_at(end_cycle)
    if reference.magnitude <= 0:
        raise InsufficientData(
            "zero-reference-capacity",
            "zero capacity at the reference cycle {reference_cycle}: choose another reference cycle",
            reference_cycle=reference_cycle,
        )
    if reference.lower <= 0:
        raise InsufficientData(
            "capacity-within-resolution",
            "the capacity of the reference cycle {reference_cycle} is only known to within {resolution_percent:.2g} %: "
            "export the data at a shorter logging interval and with all digits",
            reference_cycle=reference_cycle,
            resolution_percent=100 * reference.half_width / reference.magnitude,
        )
    return propagate(
        lambda end_mah, reference_mah: 100 * end_mah / reference_mah,
        end_mah=end,
        reference_mah=reference,
    )


def fade(series: CycleSeries, reference_cycle: int, end_cycle: int) -> Fade:
    """Return the typical loss per cycle: the median of the slopes between all pairs of good cycles.

    This Theil-Sen slope is divided by the capacity at the reference cycle. It is the loss of a typical cycle: where
    the fade is steep at first and slow later, or the reverse, it differs from the loss per cycle from end to end,
    which is returned as well. The standard uncertainty is that of `analyses.statistics.drift.trend`, for deviations
    from the line that are independent or follow one another, as a warm room and a bent course make them; it is zero
    for a noiseless straight line. Of fewer than four cycles it is that of the scatter of the series. Where the
    resolution of the capacities allows more, it is that of a straight line through independent errors equally likely
    up to the resolution. Where the deviations follow one another or are much less, as those of rounded numbers, it has
    bounds: three times the resolution over the number of cycles, the most that errors of such a size can turn a line.

    Parameters
    ----------
    series : CycleSeries
        Capacity against cycle number; its anomalies are left out.
    reference_cycle, end_cycle : int
        First and last cycle of the fit.

    Returns
    -------
    Fade
        Positive for a loss.

    Raises
    ------
    InsufficientData
        If fewer than two good cycles lie between reference and end, both included, or as `retention_percent` does.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of the American
    Statistical Association 63, 1379-1389. https://doi.org/10.1080/01621459.1968.10480934
    """
    retention = retention_percent(series, reference_cycle, end_cycle)
    within = series.clean & (series.cycle >= reference_cycle) & (series.cycle <= end_cycle)
    count = int(within.sum())
    if count < 2:
        raise InsufficientData(
            "too-few-cycles",
            "no fade: only {count} usable cycle from {reference_cycle} to {end_cycle}",
            count=count,
            reference_cycle=reference_cycle,
            end_cycle=end_cycle,
        )
    cycle, capacity = series.cycle[within], series.capacity_mah[within]
    reference = series.level_at(reference_cycle).magnitude
    if count < FEWEST_POINTS:
        error = series.scatter_mah / float(np.linalg.norm(cycle - cycle.mean()))
        slope = float(np.polyfit(cycle, capacity, 1)[0])
        fitted = Estimate.measured(slope, error, series.degrees_of_freedom).attributed("scatter")
    else:
        fitted = trend(cycle, capacity).slope
    if is_round_off(fitted.magnitude, reference):
        fitted = Estimate.exact(0.0)
    fitted = _within_resolution(fitted, cycle, capacity, series.resolution_mah[within])
    loss = propagate(
        lambda slope_mah, reference_mah: 100 * (0.0 - slope_mah) / reference_mah,
        slope_mah=fitted,
        reference_mah=series.level_at(reference_cycle),
    )
    return Fade(loss, (100 - retention.magnitude) / (end_cycle - reference_cycle), count)


def _within_resolution(slope: Estimate, cycle: Array, capacity: Array, resolution_mah: Array) -> Estimate:
    """Return a slope with what the resolution of the capacities allows [mAh per cycle]."""
    size = float(np.sqrt((resolution_mah**2).mean()))
    if size == 0 or is_round_off(size, float(capacity.max())):
        return slope
    residual = capacity - slope.magnitude * cycle
    residual -= residual.mean()
    spread = float(np.median(np.abs(residual - np.median(residual))))
    follow = float((residual[1:] * residual[:-1]).sum())
    if spread < FLAT_SHARE * size or follow > ORDER_ERRORS / math.sqrt(residual.size) * float((residual**2).sum()):
        bound = TURN_FACTOR * float(resolution_mah.max()) / resolution_mah.size
        return replace(slope, lower=slope.lower - bound, upper=slope.upper + bound)
    independent = size / math.sqrt(3) / float(np.linalg.norm(cycle - cycle.mean()))
    if independent <= slope.standard_uncertainty:
        return slope
    return Estimate.measured(slope.magnitude, independent).attributed("resolution")


def fade_from_reported(retention: Estimate, cycles: Estimate) -> Estimate:
    """Return the loss per cycle from end to end of a reported retention.

    Parameters
    ----------
    retention : Estimate
        Capacity retention after `cycles` [%].
    cycles : Estimate
        Number of cycles.

    Returns
    -------
    Estimate
        (100 - retention) / cycles, with the rounding of both carried along [% per cycle].

    Raises
    ------
    InsufficientData
        If the number of cycles is not above zero.

    Examples
    --------
    >>> loss = fade_from_reported(Estimate.rounded(92.6, 0.05), Estimate.exact(150))
    >>> (round(loss.magnitude, 4), round(loss.lower, 4), round(loss.upper, 4))
    (0.0493, 0.049, 0.0497)
    """
    if cycles.lower <= 0:
        raise InsufficientData(
            "cycle-count-not-positive",
            "the number of cycles must be above zero, not {cycles:g}",
            cycles=cycles.magnitude,
        )
    return propagate(
        lambda retention_percent, cycle_count: (100 - retention_percent) / cycle_count,
        retention_percent=retention,
        cycle_count=cycles,
    )


def median_ratio_percent(above: Array, below: Array, resolution: tuple[Array, Array] | None = None) -> Estimate:
    """Return the median over cycles of one capacity or energy over another of the same cycle, such as an efficiency.

    Parameters
    ----------
    above, below : ndarray, shape (cycles,)
        Of each cycle, in one unit; `below` above zero.
    resolution : tuple of two ndarray, shape (cycles,), optional
        Largest error of each, from what the data do not tell, in the same unit.

    Returns
    -------
    Estimate
        Median ratio, its standard uncertainty that of a median under normal scatter, its bounds the medians of the
        smallest and largest ratios within the resolution [%].

    Raises
    ------
    InsufficientData
        If there is no cycle, or one without charge.

    Examples
    --------
    >>> median_ratio_percent(np.array([99.0, 99.0, 50.0]), np.array([100.0, 100.0, 100.0])).magnitude
    99.0
    """
    if not above.size:
        raise InsufficientData("no-complete-cycle", "no coulombic efficiency: no cycle has both charge and discharge")
    if (below <= 0).any():
        raise InsufficientData(
            "no-charge-capacity", "no coulombic efficiency: a cycle has no charge capacity above zero"
        )
    ratio = 100 * above / below
    median = float(np.median(ratio))
    sigma = MAD_TO_SIGMA * _rounded_off(float(np.median(np.abs(ratio - median))), median)
    degrees = median_degrees_of_freedom(ratio.size - 1)
    uncertainty = MEDIAN_EFFICIENCY * sigma / math.sqrt(ratio.size)
    lower, upper = _median_bounds(above, below, resolution) if resolution else (median, median)
    lower, upper = (median if is_round_off(bound - median, median) else bound for bound in (lower, upper))
    return Estimate(median, lower, upper, uncertainty, degrees_of_freedom=degrees).attributed("scatter")


def _median_bounds(above: Array, below: Array, resolution: tuple[Array, Array]) -> tuple[float, float]:
    least = below - resolution[1]
    if (least <= 0).any():
        raise InsufficientData(
            "capacity-within-resolution",
            "no efficiency: a capacity is smaller than the resolution of the data",
        )
    lower = 100 * np.maximum(above - resolution[0], 0.0) / (below + resolution[1])
    return float(np.median(lower)), float(np.median(100 * (above + resolution[0]) / least))


def first_efficiency_percent(recovered: Estimate, stored: Estimate) -> Estimate:
    """Return recovered over stored capacity of one cycle.

    Parameters
    ----------
    recovered, stored : Estimate
        Capacities of the cycle within their resolution, in one unit.

    Returns
    -------
    Estimate
        Efficiency [%].

    Raises
    ------
    InsufficientData
        If the stored capacity is zero, or smaller than its resolution.

    Examples
    --------
    >>> first_efficiency_percent(Estimate.exact(85.0), Estimate.rounded(100.0, 1.0)).interval()
    (84.15841584158416, 85.85858585858585)
    """
    if stored.lower <= 0:
        raise InsufficientData(
            "no-first-cycle-capacity", "no first-cycle efficiency: charge and discharge capacity must be above zero"
        )
    return propagate(lambda out, into: 100 * out / into, out=recovered, into=stored)


def _rounded_off(difference: float, scale: float) -> float:
    """Return a difference, or zero if it is within the rounding error."""
    return 0.0 if is_round_off(difference, scale) else difference
