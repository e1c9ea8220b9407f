"""The arcs of a circuit: resistors parallel to a capacitive element, and their time constants."""

import math
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.circuit import Circuit, Item, Parallel


@dataclass(frozen=True)
class Arc:
    """A resistor and a capacitive element in parallel, in series with the rest."""

    resistor: str
    resistance_ohm: float
    time_constant_s: float
    capacitance_f: float
    """Of the capacitor with the same time constant, τ/R [1]_; [F]."""

    @property
    def frequency_hz(self) -> float:
        """Frequency of the top of the arc."""
        return 1 / (2 * math.pi * self.time_constant_s) if self.time_constant_s else math.inf


def find_arcs(circuit: Circuit, values: Real) -> tuple[Arc, ...]:
    """Return the arcs that stand in series, in the order of the circuit.

    Parameters
    ----------
    circuit : Circuit
        Any circuit; items other than p(R,CPE) and p(R,C) are passed over.
    values : ndarray, shape (parameters,)
        In the order and units of the circuit's parameters.

    Returns
    -------
    tuple of Arc

    References
    ----------
    .. [1] C. H. Hsu, F. Mansfeld, Corrosion 57, 747 (2001), doi:10.5006/1.3280607.

    Examples
    --------
    >>> from analyses.impedance.circuits.circuit import parse_circuit
    >>> [arc] = find_arcs(parse_circuit("R0-p(R1,C1)"), np.array([1.0, 100.0, 1e-9]))
    >>> round(arc.time_constant_s * 1e9), arc.resistor
    (100, 'R1')
    """
    arcs = []
    for item in circuit.tree.items:
        indices = _arc_places(item)
        if indices is None:
            continue
        resistor, admittance, exponent = indices
        resistance = float(values[resistor])
        n = 1.0 if exponent is None else float(values[exponent])
        tau = math.exp(math.log(resistance * float(values[admittance])) / n)
        arcs.append(Arc(circuit.parameters[resistor].name, resistance, tau, tau / resistance))
    return tuple(arcs)


def fastest_first(circuit: Circuit, values: Real) -> np.ndarray:
    """Return the order of parameters that puts arcs of one kind in the order of their time constants.

    Exchanging the values of two such arcs leaves the impedance as it is, so this only settles which is the first.

    Parameters
    ----------
    circuit : Circuit
        Any circuit.
    values : ndarray, shape (parameters,)
        In the order and units of the circuit's parameters.

    Returns
    -------
    ndarray of int, shape (parameters,)
        `values[order]` has the fastest arc first.
    """
    order = np.arange(values.size)
    taus = iter(find_arcs(circuit, values))
    kinds: dict[tuple[tuple[str, str], ...], list[tuple[float, slice]]] = {}
    for item in circuit.tree.items:
        if isinstance(item, Parallel) and _arc_places(item) is not None:
            kind = tuple((p.unit, str(p.is_scale)) for p in circuit.parameters[_rows(item)])
            kinds.setdefault(kind, []).append((next(taus).time_constant_s, _rows(item)))
    for group in kinds.values():
        by_time = sorted(group, key=lambda arc: arc[0])
        for (_, target), (_, source) in zip(group, by_time, strict=True):
            order[target] = np.arange(values.size)[source]
    return order


def arc_gradients(circuit: Circuit, values: Real) -> tuple[tuple[Real, Real], ...]:
    """Return how resistance and time constant of each arc depend on the parameters, in the order of `find_arcs`.

    Parameters
    ----------
    circuit : Circuit
        Any circuit.
    values : ndarray, shape (parameters,)
        In the order and units of the circuit's parameters.

    Returns
    -------
    tuple of pairs of ndarray, shape (parameters,)
        Derivatives of ln R and of ln τ, by ln p for scales and by p for exponents.
    """
    gradients = []
    for item in circuit.tree.items:
        indices = _arc_places(item)
        if indices is None:
            continue
        resistor, admittance, exponent = indices
        n = 1.0 if exponent is None else float(values[exponent])
        of_resistance, of_time = np.zeros(values.size), np.zeros(values.size)
        of_resistance[resistor] = 1.0
        of_time[[resistor, admittance]] = 1 / n
        if exponent is not None:
            of_time[exponent] = -math.log(float(values[resistor]) * float(values[admittance])) / n**2
        gradients.append((of_resistance, of_time))
    return tuple(gradients)


def _rows(item: Parallel) -> slice:
    return slice(item.branches[0].first, item.branches[-1].stop)


def _arc_places(item: Item) -> tuple[int, int, int | None] | None:
    """Return the positions of R, of Q or C, and of n if present; None if the item is not an arc."""
    if not isinstance(item, Parallel) or len(item.branches) != 2:
        return None
    leaves = [branch.items[0] for branch in item.branches if len(branch.items) == 1]
    kinds = {leaf.kind.symbol: leaf for leaf in leaves if not isinstance(leaf, Parallel)}
    if "R" in kinds and "CPE" in kinds:
        return kinds["R"].first, kinds["CPE"].first, kinds["CPE"].first + 1
    return (kinds["R"].first, kinds["C"].first, None) if "R" in kinds and "C" in kinds else None
