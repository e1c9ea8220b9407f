"""Effect of a common error of all temperatures of a series on its Arrhenius line."""

import math
from collections.abc import Sequence
from dataclasses import replace

from analyses.component import Component
from analyses.transport.activation_energy import ArrheniusFit, ArrheniusRange, Real, arrhenius_line
from analyses.uncertainty import Estimate

STEP_K = 0.1
FEW_DEGREES = 2.0
"""Up to so many degrees of freedom of the scatter, the effective ones of Welch and Satterthwaite leave only 87-93 %
inside the interval: the thermometer then counts as no better known than the scatter."""
NAME, SHARED = "temperature", "thermometer"


def with_common_temperature(
    fit: ArrheniusFit, temperature_degc: Real, conductivity_s_cm: Real, uncertainty_k: float
) -> ArrheniusFit:
    """Return an Arrhenius fit with the uncertainty of the thermometer, which moves all temperatures alike.

    It does not show in the scatter about the line: an error δ changes E_a by about 2 δ/T of its value, 0.7 % for 1 K.

    Parameters
    ----------
    fit : ArrheniusFit
        From `activation_energy`.
    temperature_degc : ndarray, shape (temperatures,)
        Temperature [°C].
    conductivity_s_cm : ndarray, shape (temperatures,)
        Ionic conductivity [S cm⁻¹].
    uncertainty_k : float
        Standard uncertainty of the thermometer [K].

    Returns
    -------
    ArrheniusFit
        With a component `temperature` of energies, prefactors and the temperature of the kink.
    """
    if not uncertainty_k:
        return fit
    everything = tuple(range(len(temperature_degc)))
    energy, log_prefactor = _per_kelvin(temperature_degc, conductivity_s_cm, everything)
    return replace(
        fit,
        activation_energy_ev=_with(fit.activation_energy_ev, energy * uncertainty_k),
        log_prefactor=_with(fit.log_prefactor, log_prefactor * uncertainty_k),
        ranges=tuple(_of_range(part, temperature_degc, conductivity_s_cm, uncertainty_k) for part in fit.ranges),
        kink_degc=fit.kink_degc and _with(fit.kink_degc, uncertainty_k),
    )


def _of_range(part: ArrheniusRange, degc: Real, sigma: Real, uncertainty_k: float) -> ArrheniusRange:
    energy, log_prefactor = _per_kelvin(degc, sigma, part.points)
    return replace(
        part,
        activation_energy_ev=_with(part.activation_energy_ev, energy * uncertainty_k),
        log_prefactor=_with(part.log_prefactor, log_prefactor * uncertainty_k),
    )


def _per_kelvin(degc: Real, sigma: Real, points: Sequence[int]) -> tuple[float, float]:
    """Return the change of E_a [eV] and ln σ₀ if all temperatures are 1 K higher."""
    chosen = list(points)
    above = arrhenius_line(degc[chosen] + STEP_K, sigma[chosen])
    below = arrhenius_line(degc[chosen] - STEP_K, sigma[chosen])
    return (above[0] - below[0]) / (2 * STEP_K), (above[1] - below[1]) / (2 * STEP_K)


def _with(number: Estimate, contribution: float) -> Estimate:
    degrees = number.degrees_of_freedom if number.degrees_of_freedom <= FEW_DEGREES else math.inf
    return number.with_components(Component(NAME, contribution, shared=SHARED, degrees_of_freedom=degrees))
