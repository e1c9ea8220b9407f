"""Impedance of a full cell whose interfaces grow with the cycles and depend on the voltage.

The ohmic resistance, arcs of the interfaces and diffusion (a constant-phase element of exponent 0.5) in series:

    Z = R_s + Σ Z_k + 1/(Q (iω)^0.5),    R_k = R_k,0 (1 + a_k n) exp(−b_k (E − 3.8 V))

The capacitance of an arc stays as it is, so that its time constant grows with its resistance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.simulate.arcs import Arc, constant_phase_ohm
from analyses.simulate.noise import noisy_impedance

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

REFERENCE_V = 3.8
FREQUENCY_HERTZ = np.geomspace(2e5, 2e-2, 71)


@dataclass(frozen=True)
class GrowingArc:
    """An interface: its arc at 3.8 V before the first cycle, and how it changes."""

    arc: Arc
    growth_per_cycle: float
    """a."""
    fall_per_v: float = 0.0
    """b."""

    def at(self, cycle: int, dc_v: float = REFERENCE_V) -> Arc:
        """Return its arc after a number of cycles at a voltage [V]."""
        by_voltage = float(np.exp(-self.fall_per_v * (dc_v - REFERENCE_V)))
        return self.arc.scaled((1 + self.growth_per_cycle * cycle) * by_voltage)


@dataclass(frozen=True)
class CellImpedance:
    """A full cell: the truth of its spectra."""

    ohmic_resistance_ohm: float
    interfaces: tuple[GrowingArc, ...]
    """By rising time constant."""
    diffusion_size: float
    """Q [S s^0.5]."""

    def resistances_at(self, cycle: int) -> list[float]:
        """Return the resistance of each interface [Ω]."""
        return [interface.at(cycle).resistance_ohm for interface in self.interfaces]


def full_cell_spectrum(
    cell: CellImpedance, cycle: int, dc_v: float = REFERENCE_V, *, relative_noise: float = 0.002, seed: int
) -> tuple[Array, Complex]:
    """Return frequencies from 200 kHz to 20 mHz, ten a decade, and the impedance after cycles at a voltage [Ω]."""
    frequency = FREQUENCY_HERTZ
    exact = cell.ohmic_resistance_ohm + constant_phase_ohm(frequency, cell.diffusion_size, 0.5)
    for interface in cell.interfaces:
        exact = exact + interface.at(cycle, dc_v).impedance_ohm(frequency)
    return frequency, noisy_impedance(exact, relative_noise, seed)
