"""How the resistance of a process follows temperature or stack pressure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.relaxation_times.process_series import SeriesProcess
from analyses.insufficient_data import InsufficientData
from analyses.transport.activation_energy import activation_energy, arrhenius_line
from analyses.transport.common_temperature import with_common_temperature
from analyses.transport.pressure_dependence import pressure_exponent
from analyses.uncertainty import Estimate, propagate

Real = NDArray[np.float64]

ENERGY = "process_activation_energy_ev"
EXPONENT = "process_pressure_exponent"


@dataclass(frozen=True)
class Law:
    """Activation energy or pressure exponent of a process, and the resistance by its line."""

    value: Estimate
    fitted_ohm: Real
    """Shape (spectra,) [Ω]."""


def energy_of(process: SeriesProcess, temperatures_degc: Sequence[Estimate], thermometer_k: float) -> Law:
    """Return the activation energy of T/R with the rounding of the temperatures; `InsufficientData` if the line is two
    lines."""
    degc, conductance = _magnitudes(temperatures_degc), 1 / process.resistance_ohm
    own = conductance * np.sqrt(process.covariance[:, 0, 0])
    fit = with_common_temperature(activation_energy(degc, conductance, own), degc, conductance, thermometer_k)
    if fit.ranges:
        raise InsufficientData(
            "two-temperature-ranges",
            "no single activation energy: ln(T/R) against 1/T follows two lines rather than one (p = "
            "{probability:.2g})",
            probability=fit.curvature_probability,
        )
    energy = _with_rounding(fit.activation_energy_ev, temperatures_degc, lambda at: arrhenius_line(at, conductance)[0])
    return Law(energy, 1 / np.asarray(fit.fitted_s_cm))


def exponent_of(process: SeriesProcess, stack_pressures_mpa: Sequence[Estimate]) -> Law:
    """Return m of 1/R = a p^m with the rounding of the pressures."""
    conductance = 1 / process.resistance_ohm
    law = pressure_exponent(_magnitudes(stack_pressures_mpa), conductance)
    exponent = _with_rounding(
        law.exponent, stack_pressures_mpa, lambda at: pressure_exponent(at, conductance).exponent.magnitude
    )
    return Law(exponent, 1 / np.asarray(law.fitted_s_cm))


def _magnitudes(numbers: Sequence[Estimate]) -> Real:
    return np.array([number.magnitude for number in numbers])


def _with_rounding(number: Estimate, at: Sequence[Estimate], slope: Callable[[Real], float]) -> Estimate:
    """Return a slope with the bounds that the rounding of each condition leaves it."""
    names = [f"at{index}" for index in range(len(at))]
    bounds = propagate(
        lambda **values: slope(np.array([values[name] for name in names])),
        **{name: _rounding(value) for name, value in zip(names, at, strict=True)},
    )
    return replace(
        number,
        lower=number.lower - (bounds.magnitude - bounds.lower),
        upper=number.upper + (bounds.upper - bounds.magnitude),
        inferred=number.inferred or any(value.inferred for value in at),
    )


def _rounding(number: Estimate) -> Estimate:
    """Return a condition with its rounding alone; a lower bound of zero has no logarithm and is left out."""
    lower = number.lower if number.lower > 0 or number.magnitude <= 0 else number.magnitude
    return Estimate(number.magnitude, lower, number.upper)
