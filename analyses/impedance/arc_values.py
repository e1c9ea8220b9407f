"""Resistance, capacitance and peak frequency of each arc of a fitted circuit, with their uncertainties."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analyses.impedance.arcs import Arc, arc_gradients, find_arcs
from analyses.impedance.circuit import Element
from analyses.impedance.circuit_elements import Real
from analyses.impedance.fitted_circuit import ImpedanceFit
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate


@dataclass(frozen=True)
class ArcValues:
    """An arc of a fitted circuit; a value is None if the spectrum does not determine it."""

    number: int
    """From 1, the fastest arc first."""
    arc: Arc
    """The fitted values, determined or not."""
    resistance_ohm: Estimate | None
    capacitance_f: Estimate | None
    """Of the capacitor with the same time constant, τ/R [F]."""
    peak_frequency_hz: Estimate | None


def arc_values(fit: ImpedanceFit) -> tuple[ArcValues, ...]:
    """Return the arcs of a fitted circuit, the fastest first, whatever their capacitance.

    The uncertainties come from the covariance of the fit: R, Q and n of an arc are correlated, so that its peak
    frequency is usually known better than its capacitance. A value whose 95 % interval spans a decade or more is not
    determined.

    Parameters
    ----------
    fit : ImpedanceFit
        Of any circuit; items that are not arcs are passed over.

    Returns
    -------
    tuple of ArcValues

    References
    ----------
    .. [1] C. H. Hsu, F. Mansfeld, Corrosion 57, 747 (2001), doi:10.5006/1.3280607.
    """
    arcs, gradients = find_arcs(fit.circuit, fit.values), arc_gradients(fit.circuit, fit.values)
    by_time = sorted(zip(arcs, gradients, strict=True), key=lambda pair: pair[0].time_constant_s)
    return tuple(
        ArcValues(
            number=number,
            arc=arc,
            resistance_ohm=_estimate(fit, arc.resistance_ohm, of_resistance, arc.resistor),
            capacitance_f=_estimate(fit, arc.capacitance_f, of_time - of_resistance),
            peak_frequency_hz=_estimate(fit, arc.frequency_hz, -of_time),
        )
        for number, (arc, (of_resistance, of_time)) in enumerate(by_time, start=1)
    )


def series_resistors(fit: ImpedanceFit) -> tuple[str, ...]:
    """Return the names of the resistors in series with the arcs, `R0`."""
    return tuple(item.name for item in fit.circuit.tree.items if isinstance(item, Element) and item.kind.symbol == "R")


def sum_of_resistances(fit: ImpedanceFit, resistors: Collection[str]) -> Estimate:
    """Return the sum of some resistances of a fitted circuit [Ω], with the covariances of the fit.

    Parameters
    ----------
    fit : ImpedanceFit
        Of any circuit.
    resistors : collection of str
        Names of parameters in ohm: `R0`, `R1`.

    Returns
    -------
    Estimate

    Raises
    ------
    InsufficientData
        If the 95 % interval of the sum spans a decade or more.
    """
    names = [parameter.name for parameter in fit.parameters]
    gradient = np.where(np.isin(names, list(resistors)), fit.values, 0.0)
    total = float(gradient.sum())
    estimate = _estimate(fit, total, gradient / total, "+".join(name for name in names if name in resistors))
    if estimate is None:
        raise InsufficientData(
            "parameter-not-determined",
            "the spectrum does not determine {name} of the circuit {circuit}",
            name=" + ".join(name for name in names if name in resistors),
            circuit=fit.circuit.text,
        )
    return estimate


def _estimate(fit: ImpedanceFit, magnitude: float, log_gradient: Real, shared: str = "") -> Estimate | None:
    """Return a scale with the uncertainty of its logarithm, None if it is not determined."""
    used = [parameter for parameter, slope in zip(fit.parameters, log_gradient, strict=True) if slope]
    if any(math.isinf(parameter.standard_uncertainty) for parameter in used):
        return None
    if any(parameter.at_limit and not parameter.is_identified for parameter in used):
        return None
    variance = float(log_gradient @ fit.covariance @ log_gradient)
    uncertainty = magnitude * math.sqrt(max(variance, 0.0))
    estimate = Estimate.measured(magnitude, uncertainty, fit.covariance_degrees_of_freedom).attributed(
        "fit", shared=shared
    )
    of_resistances = sum(float(slope) for p, slope in zip(fit.parameters, log_gradient, strict=True) if p.unit == "ohm")
    estimate = estimate.with_components(*fit.of_model(magnitude * of_resistances))
    return None if estimate.spans_a_decade else estimate
