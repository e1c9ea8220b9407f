"""Resistance, capacitance and peak frequency of each arc of a fitted circuit, with their uncertainties."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analyses.component import Component
from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.arc_spread import arc_spreads, log_arcs, sum_spread
from analyses.impedance.circuits.arcs import Arc
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
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
    is_in_all: bool = True
    """False if other circuits, which describe the spectrum about as well, do not have this arc."""


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
    arcs, spreads = log_arcs(fit), arc_spreads(fit)
    values = []
    for number, (item, spread) in enumerate(zip(arcs, spreads, strict=True), start=1):
        arc = item.arc
        of_resistance, of_capacitance, of_frequency = item.gradients
        values.append(
            ArcValues(
                number=number,
                arc=arc,
                resistance_ohm=_estimate(fit, arc.resistance_ohm, of_resistance, spread[0], arc.resistor),
                capacitance_f=_estimate(fit, arc.capacitance_f, of_capacitance, spread[1]),
                peak_frequency_hz=_estimate(fit, arc.frequency_hz, of_frequency, spread[2]),
                is_in_all=None not in spread,
            )
        )
    return tuple(values)


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
    words = " + ".join(name for name in names if name in resistors)
    spread = sum_spread(fit, resistors)
    if spread is None:
        raise InsufficientData(
            "arc-depends-on-circuit",
            "circuits that fit the spectrum about as well as {circuit} lack {name} or do not determine it",
            name=words,
            circuit=fit.circuit.text,
        )
    estimate = _estimate(fit, total, gradient / total, spread, words.replace(" ", ""))
    if estimate is None:
        raise InsufficientData(
            "parameter-not-determined",
            "the spectrum does not determine {name} of the circuit {circuit}",
            name=words,
            circuit=fit.circuit.text,
        )
    return estimate


def _estimate(
    fit: ImpedanceFit, magnitude: float, log_gradient: Real, spread: float | None, shared: str = ""
) -> Estimate | None:
    """Return a scale with the uncertainty of its logarithm, None if it is not determined."""
    used = [parameter for parameter, slope in zip(fit.parameters, log_gradient, strict=True) if slope]
    if spread is None or any(math.isinf(parameter.standard_uncertainty) for parameter in used):
        return None
    if any(parameter.at_limit and not parameter.is_identified for parameter in used):
        return None
    variance = float(log_gradient @ fit.covariance @ log_gradient)
    uncertainty = magnitude * math.sqrt(max(variance, 0.0))
    estimate = Estimate.measured(magnitude, uncertainty, fit.covariance_degrees_of_freedom).attributed(
        "fit", shared=shared
    )
    of_resistances = sum(float(slope) for p, slope in zip(fit.parameters, log_gradient, strict=True) if p.unit == "ohm")
    drift = fit.of_drift(magnitude * of_resistances)
    if fit.alternatives:
        cause = f"choice of the circuit: {shared}" if shared else ""
        model = [Component("model", magnitude * spread, shared=cause)]
    else:
        model = [*fit.of_model(magnitude * of_resistances)]
    estimate = estimate.with_components(*model, *drift)
    return None if estimate.spans_a_decade else estimate
