"""How a conductivity depends on the stack pressure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.statistics.straight_line import straight_line
from analyses.uncertainty import Estimate

Real = NDArray[np.float64]

FEWEST_PRESSURES = 3


@dataclass(frozen=True)
class PowerLaw:
    """σ = a p^m, a straight line of ln σ against ln p."""

    exponent: Estimate
    """m: relative change of σ over relative change of p; 0 if σ does not depend on p."""
    fitted_s_cm: Real
    """σ of the line at each pressure [S cm⁻¹]."""


def pressure_exponent(
    stack_pressure_mpa: Real, conductivity_s_cm: Real, *, conductivities: Sequence[Estimate] = ()
) -> PowerLaw:
    """Fit σ = a p^m as a straight line of ln σ against ln p.

    A factor that all conductivities share, such as the geometry of the pellet, moves the line and not its slope: it
    cancels in m. The scatter about the line makes m uncertain, with (points - 2) degrees of freedom, and so does a
    shared cause whose share of σ depends on pressure.

    Parameters
    ----------
    stack_pressure_mpa : ndarray, shape (points,)
        Stack pressure [MPa].
    conductivity_s_cm : ndarray, shape (points,)
        Conductivity [S cm⁻¹].
    conductivities : sequence of Estimate, shape (points,), optional
        The same conductivities with the components of their uncertainty, for the causes that several share.

    Returns
    -------
    PowerLaw

    Raises
    ------
    InsufficientData
        If there are fewer than three different pressures, or a pressure or a conductivity is not above zero.

    Examples
    --------
    >>> pressure = np.array([1.0, 10.0, 100.0])
    >>> round(pressure_exponent(pressure, 1e-3 * pressure**0.1).exponent.magnitude, 9)
    0.1
    """
    pressure = np.asarray(stack_pressure_mpa, dtype=np.float64)
    sigma = np.asarray(conductivity_s_cm, dtype=np.float64)
    _check(pressure, sigma)
    line = straight_line(np.log(pressure), np.log(sigma), numbers=[logarithm(number) for number in conductivities])
    return PowerLaw(line.slope, np.exp(line.fitted))


def logarithm(number: Estimate) -> Estimate:
    """Return ln of a number above zero with its components, without its rounding."""
    components = (cause.scaled(1 / number.magnitude) for cause in number.components)
    return Estimate.of_components(math.log(number.magnitude), *components)


def _check(pressure: Real, sigma: Real) -> None:
    if pressure.shape != sigma.shape:
        raise InsufficientData(
            "unequal-columns",
            "there are {pressures} stack pressures for {conductivities} conductivities",
            pressures=pressure.size,
            conductivities=sigma.size,
        )
    check_above_zero("stack pressure", "MPa", pressure)
    check_above_zero("conductivity", "S/cm", sigma)
    different = np.unique(pressure).size
    if different < FEWEST_PRESSURES:
        raise InsufficientData(
            "too-few-pressures",
            "a pressure dependence needs conductivities at {needed} or more stack pressures: there are {available}",
            needed=FEWEST_PRESSURES,
            available=different,
        )


def check_above_zero(name: str, unit: str, numbers: Real) -> None:
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers > 0)))
    if bad.size:
        raise InsufficientData(
            "not-above-zero",
            "{name} {position} is {number:g} {unit}: it must be above zero",
            name=name,
            position=bad[0] + 1,
            number=numbers[bad[0]],
            unit=unit,
        )
