"""Voltage of a charge and a discharge at half of their capacity, and the difference of the two."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.voltage.voltage_curve import HalfCycle
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.uncertainty import Estimate, propagate

Array = NDArray[np.float64]

MOST_FITTED = 60
"""Rows around half of the capacity that a parabola goes through."""
FEWEST_FITTED = 12
"""With fewer, the voltage is interpolated between two rows."""
WINDOW = 0.05
"""Largest distance of these rows from half of the capacity, over the capacity."""
WIDEST_GAP = 0.2
"""Distance of the two rows around half of the capacity, over the capacity, above which nothing is known of it."""
HELD_SHARE = 0.5
"""Share of the constant current below which the voltage is held rather than the current."""
BENT = 2.0
"""Standard errors by which parabola and line differ where the voltage bends more than a parabola may follow."""


@dataclass(frozen=True)
class _Fit:
    value_v: float
    standard_error_v: float
    slope_v: float
    """Per capacity of the half-cycle."""
    bend_v: float
    """Largest error of the value where the curve has a kink."""
    degrees_of_freedom: float


def voltage_hysteresis(charge: Estimate, discharge: Estimate) -> Estimate:
    """Return the voltage of the charge minus that of the discharge [V].

    It contains the losses at the current (ohmic, of charge transfer and of diffusion) as well as a hysteresis that
    would stay without a current; they are not separated.

    Parameters
    ----------
    charge, discharge : Estimate
        Voltages at half of the capacity of each [V].

    Examples
    --------
    >>> round(voltage_hysteresis(Estimate.exact(3.8), Estimate.exact(3.65)).magnitude, 6)
    0.15
    """
    return propagate(lambda charge, discharge: charge - discharge, charge=charge, discharge=discharge)


def half_capacity_voltage(
    half: HalfCycle, *, capacity_resolution_ah: float, voltage_step_v: float, constant_current_a: float
) -> Estimate:
    """Return the voltage where half of the capacity of a half-cycle has passed.

    It is the value of a parabola through up to 60 rows within 5 % of the capacity, with the standard error of the
    scatter about it. Where a parabola and a line through them differ by more than two standard errors of the
    difference, that difference is uncertainty, too: the voltage may have a kink. With fewer than twelve such rows it is
    interpolated between the two next to half of the capacity; how far a kink or a jump between them, or a bend that
    shows in the rows next to them, may move it is a bound. The step of the decimals of the voltage, and what the data
    do not tell of the capacity, are bounds.

    Parameters
    ----------
    half : HalfCycle
    capacity_resolution_ah : float
        Largest error of the capacity [Ah].
    voltage_step_v : float
        Step of the decimals of the voltage, zero if there is none [V].
    constant_current_a : float
        Current of the part at constant current, positive; nan if it is not known [A].

    Returns
    -------
    Estimate
        Voltage [V].

    Raises
    ------
    InsufficientData
        If no two rows are near half of the capacity, or if the voltage is held there and the current falls.
    """
    share = _share_of_capacity(half)
    after = int(np.searchsorted(share, 0.5))
    if not 0 < after < share.size or share[after] - share[after - 1] > WIDEST_GAP:
        raise InsufficientData(
            "too-few-rows-at-half-capacity",
            "no voltage at half capacity: the adjacent rows are more than {percent:g} % of the capacity apart",
            percent=100 * WIDEST_GAP,
        )
    current = float(np.median(np.abs(half.current_a[max(after - 2, 0) : after + 2])))
    if current < HELD_SHARE * constant_current_a:
        raise InsufficientData(
            "voltage-held-at-half-capacity",
            "no voltage at half capacity: the voltage is held constant there, with {current_ma:.3g} mA instead of "
            "{constant_ma:.3g} mA",
            current_ma=1e3 * current,
            constant_ma=1e3 * constant_current_a,
        )
    fit = _fitted(share, half.voltage_v) or _interpolated(share, half.voltage_v, after)
    of_capacity = abs(fit.slope_v) * capacity_resolution_ah / float(half.capacity_ah[-1])
    bound = voltage_step_v / 2 + of_capacity + fit.bend_v
    return Estimate(
        fit.value_v,
        fit.value_v - bound,
        fit.value_v + bound,
        fit.standard_error_v,
        degrees_of_freedom=fit.degrees_of_freedom,
    )


def _share_of_capacity(half: HalfCycle) -> Array:
    whole = float(half.capacity_ah[-1]) if half.capacity_ah.size else 0.0
    return half.capacity_ah / whole if whole > 0 else np.zeros(half.capacity_ah.size)


def _fitted(share: Array, voltage: Array) -> _Fit | None:
    """Return the parabola at half of the capacity; None with fewer than twelve rows near it."""
    near = np.argsort(np.abs(share - 0.5), kind="stable")[:MOST_FITTED]
    near = near[np.abs(share[near] - 0.5) <= WINDOW]
    if near.size < FEWEST_FITTED or (share[near] < 0.5).all() or (share[near] >= 0.5).all():
        return None
    x, y = share[near] - 0.5, voltage[near]
    scale = float(np.abs(x).max())
    if scale == 0 or np.unique(x).size < 3:
        return None
    powers = np.vander(x / scale, 3, increasing=True)
    parabola, line = (np.linalg.lstsq(powers[:, :terms], y, rcond=None)[0] for terms in (3, 2))
    inverse, of_line = (np.linalg.inv(powers[:, :terms].T @ powers[:, :terms]) for terms in (3, 2))
    degrees = near.size - 3
    variance = float(np.sum((y - powers @ parabola) ** 2)) / degrees
    bend = abs(float(parabola[0] - line[0]))
    # The line is the parabola under a constraint: the variance of their difference is the difference of theirs.
    its_error = math.sqrt(max(variance * float(inverse[0, 0] - of_line[0, 0]), 0.0))
    return _Fit(
        value_v=float(parabola[0]),
        standard_error_v=math.sqrt(variance * float(inverse[0, 0])),
        slope_v=float(line[1]) / scale,
        bend_v=bend if bend > BENT * its_error else 0.0,
        degrees_of_freedom=degrees,
    )


def _interpolated(share: Array, voltage: Array, after: int) -> _Fit:
    """Return the voltage between two rows, with the scatter from row to row and how far a kink may be from the line."""
    apart = float(share[after] - share[after - 1])
    weight = float(0.5 - share[after - 1]) / apart if apart > 0 else 0.5
    low, high = float(voltage[after - 1]), float(voltage[after])
    scatter = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(voltage, 2)))) / math.sqrt(6) if voltage.size > 2 else 0.0
    return _Fit(
        value_v=low + weight * (high - low),
        standard_error_v=scatter * math.hypot(1 - weight, weight),
        slope_v=(high - low) / apart if apart > 0 else 0.0,
        bend_v=_largest_bend(share[after - 2 : after + 2], voltage[after - 2 : after + 2]) or abs(high - low) / 2,
        degrees_of_freedom=math.inf,
    )


def _largest_bend(share: Array, voltage: Array) -> float:
    """Return how far a kink between the inner two of four rows may be from the line through them; 0 with fewer rows.

    A change of slope between two rows is the sum of the changes at both, and farthest from the line in the middle.
    """
    if share.size < 4 or (np.diff(share) <= 0).any():
        return 0.0
    slopes = np.diff(voltage) / np.diff(share)
    return float(np.abs(np.diff(slopes)).sum() * (share[2] - share[1])) / 4
