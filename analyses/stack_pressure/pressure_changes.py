"""Reversible and irreversible change of the stack pressure in each cycle, and their means over a test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.component import Component
from analyses.stack_pressure.half_cycle_pressure import CyclingPressures, HalfCyclePressures
from analyses.statistics.drift import FEWEST_POINTS, trend
from analyses.uncertainty import Estimate, propagate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

CLOCK = "clock shift"


@dataclass(frozen=True)
class CycleChange:
    """Changes of the pressure in one cycle; None where it lacks a half-cycle."""

    index: int
    """In the table of cycles."""
    charge_mpa: Estimate | None
    """From the start of the charge to its end."""
    discharge_mpa: Estimate | None
    reversible_mpa: Estimate | None
    """Mean of the charge and of minus the discharge. Its bounds contain both, and so what the state of charge alone
    changes, however the rest drifts, if it drifts one way through the cycle."""
    irreversible_mpa: Estimate | None
    """From the start of the first half-cycle to the end of the second."""


@dataclass(frozen=True)
class MeanChange:
    """A change of the pressure over comparable cycles."""

    mpa: Estimate
    cycles: int
    drifts: bool
    """True if the changes follow one another from cycle to cycle."""


def cycle_changes(test: CyclingPressures, discharge_first: NDArray[np.bool_], clock_s: float) -> list[CycleChange]:
    """Return the changes of each cycle.

    Parameters
    ----------
    test : CyclingPressures
    discharge_first : ndarray of bool, shape (cycles,)
        True for a cycle that discharges, then charges.
    clock_s : float
        Standard uncertainty of the shift between the clocks of log and test [s].

    Returns
    -------
    list of CycleChange
    """
    return [_cycle(test, index, bool(first), clock_s) for index, first in enumerate(discharge_first)]


def _cycle(test: CyclingPressures, index: int, discharges_first: bool, clock_s: float) -> CycleChange:
    charge, discharge = (_half(half, index, test, clock_s) for half in (test.charge, test.discharge))
    if charge is None or discharge is None:
        return CycleChange(index, charge, discharge, None, None)
    first, second = (test.discharge, test.charge) if discharges_first else (test.charge, test.discharge)
    irreversible = _difference(_start(first, index), _end(second, index), test.step_mpa, clock_s)
    return CycleChange(index, charge, discharge, reversible_change(charge, discharge), irreversible)


def reversible_change(charge_mpa: Estimate, discharge_mpa: Estimate) -> Estimate:
    """Return half of the charge minus the discharge, with bounds that contain the charge and minus the discharge.

    Examples
    --------
    >>> swing = reversible_change(Estimate.exact(0.30), Estimate.exact(-0.26))
    >>> round(swing.magnitude, 6), round(swing.lower, 6), round(swing.upper, 6)
    (0.28, 0.26, 0.3)
    """
    half = propagate(lambda up, down: (up - down) / 2, up=charge_mpa, down=discharge_mpa)
    return _widened(half, abs(charge_mpa.magnitude + discharge_mpa.magnitude) / 2)


def _widened(number: Estimate, width: float) -> Estimate:
    lower, upper = number.lower - width, number.upper + width
    return Estimate.of_components(number.magnitude, *number.causes, lower=lower, upper=upper)


_End = tuple[float, float, float]
"""Pressure, variance and slope."""


def _start(half: HalfCyclePressures, index: int) -> _End:
    return float(half.start_mpa[index]), float(half.start_variance[index]), float(half.start_slope_mpa_s[index])


def _end(half: HalfCyclePressures, index: int) -> _End:
    return float(half.end_mpa[index]), float(half.end_variance[index]), float(half.end_slope_mpa_s[index])


def _half(half: HalfCyclePressures, index: int, test: CyclingPressures, clock_s: float) -> Estimate | None:
    if math.isnan(half.start_mpa[index]):
        return None
    return _difference(_start(half, index), _end(half, index), test.step_mpa, clock_s)


def _difference(before: _End, after: _End, step_mpa: float, clock_s: float) -> Estimate:
    magnitude = after[0] - before[0]
    return Estimate.of_components(
        magnitude,
        Component("noise", math.sqrt(before[1] + after[1])),
        Component("clock", (after[2] - before[2]) * clock_s, shared=CLOCK),
        lower=magnitude - 2 * step_mpa,
        upper=magnitude + 2 * step_mpa,
    )


def mean_change(cycle: Array, changes: Sequence[Estimate]) -> MeanChange:
    """Return the mean of changes of comparable cycles.

    From four cycles on, the standard uncertainty is that of their scatter, which may drift from cycle to cycle
    (`trend`); of fewer, that of each. What all cycles share, such as the shift of the clock, is added. The bounds are
    the mean bounds of the cycles.

    Parameters
    ----------
    cycle : ndarray, shape (n,)
        Rising numbers of the cycles.
    changes : sequence of Estimate, shape (n,)

    Returns
    -------
    MeanChange
    """
    values = np.array([change.magnitude for change in changes])
    names = [f"change{number}" for number in range(values.size)]
    mean = propagate(lambda **parts: math.fsum(parts.values()) / len(parts), **dict(zip(names, changes, strict=True)))
    if values.size < FEWEST_POINTS:
        return MeanChange(mean, values.size, drifts=False)
    over = trend(np.asarray(cycle, dtype=np.float64), values)
    shared = [cause for cause in mean.causes if cause.shared]
    centre = over.mean.magnitude
    number = Estimate.of_components(
        centre,
        *over.mean.causes,
        *shared,
        lower=centre - (mean.magnitude - mean.lower),
        upper=centre + (mean.upper - mean.magnitude),
    )
    return MeanChange(number, values.size, over.drifts)


def mean_reversible_change(cycle: Array, charges: Sequence[Estimate], discharges: Sequence[Estimate]) -> MeanChange:
    """Return the mean reversible change; its bounds contain the mean charge and minus the mean discharge.

    Parameters
    ----------
    cycle : ndarray, shape (n,)
        Rising numbers of the cycles.
    charges, discharges : sequence of Estimate, shape (n,)
        Changes of the pressure [MPa].

    Returns
    -------
    MeanChange
    """
    halves = [
        propagate(lambda up, down: (up - down) / 2, up=up, down=down)
        for up, down in zip(charges, discharges, strict=True)
    ]
    mean = mean_change(cycle, halves)
    drift = math.fsum(up.magnitude + down.magnitude for up, down in zip(charges, discharges, strict=True))
    return MeanChange(_widened(mean.mpa, abs(drift) / len(halves) / 2), mean.cycles, mean.drifts)
