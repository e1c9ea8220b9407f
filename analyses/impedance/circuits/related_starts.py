"""Start values of a circuit fit from fits of circuits with an arc more or less, or another diffusion, of one spectrum.

Arcs that overlap leave many minima, and few random starts reach the least one. The fit of a simpler circuit has most
of the values; what it lacks is tried at every place between its arcs.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.arcs import find_arcs
from analyses.impedance.circuits.circuit import Circuit, Element, Parallel
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.spectrum import Spectrum

MOST_SOURCES = 3
"""Fits that starts come from: those with the least residuals."""
SMALL_SHARE = 0.02
"""Of the resistance, for a resistor in series that the other circuit does not have."""
NEW_SHARE = 0.3
"""Of the resistance of its neighbour, for an arc that the other circuit does not have."""
NEW_EXPONENT, TAIL_EXPONENT = 0.9, 0.5
TOP_OF_FINITE = 2.54
"""ωτ at the top of the arc of a finite-length Warburg element with an open end."""
LEAST = 1e-100
TAILS = ("CPE", "W", "Wo", "Ws")

ArcStart = tuple[float, float, float]
"""Resistance [Ω], time constant [s] and exponent."""


@dataclass(frozen=True)
class Parts:
    """Parts of a series circuit."""

    inductance_h: float
    resistance_ohm: float
    arcs: tuple[ArcStart, ...]
    """The fastest first."""
    tail: str
    """Symbol of the element of electrodes or diffusion; empty without one."""
    tail_values: tuple[float, ...]


def related_starts(circuit: Circuit, spectrum: Spectrum, fits: Sequence[ImpedanceFit]) -> list[Real]:
    """Return parameter values to begin from, made of those of other circuits.

    Parameters
    ----------
    circuit : Circuit
        What is fitted: inductor, resistor, arcs p(R,CPE) and an element of electrodes or diffusion in series, each
        present or not.
    spectrum : Spectrum
        What it is fitted to.
    fits : sequence of ImpedanceFit
        Of other circuits of this kind. Those with the same number of arcs, or one more or less, are used.

    Returns
    -------
    list of ndarray, shape (parameters,)
        In the order and units of the circuit's parameters; none if no fit is like it.
    """
    arcs = sum(isinstance(item, Parallel) for item in circuit.tree.items)
    if arcs < 2:
        return []
    tail = _tail_of(circuit)
    near = [fit for fit in fits if abs(_count(fit.circuit) - arcs) <= 1 and fit.circuit.text != circuit.text]
    near.sort(key=lambda fit: fit.residual_percent)
    slowest = 1 / (2 * math.pi * float(spectrum.frequency_hertz[-1]))
    result = []
    for fit in near[:MOST_SOURCES]:
        for parts in _with_arcs(_parts(fit), arcs, tail, slowest):
            result += [_values(circuit, parts, values) for values in _tails(parts, tail, slowest)]
    return result


def _count(circuit: Circuit) -> int:
    return sum(isinstance(item, Parallel) for item in circuit.tree.items)


def _tail_of(circuit: Circuit) -> str:
    symbols = [item.kind.symbol for item in circuit.tree.items if isinstance(item, Element)]
    return next((symbol for symbol in symbols if symbol in TAILS), "")


def _parts(fit: ImpedanceFit) -> Parts:
    inductance = resistance = 0.0
    tail, tail_values = "", tuple[float, ...]()
    exponents = []
    for item in fit.circuit.tree.items:
        if isinstance(item, Parallel):
            exponents.append(float(fit.values[item.branches[-1].stop - 1]))
            continue
        values = tuple(float(value) for value in fit.values[item.first : item.first + len(item.kind.parameters)])
        if item.kind.symbol == "L":
            inductance = values[0]
        elif item.kind.symbol == "R":
            resistance = values[0]
        else:
            tail, tail_values = item.kind.symbol, values
    arcs = [
        (arc.resistance_ohm, arc.time_constant_s, exponent)
        for arc, exponent in zip(find_arcs(fit.circuit, fit.values), exponents, strict=True)
    ]
    return Parts(inductance, resistance, tuple(sorted(arcs, key=lambda arc: arc[1])), tail, tail_values)


def _with_arcs(parts: Parts, arcs: int, tail: str, slowest_s: float) -> Iterator[Parts]:
    """Yield the parts with so many arcs: each taken out in turn, or a new one between, before and after the others."""
    if len(parts.arcs) == arcs:
        yield parts
    elif len(parts.arcs) > arcs:
        if tail and not parts.tail:
            resistance, time, _ = parts.arcs[-1]
            yield Parts(
                parts.inductance_h, parts.resistance_ohm, parts.arcs[:-1], "Ws", (resistance, TOP_OF_FINITE * time)
            )
            return
        for index in range(len(parts.arcs)):
            rest = (*parts.arcs[:index], *parts.arcs[index + 1 :])
            yield Parts(parts.inductance_h, parts.resistance_ohm, rest, parts.tail, parts.tail_values)
    else:
        for index in range(arcs):
            before = parts.arcs[index - 1][1] if index else parts.arcs[0][1] / 1e2
            after = parts.arcs[index][1] if index < len(parts.arcs) else min(parts.arcs[-1][1] * 1e2, 10 * slowest_s)
            neighbour = parts.arcs[min(index, len(parts.arcs) - 1)]
            new = (NEW_SHARE * neighbour[0], math.sqrt(before * after), NEW_EXPONENT)
            more = (*parts.arcs[:index], new, *parts.arcs[index:])
            yield Parts(parts.inductance_h, parts.resistance_ohm, more, parts.tail, parts.tail_values)


def _tails(parts: Parts, tail: str, slowest_s: float) -> list[tuple[float, ...]]:
    """Return values of the element at the end: those it has, or ones of the same magnitude at the lowest frequency."""
    if not tail:
        return [()]
    if tail == parts.tail:
        return [parts.tail_values]
    size = _size_at(parts, slowest_s)
    if tail == "W":
        return [(size / math.sqrt(2 * slowest_s),)]
    if tail == "CPE":
        return [(slowest_s**TAIL_EXPONENT / size, TAIL_EXPONENT)]
    if tail == "Ws" and parts.tail == "":
        return [(size, slowest_s)]
    return [(size, factor * slowest_s) for factor in (0.3, 3.0)]


def _size_at(parts: Parts, slowest_s: float) -> float:
    """Return |Z| of the element at the end at the lowest frequency [Ω]."""
    if not parts.tail:
        return SMALL_SHARE * (parts.resistance_ohm + sum(arc[0] for arc in parts.arcs))
    if parts.tail == "W":
        return parts.tail_values[0] * math.sqrt(2 * slowest_s)
    if parts.tail == "CPE":
        admittance, exponent = parts.tail_values
        return slowest_s**exponent / admittance
    return parts.tail_values[0]


def _values(circuit: Circuit, parts: Parts, tail_values: tuple[float, ...]) -> Real:
    values = np.empty(len(circuit.parameters))
    arcs = iter(parts.arcs)
    total = parts.resistance_ohm + sum(arc[0] for arc in parts.arcs)
    for item in circuit.tree.items:
        if isinstance(item, Parallel):
            resistance, time, exponent = next(arcs)
            first = item.branches[0].first
            values[first : first + 3] = resistance, time**exponent / resistance, exponent
        elif item.kind.symbol == "R":
            values[item.first] = parts.resistance_ohm or SMALL_SHARE * total
        elif item.kind.symbol == "L":
            values[item.first] = parts.inductance_h or 1e-12 * total
        else:
            values[item.first : item.first + len(tail_values)] = tail_values
    return np.maximum(values, LEAST)
