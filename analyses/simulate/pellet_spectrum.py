"""Impedance of an electrolyte pellet between ion-blocking electrodes, at any temperature and stack pressure.

Bulk and grain boundaries are two arcs in series with the blocking electrodes; the leads are compensated for:

    Z = Z_bulk + Z_gb + 1/(Q (iω)^n)

Both resistances follow σT = σ₀ exp(−E_a/kT), with the same activation energy, so that the conductivity of the pellet
does too, and σ ∝ p^m. Capacitances depend on neither.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.simulate.arcs import Arc, constant_phase_ohm
from analyses.simulate.noise import noisy_impedance

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

BOLTZMANN_EV_K = 8.617333262e-5
ZERO_CELSIUS_K = 273.15
REFERENCE_DEGC, REFERENCE_MPA = 25.0, 10.0
FREQUENCY_HERTZ = np.geomspace(7e6, 1.0, 69)


@dataclass(frozen=True)
class Pellet:
    """An electrolyte pellet: the truth of its spectra."""

    thickness_um: float
    area_cm2: float
    conductivity_s_cm: float
    """Of bulk and grain boundaries together, at 25 °C and 10 MPa."""
    grain_boundary_share: float
    """Of the resistance."""
    activation_energy_ev: float
    pressure_exponent: float
    grain_boundary_capacitance_f: float = 8e-9
    bulk_capacitance_f: float = 4e-11
    blocking_size: float = 1e-6
    """Q of the electrodes [S s^n]."""
    blocking_exponent: float = 0.9

    def conductivity_at(self, temperature_degc: float, stack_pressure_mpa: float) -> float:
        """Return σ [S/cm] at a temperature [°C] and a stack pressure [MPa].

        Examples
        --------
        >>> pellet = Pellet(600.0, 0.785, 2e-3, 0.4, 0.35, 0.05)
        >>> pellet.conductivity_at(25.0, 10.0)
        0.002
        """
        kelvin, reference_k = temperature_degc + ZERO_CELSIUS_K, REFERENCE_DEGC + ZERO_CELSIUS_K
        activated = math.exp(self.activation_energy_ev / BOLTZMANN_EV_K * (1 / reference_k - 1 / kelvin))
        pressed = (stack_pressure_mpa / REFERENCE_MPA) ** self.pressure_exponent
        return self.conductivity_s_cm * activated * (reference_k / kelvin) * pressed

    def resistance_at(self, temperature_degc: float, stack_pressure_mpa: float) -> float:
        """Return the resistance of bulk and grain boundaries [Ω]."""
        conductivity = self.conductivity_at(temperature_degc, stack_pressure_mpa)
        return self.thickness_um * 1e-4 / (conductivity * self.area_cm2)


@dataclass(frozen=True)
class PelletSpectrum:
    """A spectrum and its truth."""

    frequency_hertz: Array
    impedance_ohm: Complex
    resistance_ohm: float
    grain_boundary_ohm: float


def pellet_spectrum(
    pellet: Pellet,
    temperature_degc: float,
    stack_pressure_mpa: float,
    *,
    relative_noise: float = 0.002,
    seed: int,
) -> PelletSpectrum:
    """Return the spectrum of a pellet.

    Parameters
    ----------
    pellet : Pellet
        What is measured.
    temperature_degc, stack_pressure_mpa : float
        Conditions [°C], [MPa].
    relative_noise : float, optional
        Of both parts of the impedance, over its modulus.
    seed : int
        Of the noise.

    Returns
    -------
    PelletSpectrum
        Frequencies from 7 MHz to 1 Hz, ten a decade; shape (69,).
    """
    resistance = pellet.resistance_at(temperature_degc, stack_pressure_mpa)
    boundary_ohm = pellet.grain_boundary_share * resistance
    bulk_ohm = resistance - boundary_ohm
    bulk = Arc(bulk_ohm, bulk_ohm * pellet.bulk_capacitance_f)
    boundaries = Arc(boundary_ohm, boundary_ohm * pellet.grain_boundary_capacitance_f, 0.92)
    frequency = FREQUENCY_HERTZ
    exact = (
        bulk.impedance_ohm(frequency)
        + boundaries.impedance_ohm(frequency)
        + constant_phase_ohm(frequency, pellet.blocking_size, pellet.blocking_exponent)
    )
    return PelletSpectrum(frequency, noisy_impedance(exact, relative_noise, seed), resistance, boundary_ohm)
