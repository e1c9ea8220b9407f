"""Impedance of depressed arcs and of constant-phase elements."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Arc:
    """A resistance in parallel with a constant-phase element (ZARC): R/(1 + (iωτ)^n)."""

    resistance_ohm: float
    time_constant_s: float
    """τ = R C with the capacitance C at the top of the arc."""
    exponent: float = 1.0
    """n; 1 is a capacitor."""

    def impedance_ohm(self, frequency_hertz: Array) -> Complex:
        """Return Z [Ω] at frequencies [Hz] of shape (points,).

        Examples
        --------
        >>> Arc(10.0, 1.0).impedance_ohm(np.array([1 / (2 * np.pi)])).round(9)
        array([5.-5.j])
        """
        return self.resistance_ohm / (1 + _reduced(frequency_hertz, self.time_constant_s) ** self.exponent)

    def scaled(self, factor: float) -> "Arc":
        """Return the arc of another resistance with the same capacitance."""
        return Arc(self.resistance_ohm * factor, self.time_constant_s * factor, self.exponent)


def constant_phase_ohm(frequency_hertz: Array, size: float, exponent: float) -> Complex:
    """Return Z = 1/(Q (iω)^n) [Ω] of a constant-phase element.

    Parameters
    ----------
    frequency_hertz : array
        Shape (points,) [Hz].
    size : float
        Q [S s^n].
    exponent : float
        n; 1 is a capacitor, 0.5 semi-infinite diffusion.
    """
    return np.asarray(1 / (size * _reduced(frequency_hertz, 1.0) ** exponent), dtype=np.complex128)


def _reduced(frequency_hertz: Array, time_constant_s: float) -> Complex:
    """Return iωτ."""
    return np.asarray(2j * np.pi * frequency_hertz * time_constant_s, dtype=np.complex128)
