"""How far the numbers of single arcs depend on the circuit: from the same arcs in other circuits."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.arcs import Arc, arc_gradients, find_arcs
from analyses.impedance.circuits.circuit import Element
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.uncertainty import NORMAL_95_PERCENT

FARTHEST_DECADES = 1.0
"""Distance of the time constants up to which arcs of two circuits may be the same."""
MOST_ABSENT = 0.05
"""Share of the evidence, of circuits without an arc, above which a 95 % interval of it means nothing."""

LARGEST_DEVIATION = math.log(10) / NORMAL_95_PERCENT
"""Standard deviation of a logarithm from which another circuit leaves a number open: a decade either way."""
LEAST_VARIANCE = 1e-20
OUTSIDE = 0.05
FARTHEST, ROUNDS = 6.0, 40
"""Standard deviations within which the end of an interval is sought, and halvings of that range."""

Readings = Sequence[tuple[float, tuple[float, float] | None]]
"""Share, logarithm and its variance in each other circuit; None where that circuit does not have it."""


@dataclass(frozen=True)
class LogArc:
    """An arc with the logarithms of its numbers, and their variances from the fit."""

    arc: Arc
    values: Real
    """ln R, ln C and ln f, shape (3,)."""
    variances: Real
    gradients: Real
    """Derivatives of the three by the variables of the fit, shape (3, variables)."""
    is_known: bool
    """False if the fit leaves a parameter of the arc without a standard uncertainty."""


def log_arcs(fit: ImpedanceFit) -> tuple[LogArc, ...]:
    """Return the arcs of a fit, the fastest first.

    Parameters
    ----------
    fit : ImpedanceFit
        Of any circuit; items that are not arcs are passed over.

    Returns
    -------
    tuple of LogArc
    """
    result = []
    for arc, (of_resistance, of_time) in zip(
        find_arcs(fit.circuit, fit.values), arc_gradients(fit.circuit, fit.values), strict=True
    ):
        gradients = np.array([of_resistance, of_time - of_resistance, -of_time])
        values = np.log([arc.resistance_ohm, arc.capacitance_f, arc.frequency_hz])
        variances = np.maximum(np.einsum("ij,jk,ik->i", gradients, fit.covariance, gradients), 0.0)
        used = [parameter for parameter, slope in zip(fit.parameters, of_time, strict=True) if slope]
        is_known = not any(
            math.isinf(parameter.standard_uncertainty) or (parameter.at_limit and not parameter.is_identified)
            for parameter in used
        )
        result.append(LogArc(arc, values, variances, gradients, is_known))
    return tuple(sorted(result, key=lambda item: item.arc.time_constant_s))


def same_arcs(arcs: Sequence[LogArc], others: Sequence[LogArc]) -> tuple[int | None, ...]:
    """Return for each arc the place of the same one among those of another circuit; None if it is not there.

    Two arcs are the same if each is the nearest of its circuit to the other, in ln τ, within a decade.

    Parameters
    ----------
    arcs, others : sequence of LogArc

    Returns
    -------
    tuple of int or None
    """
    if not arcs or not others:
        return (None,) * len(arcs)
    distance = np.abs(np.subtract.outer([item.values[2] for item in arcs], [item.values[2] for item in others]))
    nearest, back = distance.argmin(axis=1), distance.argmin(axis=0)
    return tuple(
        int(other) if back[other] == index and distance[index, other] < FARTHEST_DECADES * math.log(10) else None
        for index, other in enumerate(nearest)
    )


def spread_over(fit: ImpedanceFit, value: float, variance: float, readings: Readings) -> float | None:
    """Return the relative standard uncertainty that the choice of the circuit adds to a number of a fit.

    If the circuit fits to within the noise, the number is the mixture of what all circuits say, each with its share of
    the evidence: the interval about the number taken contains 95 % of it. If the circuit leaves more, it is the largest
    difference to another one, as evidence compares circuits that are all wrong.

    Parameters
    ----------
    fit : ImpedanceFit
        With its alternatives.
    value, variance : float
        Logarithm of the number, and its variance from the fit.
    readings : sequence of pairs
        The same in the alternatives.

    Returns
    -------
    float or None
        None if the number is not determined: circuits with more than 5 % of the evidence do not have it, or, if the
        circuit leaves more than noise, any of those that describe the spectrum about as well.
    """
    readings = [(share, at if at and at[1] <= LARGEST_DEVIATION**2 else None) for share, at in readings]
    known = [(share, reading) for share, reading in readings if reading is not None]
    if fit.is_misfit:
        if not known or len(known) < len(readings):
            return None
        return max(abs(other - value) for _, (other, _) in known)
    if sum(share for share, reading in readings if reading is None) > MOST_ABSENT:
        return None
    own = 1 - sum(share for share, _ in readings)
    shares = np.array([own, *(share for share, _ in known)])
    distances = np.abs([0.0, *(other - value for _, (other, _) in known)])
    deviations = np.sqrt([max(other, LEAST_VARIANCE) for other in (variance, *(other for _, (_, other) in known))])
    half = _half_width(shares / shares.sum(), distances, deviations)
    return math.sqrt(max((half / NORMAL_95_PERCENT) ** 2 - variance, 0.0))


def _half_width(shares: Real, distances: Real, deviations: Real) -> float:
    """Return how far about zero 95 % of a mixture of normal distributions reach."""
    from scipy.special import ndtr

    low, high = 0.0, float((distances + FARTHEST * deviations).max())
    for _ in range(ROUNDS):
        half = (low + high) / 2
        tails = ndtr((-half - distances) / deviations) + ndtr((distances - half) / deviations)
        low, high = (half, high) if float(shares @ tails) > OUTSIDE else (low, half)
    return high


def arc_spreads(fit: ImpedanceFit) -> tuple[tuple[float | None, float | None, float | None], ...]:
    """Return what the choice of the circuit adds to ln R, ln C and ln f of each arc, the fastest first.

    Parameters
    ----------
    fit : ImpedanceFit
        With its alternatives; without any, it adds nothing.

    Returns
    -------
    tuple of triples
        As `spread_over`.
    """
    arcs = log_arcs(fit)
    if not fit.alternatives and not fit.is_misfit:
        return ((0.0, 0.0, 0.0),) * len(arcs)
    others = [(alternative.share, log_arcs(alternative.fit)) for alternative in fit.alternatives]
    places = [same_arcs(arcs, other) for _, other in others]
    result = []
    for index, item in enumerate(arcs):
        same = [
            (share, None if at[index] is None or not other[at[index] or 0].is_known else other[at[index] or 0])
            for (share, other), at in zip(others, places, strict=True)
        ]
        first, second, third = (
            spread_over(
                fit,
                float(item.values[number]),
                float(item.variances[number]),
                [
                    (share, None if arc is None else (float(arc.values[number]), float(arc.variances[number])))
                    for share, arc in same
                ],
            )
            for number in range(3)
        )
        result.append((first, second, third))
    return tuple(result)


def sum_spread(fit: ImpedanceFit, resistors: Collection[str]) -> float | None:
    """Return what the choice of the circuit adds to the logarithm of a sum of resistances.

    A sum of everything faster than some arc is compared with everything faster than that arc in other circuits, however
    many arcs that is; another sum with that of the same arcs.

    Parameters
    ----------
    fit : ImpedanceFit
        With its alternatives.
    resistors : collection of str
        Names: `R0`, `R1`.

    Returns
    -------
    float or None
        As `spread_over`.
    """
    if not fit.alternatives and not fit.is_misfit:
        return 0.0
    value, variance = log_sum(fit, resistors)
    readings = [(alternative.share, _reading(fit, alternative.fit, resistors)) for alternative in fit.alternatives]
    return spread_over(fit, value, variance, readings)


def log_sum(fit: ImpedanceFit, resistors: Collection[str]) -> tuple[float, float]:
    """Return the logarithm of a sum of resistances of a fit, and its variance.

    Parameters
    ----------
    fit : ImpedanceFit
    resistors : collection of str

    Returns
    -------
    tuple of float
        Infinite variance if the spectrum says nothing of one of them.
    """
    names = [parameter.name for parameter in fit.parameters]
    gradient = np.where(np.isin(names, list(resistors)), fit.values, 0.0)
    total = float(gradient.sum())
    share = gradient / total
    if any(math.isinf(p.standard_uncertainty) and part > 0.01 for p, part in zip(fit.parameters, share, strict=True)):
        return math.log(total), math.inf
    return math.log(total), max(float(share @ fit.covariance @ share), 0.0)


def series_resistors(fit: ImpedanceFit) -> tuple[str, ...]:
    """Return the names of the resistors in series with the arcs, `R0`.

    Parameters
    ----------
    fit : ImpedanceFit

    Returns
    -------
    tuple of str
    """
    return tuple(item.name for item in fit.circuit.tree.items if isinstance(item, Element) and item.kind.symbol == "R")


def _reading(fit: ImpedanceFit, other: ImpedanceFit, resistors: Collection[str]) -> tuple[float, float] | None:
    """Return the same sum in another circuit."""
    arcs, rivals = log_arcs(fit), log_arcs(other)
    places = same_arcs(arcs, rivals)
    series = series_resistors(fit)
    summed = [index for index, item in enumerate(arcs) if item.arc.resistor in resistors]
    is_front = all(name in resistors for name in series) and summed == list(range(len(summed)))
    if is_front and len(summed) < len(arcs):
        stop = places[len(summed)]
        if stop is None:
            return None
        names = [*series_resistors(other), *(rival.arc.resistor for rival in rivals[:stop])]
    elif is_front:
        names = [*series_resistors(other), *(rival.arc.resistor for rival in rivals)]
    else:
        same = [places[index] for index in summed]
        if any(position is None for position in same) or any(name in resistors for name in series):
            return None
        names = [rivals[position].arc.resistor for position in same if position is not None]
    if not names:
        return None
    value, variance = log_sum(other, names)
    return None if math.isinf(variance) else (value, variance)
