"""Activation energy of an ionic conductivity from a temperature series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.statistics.linear_fit import LinearFit, fit_linear_model
from analyses.statistics.shared_causes import shared_components
from analyses.transport.arrhenius_range import Ranges, check_line, crossing_of
from analyses.uncertainty import Estimate

Real = NDArray[np.float64]

BOLTZMANN_EV_K = 8.617333262e-5
"""CODATA 2018, exact."""
ZERO_CELSIUS_K = 273.15
FEWEST_TEMPERATURES = 3


def arrhenius_line(temperature_degc: Real, conductivity_s_cm: Real) -> tuple[float, float]:
    """Return activation energy and ln of the prefactor of the line through points of equal weight, without tests.

    Parameters
    ----------
    temperature_degc : ndarray, shape (temperatures,)
        Two or more different temperatures [°C].
    conductivity_s_cm : ndarray, shape (temperatures,)
        Ionic conductivity [S cm⁻¹].

    Returns
    -------
    energy_ev : float
        E_a [eV].
    log_prefactor : float
        ln of σ₀, σ₀ in S cm⁻¹ K.

    Examples
    --------
    >>> kelvin = np.array([263.15, 333.15])
    >>> energy, log_prefactor = arrhenius_line(kelvin - 273.15, np.exp(7 - 0.35 / (BOLTZMANN_EV_K * kelvin)) / kelvin)
    >>> round(energy, 6), round(log_prefactor, 6)
    (0.35, 7.0)
    """
    kelvin = np.asarray(temperature_degc, dtype=np.float64) + ZERO_CELSIUS_K
    x, y = 1 / (BOLTZMANN_EV_K * kelvin), np.log(conductivity_s_cm * kelvin)
    centred = x - x.mean()
    energy = -float(centred @ y / (centred @ centred))
    return energy, float(y.mean()) + energy * float(x.mean())


@dataclass(frozen=True)
class ArrheniusRange:
    """A range of temperatures with a line of its own."""

    points: tuple[int, ...]
    """Indices of its points, from the coldest to the hottest."""
    activation_energy_ev: Estimate
    log_prefactor: Estimate


@dataclass(frozen=True)
class ArrheniusFit:
    """A straight line of ln(σT) against 1/T, and whether it describes the series."""

    activation_energy_ev: Estimate
    """If the line is curved, its bounds contain the slopes at the coldest and at the hottest temperature."""
    log_prefactor: Estimate
    """ln of σ₀ in σT = σ₀ exp(-E_a/kT), σ₀ in S cm⁻¹ K."""
    fitted_s_cm: Real
    """σ of the line, or of the lines of the two ranges, at each temperature [S cm⁻¹]."""
    residual: Real
    """ln σ minus that of the one line."""
    curvature_probability: float | None
    """Of a curvature as large by chance, without outliers if there are any; None with fewer than four temperatures."""
    is_curved: bool
    """True if the curvature is significant."""
    outliers: tuple[int, ...]
    """Indices of points whose residual is too large for chance; they count in the line."""
    without_outliers_ev: float | None
    """Activation energy without the outliers; None if there are none."""
    ranges: tuple[ArrheniusRange, ...]
    """Two if two lines describe the series and one does not, the colder one first; else empty. Bounds contain the
    numbers with the kink at other places that the scatter does not exclude."""
    ranges_probability: float | None
    """Of a gain by two lines as large by chance; None with one."""
    kink_degc: Estimate | None
    """Temperature where the lines of the two ranges cross; None if they do not cross within the series."""


def activation_energy(
    temperature_degc: Real,
    conductivity_s_cm: Real,
    standard_uncertainty_s_cm: Real | None = None,
    *,
    conductivities: Sequence[Estimate] = (),
) -> ArrheniusFit:
    """Fit σT = σ₀ exp(-E_a/kT) as a straight line of ln(σT) against 1/T, and test whether it is one.

    A factor that all conductivities share, such as the geometry of the pellet, moves the line and not its slope: it is
    a component of the prefactor and cancels in E_a. The scatter about the line makes E_a uncertain, with
    (temperatures - 2) degrees of freedom, and so does a shared cause whose share of σ depends on temperature.

    A fit of ln σ instead of ln(σT) is lower by k T, 0.026 eV at 25 °C.

    Parameters
    ----------
    temperature_degc : ndarray, shape (temperatures,)
        Temperature [°C].
    conductivity_s_cm : ndarray, shape (temperatures,)
        Ionic conductivity [S cm⁻¹].
    standard_uncertainty_s_cm : ndarray, shape (temperatures,), optional
        Standard uncertainty of each from causes that no other shares [S cm⁻¹]. Scatter beyond it is shared by all
        points (`fit_linear_model`), so that points of a small stated uncertainty do not alone decide. Without it all
        weigh the same.
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
    relative = _relative(sigma, standard_uncertainty_s_cm)
    order = np.argsort(kelvin, kind="stable")
    x, y = 1 / (BOLTZMANN_EV_K * kelvin[order]), np.log((sigma * kelvin)[order])
    own = None if relative is None else relative[order]
    ordered = [conductivities[index] for index in order] if conductivities else []
    line = fit_linear_model(np.stack((-x, np.ones_like(x)), axis=1), y, own, is_logarithm=True)
    test = check_line(x, y, own)
    energy, log_prefactor = (_estimate(line, row, sigma[order], ordered) for row in range(2))
    ranges = _ranges(test.ranges, order, sigma, ordered) if test.ranges else ()
    if test.is_curved and test.end_slopes and not ranges:
        energy = _holding(energy, [-slope for slope in test.end_slopes])
    fitted = np.empty_like(y)
    fitted[order] = y - (test.ranges.fit.residual if test.ranges else line.residual)
    residual = np.empty_like(y)
    residual[order] = line.residual
    return ArrheniusFit(
        activation_energy_ev=energy,
        log_prefactor=log_prefactor,
        fitted_s_cm=np.exp(fitted) / kelvin,
        residual=residual,
        curvature_probability=test.without_outliers if test.outliers else test.curvature_probability,
        is_curved=test.is_curved,
        outliers=tuple(int(order[index]) for index in test.outliers),
        without_outliers_ev=_without(test.outliers, x, y, own),
        ranges=ranges,
        ranges_probability=test.ranges.probability if test.ranges else None,
        kink_degc=_kink(test.ranges, kelvin) if test.ranges else None,
    )


def _estimate(
    fit: LinearFit, row: int, sigma: Real, conductivities: Sequence[Estimate], *, sign: float = 1.0
) -> Estimate:
    """Return a coefficient with the scatter about the line and the causes that several conductivities share."""
    # d answer / dσ: y is ln(σT), so that dσ/σ moves it.
    sensitivity = sign * fit.sensitivity[row] / sigma
    spread = float(np.sqrt(fit.covariance[row, row]))
    estimate = Estimate.measured(sign * float(fit.coefficients[row]), spread, fit.degrees_of_freedom).attributed("fit")
    if not conductivities:
        return estimate
    return estimate.with_components(*shared_components(sensitivity.tolist(), conductivities))


def _holding(number: Estimate, others: Sequence[float]) -> Estimate:
    """Return a number whose bounds contain others, such as those with the kink at another place."""
    return replace(number, lower=min(number.lower, *others), upper=max(number.upper, *others)) if others else number


def _ranges(
    ranges: Ranges, order: np.ndarray, sigma: Real, conductivities: Sequence[Estimate]
) -> tuple[ArrheniusRange, ...]:
    points = order[: ranges.first_of_hot], order[ranges.first_of_hot :]
    return tuple(
        ArrheniusRange(
            tuple(int(index) for index in of_range),
            _holding(
                _estimate(ranges.fit, 2 * number, sigma[order], conductivities, sign=-1.0),
                [-float(other.coefficients[2 * number]) for other in ranges.others],
            ),
            _holding(
                _estimate(ranges.fit, 2 * number + 1, sigma[order], conductivities),
                [float(other.coefficients[2 * number + 1]) for other in ranges.others],
            ),
        )
        for number, of_range in enumerate(points)
    )


def _kink(ranges: Ranges, kelvin: Real) -> Estimate | None:
    """Return the temperature at which the lines cross; None if it is not one of the series."""
    crossing = ranges.crossing
    if crossing is None or crossing[0] <= 0:
        return None
    at = 1 / (BOLTZMANN_EV_K * crossing[0])
    if not kelvin.min() <= at <= kelvin.max():
        return None
    spread = BOLTZMANN_EV_K * at**2 * crossing[1]
    kink = Estimate.measured(at - ZERO_CELSIUS_K, spread, ranges.fit.degrees_of_freedom).attributed("fit")
    crossings = (crossing_of(other) for other in ranges.others)
    others = (1 / (BOLTZMANN_EV_K * point[0]) for point in crossings if point and point[0] > 0)
    return _holding(kink, [at - ZERO_CELSIUS_K for at in others if kelvin.min() <= at <= kelvin.max()])


def _without(outliers: Sequence[int], x: Real, y: Real, own: Real | None) -> float | None:
    kept = np.setdiff1d(np.arange(x.size), outliers)
    if not outliers or np.unique(x[kept]).size < FEWEST_TEMPERATURES:
        return None
    matrix = np.stack((-x[kept], np.ones(kept.size)), axis=1)
    return float(
        fit_linear_model(matrix, y[kept], None if own is None else own[kept], is_logarithm=True).coefficients[0]
    )


def _relative(sigma: Real, uncertainty: Real | None) -> Real | None:
    if uncertainty is None:
        return None
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
            "conductivity {bad} has a standard uncertainty of {stated:g} S/cm and so no weight: state uncertainties "
            "above zero for all conductivities or for none",
            bad=bad[0] + 1,
            stated=stated[bad[0]],
        )
    return np.asarray(stated / sigma)


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
