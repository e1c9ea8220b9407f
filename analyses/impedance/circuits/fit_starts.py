"""Start values of a circuit fit: values read off the spectrum, and seeded variations of them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.circuit import Circuit, Element, Item, Parallel
from analyses.impedance.spectrum import Spectrum, resistance_at_minimum

SEED = 20140101
EXPONENT_OF_AN_ARC = 0.9


@dataclass(frozen=True)
class Landmarks:
    """Features of a spectrum, read off before any fit."""

    omega_high: float
    omega_low: float
    resistance_low: float
    """Re Z before the blocking tail, or at the lowest frequency [Ω]."""
    omega_of_resistance_low: float
    tail_exponent: float
    tail_admittance: float
    """Q of the tail [S sⁿ]."""
    inductance: float


def landmarks(spectrum: Spectrum) -> Landmarks:
    """Read the landmarks off a spectrum."""
    omega, z = 2 * np.pi * spectrum.frequency_hertz, spectrum.impedance_ohm
    phase = np.angle(z)
    if spectrum.ends_in_blocking_tail:
        minimum = resistance_at_minimum(spectrum, relative_noise=0.0)
        index = int(np.flatnonzero(spectrum.frequency_hertz >= spectrum.tail_frequency_hz)[-1])
        resistance_low = minimum.magnitude if minimum else float(abs(z[index].real))
        index = int(np.argmin(np.abs(z.real - resistance_low)))
    else:
        index, resistance_low = z.size - 1, float(abs(z[-1].real))
    tail = z[-1] - min(resistance_low, 0.9 * z[-1].real)
    exponent = float(np.clip(-2 * np.angle(tail) / np.pi, 0.3, 1.0)) if phase[-1] < 0 else 0.8
    return Landmarks(
        omega_high=float(omega[0]),
        omega_low=float(omega[-1]),
        resistance_low=resistance_low,
        omega_of_resistance_low=float(omega[index]),
        tail_exponent=exponent,
        tail_admittance=float(1 / (abs(tail) * omega[-1] ** exponent)),
        inductance=max(float(z[0].imag), 1e-3 * float(abs(z[0]))) / float(omega[0]),
    )


def starts(circuit: Circuit, spectrum: Spectrum, count: int) -> Iterator[Real]:
    """Yield parameter values to begin from, the likeliest first; the same ones for the same spectrum.

    Every other start looks for arcs at all frequencies, the rest only above the blocking tail.

    Parameters
    ----------
    circuit : Circuit
        What is fitted.
    spectrum : Spectrum
        What it is fitted to.
    count : int
        Number of starts.

    Yields
    ------
    ndarray, shape (parameters,)
        In the order and units of the circuit's parameters.
    """
    seen, random = landmarks(spectrum), np.random.default_rng(SEED)
    arcs = [item for item in circuit.tree.items if _is_arc(item)]
    resistors = [item for item in circuit.tree.items if isinstance(item, Element) and item.kind.symbol == "R"]
    fastest = 10 * seen.omega_high
    before_tail = seen.omega_of_resistance_low if seen.omega_of_resistance_low < seen.omega_high else seen.omega_low
    for number in range(count):
        slowest = seen.omega_low if number % 2 else before_tail
        values = _anywhere(circuit, seen, random)
        spread = random.uniform(size=len(arcs)) if number else (np.arange(len(arcs)) + 0.6) / max(len(arcs), 1)
        rates = np.exp(math.log(fastest) + np.sort(spread) * math.log(slowest / fastest))
        shares = random.dirichlet(np.ones(len(arcs) + bool(resistors))) if number else None
        for index, item in enumerate(arcs):
            share = 1 / (len(arcs) + 0.2 * bool(resistors)) if shares is None else shares[index]
            exponent = EXPONENT_OF_AN_ARC if number == 0 else random.uniform(0.6, 1.0)
            _set_arc(item, values, max(share, 1e-3) * seen.resistance_low, rates[index], exponent)
        rest = 1.0 if not arcs else (0.1 if shares is None else max(shares[-1], 1e-3))
        for item in resistors:
            values[item.first] = rest * seen.resistance_low / len(resistors)
        for item in circuit.tree.items:
            _set_tail(item, values, seen, 1.0 if number == 0 else math.exp(random.normal(0, 0.5)))
        yield values


def _is_arc(item: Item) -> bool:
    """True for branches of which one passes a direct current and another blocks it, such as p(R1,CPE1)."""
    return isinstance(item, Parallel)


def _leaves(item: Item) -> Iterator[Element]:
    if isinstance(item, Element):
        yield item
        return
    for branch in item.branches:
        for inner in branch.items:
            yield from _leaves(inner)


def _anywhere(circuit: Circuit, seen: Landmarks, random: np.random.Generator) -> Real:
    """Return values of the right magnitude for elements that no landmark belongs to."""
    values = np.empty(len(circuit.parameters))
    for item in circuit.tree.items:
        for leaf in _leaves(item):
            omega = math.exp(random.uniform(math.log(seen.omega_low), math.log(seen.omega_high)))
            _set(leaf, values, seen.resistance_low * math.exp(random.normal(-0.7, 0.7)), omega, 0.85)
            if leaf.kind.symbol == "L":
                values[leaf.first] = seen.inductance
    return values


def _set(leaf: Element, values: Real, resistance: float, omega: float, exponent: float) -> None:
    """Give a leaf the magnitude `resistance` at ω."""
    first = leaf.first
    if leaf.kind.symbol == "R":
        values[first] = resistance
    elif leaf.kind.symbol == "C":
        values[first] = 1 / (resistance * omega)
    elif leaf.kind.symbol == "L":
        values[first] = resistance / omega
    elif leaf.kind.symbol == "CPE":
        values[first : first + 2] = 1 / (resistance * omega**exponent), exponent
    elif leaf.kind.symbol == "W":
        values[first] = resistance * math.sqrt(omega / 2)
    else:
        values[first : first + 2] = resistance, 1 / omega


def _set_arc(item: Item, values: Real, resistance: float, omega: float, exponent: float) -> None:
    for leaf in _leaves(item):
        _set(leaf, values, resistance, omega, exponent)


def _set_tail(item: Item, values: Real, seen: Landmarks, factor: float) -> None:
    """Give an element that blocks a direct current, and stands in series, the tail of the spectrum."""
    if not isinstance(item, Element):
        return
    if item.kind.symbol == "CPE":
        values[item.first : item.first + 2] = seen.tail_admittance * factor, seen.tail_exponent
    elif item.kind.direct_current == "open":
        magnitude = 1 / (seen.tail_admittance * factor * seen.omega_low**seen.tail_exponent)
        _set(item, values, magnitude, seen.omega_low, seen.tail_exponent)
