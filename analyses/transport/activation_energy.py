"""Activation energy of an ionic conductivity from a temperature series."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.statistics.shared_causes import shared_components
from analyses.uncertainty import Estimate

Real = NDArray[np.float64]

BOLTZMANN_EV_K = 8.617333262e-5
"""CODATA 2018, exact."""
ZERO_CELSIUS_K = 273.15
FEWEST_TEMPERATURES = 3


@dataclass(frozen=True)
class ArrheniusFit:
    """A straight line of ln(σT) against 1/T."""

    activation_energy_ev: Estimate
    log_prefactor: Estimate
    """ln of σ₀ in σT = σ₀ exp(-E_a/kT), σ₀ in S cm⁻¹ K."""
    fitted_s_cm: Real
    """σ of the line at each temperature [S cm⁻¹]."""
    residual: Real
    """ln σ minus that of the line."""


def activation_energy(
    temperature_degc: Real,
    conductivity_s_cm: Real,
    standard_uncertainty_s_cm: Real | None = None,
    *,
    conductivities: Sequence[Estimate] = (),
) -> ArrheniusFit:
    """Fit σT = σ₀ exp(-E_a/kT) as a straight line of ln(σT) against 1/T.

    A factor that all conductivities share, such as the geometry of the pellet, moves the line and not its slope: it is
    a component of the prefactor and cancels in E_a. The scatter about the line makes E_a uncertain, with
    (temperatures - 2) degrees of freedom, and so does a shared cause whose share of σ depends on temperature.

    Parameters
    ----------
    temperature_degc : ndarray, shape (temperatures,)
        Temperature [°C].
    conductivity_s_cm : ndarray, shape (temperatures,)
        Ionic conductivity [S cm⁻¹].
    standard_uncertainty_s_cm : ndarray, shape (temperatures,), optional
        Standard uncertainty of each [S cm⁻¹]; points are weighted by one over the square of their relative
        uncertainty. Without it all weigh the same.
    conductivities : sequence of Estimate, shape (temperatures,), optional
        The same conductivities with the components of their uncertainty, for the causes that several share.

    Returns
    -------
    ArrheniusFit

    Raises
    ------
    InsufficientData
        If there are fewer than three different temperatures, one is not above absolute zero, or a conductivity or an
        uncertainty is not above zero.

    Examples
    --------
    >>> kelvin = np.array([263.15, 298.15, 333.15])
    >>> sigma = 1e5 / kelvin * np.exp(-0.35 / (BOLTZMANN_EV_K * kelvin))
    >>> round(activation_energy(kelvin - 273.15, sigma).activation_energy_ev.magnitude, 6)
    0.35
    """
    kelvin = np.asarray(temperature_degc, dtype=np.float64) + ZERO_CELSIUS_K
    sigma = np.asarray(conductivity_s_cm, dtype=np.float64)
    _check(kelvin, sigma)
    weight = _weights(sigma, standard_uncertainty_s_cm)
    reciprocal = 1 / (BOLTZMANN_EV_K * kelvin)
    matrix = np.stack((-reciprocal, np.ones_like(reciprocal)), axis=1)
    goal = np.log(sigma * kelvin)
    answer, _, _, _ = np.linalg.lstsq(matrix * weight[:, np.newaxis], goal * weight, rcond=None)
    residual = goal - matrix @ answer
    degrees = kelvin.size - 2
    variance = float(((residual * weight) ** 2).sum()) / degrees
    scaled = matrix * weight[:, np.newaxis]
    spread = np.sqrt(variance * np.diag(np.linalg.inv(scaled.T @ scaled)))
    # d answer / dσ: the goal is ln(σT), so that dσ/σ moves it.
    sensitivity = np.linalg.pinv(scaled) * weight / sigma if conductivities else np.empty((2, 0))
    energy, log_prefactor = (
        Estimate.measured(float(answer[row]), float(spread[row]), degrees)
        .attributed("fit")
        .with_components(*shared_components(sensitivity[row].tolist(), conductivities))
        for row in range(2)
    )
    return ArrheniusFit(
        activation_energy_ev=energy,
        log_prefactor=log_prefactor,
        fitted_s_cm=np.exp(matrix @ answer) / kelvin,
        residual=residual,
    )


def _weights(sigma: Real, uncertainty: Real | None) -> Real:
    if uncertainty is None:
        return np.ones_like(sigma)
    stated = np.asarray(uncertainty, dtype=np.float64)
    if stated.shape != sigma.shape:
        raise InsufficientData(
            "unequal-columns",
            "there are {stated_size} standard uncertainties for {sigma_size} conductivities",
            stated_size=stated.size,
            sigma_size=sigma.size,
        )
    bad = np.flatnonzero(~(np.isfinite(stated) & (stated > 0)))
    if bad.size:
        raise InsufficientData(
            "no-weight",
            "conductivity {bad} has a standard uncertainty of {stated:g} S/cm and so no weight: state "
            "uncertainties above zero for all, or for none",
            bad=bad[0] + 1,
            stated=stated[bad[0]],
        )
    relative = stated / sigma
    return np.asarray(relative.min() / relative)


def _check(kelvin: Real, sigma: Real) -> None:
    if kelvin.shape != sigma.shape:
        raise InsufficientData(
            "unequal-columns",
            "there are {kelvin_size} temperatures for {sigma_size} conductivities",
            kelvin_size=kelvin.size,
            sigma_size=sigma.size,
        )
    bad = np.flatnonzero(~(np.isfinite(kelvin) & (kelvin > 0)))
    if bad.size:
        raise InsufficientData(
            "temperature-below-absolute-zero",
            "temperature {bad} is {kelvin:g} °C, not above absolute zero",
            bad=bad[0] + 1,
            kelvin=kelvin[bad[0]] - ZERO_CELSIUS_K,
        )
    bad = np.flatnonzero(~(np.isfinite(sigma) & (sigma > 0)))
    if bad.size:
        raise InsufficientData(
            "conductivity-not-positive",
            "conductivity {bad} is {sigma:g} S/cm: it must be above zero",
            bad=bad[0] + 1,
            sigma=sigma[bad[0]],
        )
    different = np.unique(kelvin).size
    if different < FEWEST_TEMPERATURES:
        raise InsufficientData(
            "too-few-temperatures",
            "an activation energy needs conductivities at {fewest_temperatures} or more temperatures: there are "
            "{different}",
            fewest_temperatures=FEWEST_TEMPERATURES,
            different=different,
        )
