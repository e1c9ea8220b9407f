"""Equivalent circuits written as text, their impedance and its derivatives.

`R0-p(R1,CPE1)-CPE2` is a resistor, a resistor parallel to a constant-phase element, and a constant-phase element, one
after another. Text is parsed, never evaluated as code.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyses.impedance.circuit_elements import ELEMENTS, AngularFrequency, Complex, ElementKind, Real
from analyses.insufficient_data import InsufficientData

MOST_ELEMENTS = 24
DEEPEST_NESTING = 8
_NAME = re.compile(r"([A-Za-z]+)([0-9]*)")


@dataclass(frozen=True)
class CircuitParameter:
    """One number of a circuit."""

    name: str
    """`R1`, `CPE1_Q`, `CPE1_n`, `Wo1_tau`."""
    unit: str
    is_scale: bool
    """Fitted as its logarithm; else an exponent above 0 and at most 1."""


@dataclass(frozen=True)
class Element:
    """A leaf of the circuit; `first` is the place of its first parameter among those of the circuit."""

    name: str
    kind: ElementKind
    first: int


@dataclass(frozen=True)
class Series:
    """Items that carry the same current; their parameters are those from `first` to before `stop`."""

    items: "tuple[Element | Parallel, ...]"
    first: int
    stop: int


@dataclass(frozen=True)
class Parallel:
    """Branches with the same voltage."""

    branches: tuple[Series, ...]


Item = Element | Parallel


@dataclass(frozen=True)
class Circuit:
    """A parsed circuit; get one from `parse_circuit`."""

    text: str
    tree: Series
    parameters: tuple[CircuitParameter, ...]

    @property
    def is_scale(self) -> tuple[bool, ...]:
        """For each parameter, whether its logarithm is fitted."""
        return tuple(parameter.is_scale for parameter in self.parameters)

    @property
    def has_inductor(self) -> bool:
        """Whether one of its elements is an inductor."""
        return any(parameter.unit == "H" for parameter in self.parameters)

    def impedance(self, frequency_hertz: Real, values: Real) -> Complex:
        """Return Z.

        Parameters
        ----------
        frequency_hertz : ndarray, shape (frequencies,)
            Above zero [Hz].
        values : ndarray, shape (..., parameters)
            In the order and units of `parameters`.

        Returns
        -------
        ndarray, shape (..., frequencies)
            Complex impedance [Ω].
        """
        return self.with_jacobian(AngularFrequency.of(frequency_hertz), np.asarray(values, dtype=np.float64))[0]

    def with_jacobian(self, frequency: AngularFrequency, values: Real) -> tuple[Complex, Complex]:
        """Return Z and its derivatives, by ln p for scales and by p for exponents.

        Parameters
        ----------
        frequency : AngularFrequency
            Of shape (frequencies,).
        values : ndarray, shape (..., parameters)
            In the order and units of `parameters`; several sets of them cost little more than one.

        Returns
        -------
        impedance : ndarray, shape (..., frequencies)
            Complex impedance [Ω].
        jacobian : ndarray, shape (..., parameters, frequencies)
            Complex derivatives [Ω].
        """
        jacobian = np.empty((*values.shape, frequency.jw.size), dtype=np.complex128)
        return _evaluate_series(self.tree, frequency, values, jacobian), jacobian

    def direct_current_resistance(self, values: Real) -> tuple[float, Real]:
        """Return the resistance of all that a direct current can pass, one after another, and its gradient.

        Items in series that block a direct current (the constant-phase element of a blocking electrode, say) add
        nothing: what remains is the resistance of the conductor between the electrodes.

        Parameters
        ----------
        values : ndarray, shape (parameters,)
            In the order and units of `parameters`.

        Returns
        -------
        resistance_ohm : float
            Resistance [Ω].
        gradient : ndarray, shape (parameters,)
            Derivatives by ln p [Ω]; zero for exponents.

        Raises
        ------
        InsufficientData
            If no item of the circuit has a resistance to direct current.
        """
        total, gradient = 0.0, np.zeros(values.size)
        for item in self.tree.items:
            resistance, slope = _item_resistance(item, values)
            if math.isfinite(resistance):
                total += resistance
                gradient += slope
        if total == 0:
            raise InsufficientData(
                "circuit-blocks-direct-current",
                "the circuit {circuit} has no resistor that carries direct current: add one, such as R0-CPE1 or "
                "p(R1,CPE1)-CPE2",
                circuit=self.text,
            )
        return total, gradient


@lru_cache(maxsize=256)
def parse_circuit(text: str) -> Circuit:
    """Read a circuit such as `R0-p(R1,CPE1)-CPE2`.

    Elements are R, C, L, CPE, W, Wo and Ws, each with a number of its own; `-` joins in series, `p(a,b)` in parallel;
    both may be nested.

    Parameters
    ----------
    text : str
        The circuit; spaces are ignored.

    Returns
    -------
    Circuit

    Raises
    ------
    InsufficientData
        If the text is not a circuit; says at which character.

    Examples
    --------
    >>> [parameter.name for parameter in parse_circuit("R0-p(R1,CPE1)").parameters]
    ['R0', 'R1', 'CPE1_Q', 'CPE1_n']
    >>> circuit = parse_circuit("p(R1,C1)")
    >>> impedance = circuit.impedance(np.array([1 / (2 * np.pi)]), np.array([2.0, 0.5]))
    >>> print(impedance.round(9))
    [1.-1.j]
    """
    return _Parser(text).circuit()


class _Parser:
    """One pass over the text; `place` is the next character."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\s+", "", text)
        self.position = 0
        self.names: set[str] = set()
        self.parameters: list[CircuitParameter] = []

    def circuit(self) -> Circuit:
        if not self.text:
            raise InsufficientData("empty-circuit", "the circuit is empty: enter one, such as p(R1,CPE1)-CPE2")
        tree = self._series(0)
        if self.position < len(self.text):
            raise self._error(f"expected '-' or the end, found '{self.text[self.position]}'")
        return Circuit(self.text, tree, tuple(self.parameters))

    def _error(self, reason: str, position: int | None = None) -> InsufficientData:
        at = (self.position if position is None else position) + 1
        return InsufficientData(
            "invalid-circuit",
            "the circuit {circuit!r} cannot be read at character {at}: {reason}",
            circuit=self.text,
            at=at,
            reason=reason,
        )

    def _next_is(self, character: str) -> bool:
        is_next = self.text[self.position : self.position + len(character)] == character
        self.position += len(character) * is_next
        return is_next

    def _series(self, depth: int) -> Series:
        first = len(self.parameters)
        items = [self._item(depth)]
        while self._next_is("-"):
            items.append(self._item(depth))
        return Series(tuple(items), first, len(self.parameters))

    def _item(self, depth: int) -> Item:
        start = self.position
        if not self._next_is("p("):
            return self._element()
        if depth >= DEEPEST_NESTING:
            raise self._error(f"p(...) is nested more than {DEEPEST_NESTING} deep", start)
        branches = [self._series(depth + 1)]
        while self._next_is(","):
            branches.append(self._series(depth + 1))
        if not self._next_is(")"):
            got = f"found '{self.text[self.position]}'" if self.position < len(self.text) else "the text ends"
            raise self._error(f"expected '-', ',' or ')', {got}")
        if len(branches) < 2:
            raise self._error("p(...) needs two or more branches, separated by commas", start)
        return Parallel(tuple(branches))

    def _element(self) -> Element:
        start = self.position
        match = _NAME.match(self.text, start)
        known = ", ".join(ELEMENTS)
        if match is None:
            got = f"found '{self.text[start]}'" if start < len(self.text) else "the text ends"
            raise self._error(f"expected an element ({known}) or p(...), {got}")
        name, (symbol, number) = match.group(), match.groups()
        if symbol not in ELEMENTS:
            raise self._error(f"'{symbol}' is not an element; use {known}, or p(...) for parallel branches")
        if not number:
            raise self._error(f"{symbol} needs a number, such as {symbol}1")
        if name in self.names:
            raise self._error(f"{name} occurs twice; give each element its own number")
        if len(self.names) >= MOST_ELEMENTS:
            raise self._error(f"more than {MOST_ELEMENTS} elements")
        self.names.add(name)
        self.position = match.end()
        kind, first = ELEMENTS[symbol], len(self.parameters)
        self.parameters.extend(CircuitParameter(name + p.suffix, p.unit, p.is_scale) for p in kind.parameters)
        return Element(name, kind, first)


def _evaluate_series(series: Series, frequency: AngularFrequency, values: Real, jacobian: Complex) -> Complex:
    """Return the impedance, and fill the rows of the jacobian that belong to these items."""
    impedance = _evaluate_item(series.items[0], frequency, values, jacobian)
    for item in series.items[1:]:
        impedance = impedance + _evaluate_item(item, frequency, values, jacobian)
    return impedance


def _evaluate_item(item: Item, frequency: AngularFrequency, values: Real, jacobian: Complex) -> Complex:
    if isinstance(item, Element):
        rows = slice(item.first, item.first + len(item.kind.parameters))
        impedance, jacobian[..., rows, :] = item.kind.evaluate(values[..., rows], frequency)
        return impedance
    each = [_evaluate_series(branch, frequency, values, jacobian) for branch in item.branches]
    admittances = [1 / branch for branch in each]
    impedance = 1 / sum(admittances[1:], start=admittances[0])
    for branch, admittance in zip(item.branches, admittances, strict=True):
        jacobian[..., branch.first : branch.stop, :] *= ((impedance * admittance) ** 2)[..., np.newaxis, :]
    return impedance


def _item_resistance(item: Item, values: Real) -> tuple[float, Real]:
    """Return the resistance of an item to direct current, infinite if it blocks, and its gradient by ln p."""
    gradient = np.zeros(values.size)
    if isinstance(item, Element):
        if item.kind.direct_current != "resistance":
            return (0.0 if item.kind.direct_current == "short" else math.inf), gradient
        gradient[item.first] = values[item.first]
        return float(values[item.first]), gradient
    conductance = 0.0
    for branch in item.branches:
        parts = [_item_resistance(inner, values) for inner in branch.items]
        resistance = sum(part[0] for part in parts)
        if resistance == 0:
            return 0.0, np.zeros(values.size)
        if math.isfinite(resistance):
            conductance += 1 / resistance
            gradient += sum(part[1] for part in parts) / resistance**2
    return (1 / conductance, gradient / conductance**2) if conductance else (math.inf, gradient)
