"""The elements an equivalent circuit is made of: impedance, and its derivatives by their parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class AngularFrequency:
    """ω [rad s⁻¹] and what the elements need of it; each of shape (frequencies,)."""

    jw: Complex
    log_jw: Complex
    root_jw: Complex

    @classmethod
    def of(cls, frequency_hertz: Real) -> "AngularFrequency":
        """Return jω, its logarithm and its root for frequencies above zero [Hz]."""
        omega = 2 * np.pi * np.asarray(frequency_hertz, dtype=np.float64)
        jw = (1j * omega).astype(np.complex128)
        return cls(jw, np.log(omega) + 0.5j * np.pi, np.sqrt(jw))


@dataclass(frozen=True)
class ParameterKind:
    """A parameter of a circuit element."""

    suffix: str
    """Appended to the element's name: `CPE1` has `CPE1_Q` and `CPE1_n`."""
    unit: str
    is_scale: bool
    """Above zero without an upper limit, so that its logarithm is fitted; else between 0 and 1."""


@dataclass(frozen=True)
class ElementKind:
    """One letter of the circuit language.

    `evaluate(values, frequency)` takes values of shape (..., parameters) and returns the impedance of shape
    (..., frequencies) and its derivatives of shape (..., parameters, frequencies), by ln p for a parameter that is a
    scale and by p for an exponent.
    """

    symbol: str
    words: str
    parameters: tuple[ParameterKind, ...]
    evaluate: Callable[[Real, AngularFrequency], tuple[Complex, Complex]]
    direct_current: str
    """Behaviour at direct current: `open`, `short`, or the resistance that is the first parameter (`resistance`)."""


def _at(values: Real, index: int) -> Real:
    """Return one parameter, to be broadcast along the frequencies."""
    return values[..., index, np.newaxis]


def _one_slope(impedance: Complex, slope: Complex) -> tuple[Complex, Complex]:
    return impedance, slope[..., np.newaxis, :]


def _resistor(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    impedance: Complex = _at(values, 0) * np.ones_like(frequency.jw)
    return _one_slope(impedance, impedance)


def _capacitor(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    impedance = 1 / (frequency.jw * _at(values, 0))
    return _one_slope(impedance, -impedance)


def _inductor(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    impedance = frequency.jw * _at(values, 0)
    return _one_slope(impedance, impedance)


def _constant_phase(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    power: Complex = np.exp(-_at(values, 1) * frequency.log_jw)
    impedance = power / _at(values, 0)
    return impedance, np.stack((-impedance, -impedance * frequency.log_jw), axis=-2)


def _warburg(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    impedance = np.sqrt(2) * _at(values, 0) / frequency.root_jw
    return _one_slope(impedance, impedance)


def _finite_open(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    x = frequency.root_jw * np.sqrt(_at(values, 1))
    coth = 1 / np.tanh(x)
    impedance = _at(values, 0) * coth / x
    slope = _at(values, 0) * ((1 - coth**2) - coth / x) / 2
    return impedance, np.stack((impedance, slope), axis=-2)


def _finite_short(values: Real, frequency: AngularFrequency) -> tuple[Complex, Complex]:
    x = frequency.root_jw * np.sqrt(_at(values, 1))
    tanh = np.tanh(x)
    impedance = _at(values, 0) * tanh / x
    slope = _at(values, 0) * ((1 - tanh**2) - tanh / x) / 2
    return impedance, np.stack((impedance, slope), axis=-2)


_RESISTANCE = ParameterKind("_R", "ohm", is_scale=True)
_TIME = ParameterKind("_tau", "s", is_scale=True)

ELEMENTS: Mapping[str, ElementKind] = {
    kind.symbol: kind
    for kind in (
        ElementKind("R", "resistor", (ParameterKind("", "ohm", is_scale=True),), _resistor, "resistance"),
        ElementKind("C", "capacitor", (ParameterKind("", "F", is_scale=True),), _capacitor, "open"),
        ElementKind("L", "inductor", (ParameterKind("", "H", is_scale=True),), _inductor, "short"),
        ElementKind(
            "CPE",
            "constant-phase element, Z = 1/(Q (jω)ⁿ)",
            (ParameterKind("_Q", "S s^n", is_scale=True), ParameterKind("_n", "", is_scale=False)),
            _constant_phase,
            "open",
        ),
        ElementKind(
            "W",
            "Warburg element, Z = σ_W (1 - j)/√ω",
            (ParameterKind("", "ohm s^-1/2", is_scale=True),),
            _warburg,
            "open",
        ),
        ElementKind(
            "Wo",
            "finite-length Warburg element with a blocked end, Z = R coth(√(jωτ))/√(jωτ)",
            (_RESISTANCE, _TIME),
            _finite_open,
            "open",
        ),
        ElementKind(
            "Ws",
            "finite-length Warburg element with an open end, Z = R tanh(√(jωτ))/√(jωτ)",
            (_RESISTANCE, _TIME),
            _finite_short,
            "resistance",
        ),
    )
}
