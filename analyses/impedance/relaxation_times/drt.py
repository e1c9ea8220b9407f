"""Distribution of relaxation times of an impedance spectrum."""

import math
from dataclasses import dataclass
from itertools import count

import numpy as np

from analyses.impedance.circuit_elements import Complex, Real
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.statistics.nonnegative import nonnegative_least_squares

PER_DECADE = 10
BEYOND_DECADES = 1.0
"""How far the time constants reach beyond 1/(2πf) of the frequencies measured."""
INTO_TAIL_DECADES = 0.5
LEAST_RESIDUAL, LARGEST_RESIDUAL = 0.95, 1.1
"""Residual over the noise from and up to which a distribution may be smoothed."""
MODIFIED = 2.0
"""What a parameter counts as in the cross-validation that chooses within that range."""
SMOOTHEST, ROUGHEST = 1e2, 1e-8
"""Range of the smoothing parameter."""
STEPS, RISING = 3, 2
"""Steps a decade within the range, and how many of them the score may rise."""
TAIL_EXPONENTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TAIL_STEP, TAIL_TOLERANCE = 0.1, 2e-4
LITTLE_SMOOTHING = 1e-4
POOR_RESIDUAL = 0.1
"""Relative residual from which a distribution does not describe the spectrum."""
LEAST_NOISE = 1e-4
"""Relative noise below which no instrument measures."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True)
class Distribution:
    """A distribution of relaxation times γ(ln τ), and what stands in series with it."""

    time_constant_s: Real
    """Rising, shape (n,)."""
    gamma_ohm: Real
    """∫ γ d ln τ is the polarisation resistance, shape (n,) [Ω]."""
    gamma_error_ohm: Real
    """Standard uncertainty of γ from the noise, given the smoothing; zero where γ is held at zero."""
    covariance_ohm2: Real
    """Covariance of γ, shape (n, n)."""
    series_resistance_ohm: float
    inductance_h: float
    tail_admittance: float
    """Q of the capacitive tail [S sⁿ]; infinite without one."""
    tail_exponent: float
    smoothing: float
    """λ: weight of the squared second derivative of γ over the polarisation resistance, against residuals over |Z|."""
    is_at_edge: bool
    """True if λ is at the end of its range."""
    residual: float
    """Root mean square residual of both parts over |Z|."""
    fitted_ohm: Complex
    """Shape (points,) [Ω]."""
    noise: float
    """Standard deviation of both parts of the impedance over |Z|, as given."""

    @property
    def spacing(self) -> float:
        """Step of ln τ."""
        return float(np.log(self.time_constant_s[1] / self.time_constant_s[0]))

    @property
    def polarisation_resistance_ohm(self) -> float:
        """∫ γ d ln τ [Ω]."""
        return float(self.gamma_ohm.sum() * self.spacing)

    @property
    def polarisation_error_ohm(self) -> float:
        """Standard uncertainty of ∫ γ d ln τ from the noise [Ω]."""
        return self.spacing * math.sqrt(max(float(self.covariance_ohm2.sum()), 0.0))


@dataclass(frozen=True)
class _System:
    """Weighted real and imaginary parts: unknowns are γ, the series resistance, the inductance, and the tail if any."""

    matrix: Real
    goal: Real
    penalty: Real
    scale: Real
    """Of the unknowns."""
    gram: Real
    projection: Real
    roughness: Real
    """Products of the matrix with itself and with the goal, and of the penalty with itself."""


def distribution(spectrum: Spectrum, relative_noise: float, *, by: str = "discrepancy") -> Distribution:
    """Return the distribution of relaxation times of a spectrum.

    γ is piecewise linear in ln τ, ten nodes a decade, from a decade below to a decade above the reciprocal frequencies
    measured, or to half a decade into a blocking tail, and never negative. A resistor, an inductor and, of a spectrum
    that ends in a blocking tail, a constant-phase element stand in series with it; the exponent of the last is that of
    the least residual. The squared residuals over |Z| plus λ times the integral of the squared second derivative of γ
    are a minimum (Tikhonov [1]_).
    λ leaves a residual of 0.95 to 1.1 times the noise (discrepancy principle [2]_), and is that of the least
    generalised cross-validation within this range, with parameters that count twice so that it does not follow the
    noise [3]_; or that of the least generalised cross-validation of all.

    Parameters
    ----------
    spectrum : Spectrum
        From `check_spectrum`.
    relative_noise : float
        Standard deviation of Re Z and Im Z over |Z|, from a Kramers-Kronig test.
    by : {"discrepancy", "gcv"}
        Rule for λ.

    Returns
    -------
    Distribution

    Raises
    ------
    InsufficientData
        If the residual stays above 10 % and three times the noise.

    References
    ----------
    .. [1] M. Saccoccio, T. H. Wan, C. Chen, F. Ciucci, Electrochim. Acta 147, 470 (2014),
       doi:10.1016/j.electacta.2014.09.058.
    .. [2] V. A. Morozov, Methods for Solving Incorrectly Posed Problems, Springer 1984,
       doi:10.1007/978-1-4612-5280-1.
    .. [3] Y.-J. Kim, C. Gu, J. R. Stat. Soc. B 66, 337 (2004), doi:10.1046/j.1369-7412.2003.05316.x: 1.2 to 1.4 times.
    """
    tau = _time_constants(spectrum)
    kernel = _kernel(spectrum, tau)
    exponent = _tail_exponent(spectrum, kernel, tau) if spectrum.ends_in_blocking_tail else 0.0
    system = _system(spectrum, kernel, tau, exponent)
    noise = max(relative_noise, LEAST_NOISE)
    choose = _by_discrepancy if by == "discrepancy" else _by_cross_validation
    smoothing, answer = choose(system, noise)
    residual = _residual(system, answer)
    if residual > max(POOR_RESIDUAL, 3 * noise):
        raise InsufficientData(
            "no-distribution-fits",
            "no distribution of relaxation times describes the spectrum (residual {residual_percent:.2g} %): narrow "
            "the frequency window, or check the Kramers-Kronig test",
            residual_percent=100 * residual,
        )
    return _described(spectrum, (tau, kernel, exponent), system, (smoothing, noise), answer)


def _time_constants(spectrum: Spectrum) -> Real:
    """Return the nodes; below a blocking tail, whose impedance hides what is slower, they end half a decade on."""
    fastest, slowest = (1 / (2 * np.pi * spectrum.frequency_hertz[end]) for end in (0, -1))
    low, high = math.log10(fastest) - BEYOND_DECADES, math.log10(slowest) + BEYOND_DECADES
    if spectrum.ends_in_blocking_tail:
        high = math.log10(1 / (2 * np.pi * spectrum.tail_frequency_hz)) + INTO_TAIL_DECADES
    return np.logspace(low, high, max(8, round((high - low) * PER_DECADE) + 1))


def _kernel(spectrum: Spectrum, tau: Real) -> Complex:
    """Return the integral of 1/(1 + jωτ) times each triangle about a node of ln τ, shape (points, n)."""
    spacing = math.log(tau[1] / tau[0])
    offsets = np.concatenate([(NODES - 1) / 2, (NODES + 1) / 2])
    weights = np.concatenate([WEIGHTS, WEIGHTS]) / 2 * spacing * (1 - np.abs(offsets))
    at = tau[:, np.newaxis] * np.exp(offsets * spacing)
    product = 2 * np.pi * spectrum.frequency_hertz[:, np.newaxis, np.newaxis] * at
    real = 1 / (1 + product**2)
    return real @ weights - 1j * ((product * real) @ weights)


def _system(spectrum: Spectrum, kernel: Complex, tau: Real, exponent: float) -> _System:
    jw = 2j * np.pi * spectrum.frequency_hertz
    others = [np.ones_like(jw), jw] + ([jw**-exponent] if exponent else [])
    columns = np.column_stack((kernel, *others)) / spectrum.noise_scale_ohm[:, np.newaxis]
    goal = spectrum.impedance_ohm / spectrum.noise_scale_ohm
    matrix = np.concatenate((columns.real, columns.imag))
    size = tau.size
    scale = np.ones(matrix.shape[1])
    scale[:size] = 1 / np.linalg.norm(matrix[:, :size], axis=0).max()
    scale[size:] = 1 / np.linalg.norm(matrix[:, size:], axis=0)
    spacing = math.log(tau[1] / tau[0])
    second = (np.eye(size, k=-1) - 2 * np.eye(size) + np.eye(size, k=1)) / spacing**2 * math.sqrt(spacing)
    penalty = np.zeros((size, matrix.shape[1]))
    penalty[:, :size] = second
    scaled, both = matrix * scale, np.concatenate((goal.real, goal.imag))
    return _System(scaled, both, penalty, scale, scaled.T @ scaled, scaled.T @ both, penalty.T @ penalty)


def _solve(system: _System, smoothing: float, like: Real | None = None) -> Real:
    """Return the unknowns; `like` are those at another smoothing."""
    start = np.ones(system.scale.size, dtype=bool) if like is None else like > 0
    return nonnegative_least_squares(system.gram + smoothing * system.roughness, system.projection, start)


def _residual(system: _System, answer: Real) -> float:
    return float(np.sqrt(np.mean((system.matrix @ answer - system.goal) ** 2)))


def _by_discrepancy(system: _System, noise: float) -> tuple[float, Real]:
    """Return the λ of the least modified cross-validation among those whose residual is 0.95 to 1.1 times the noise, or
    the least λ if the residual of all is larger."""
    smoothing, answer = SMOOTHEST, _solve(system, SMOOTHEST)
    while _residual(system, answer) > LARGEST_RESIDUAL * noise and smoothing > ROUGHEST:
        smoothing = max(smoothing / 10, ROUGHEST)
        answer = _solve(system, smoothing, answer)
    tried: list[tuple[float, float, Real]] = [(math.inf, smoothing, answer)]
    for step in count(1 - STEPS):
        finer = smoothing * 10 ** (-step / STEPS)
        answer = _solve(system, finer, answer)
        residual = _residual(system, answer)
        if residual < LEAST_RESIDUAL * noise or finer < ROUGHEST:
            break
        if residual <= LARGEST_RESIDUAL * noise:
            tried.append((_cross_validation(system, finer, answer, MODIFIED), finer, answer))
        if len(tried) > RISING and min(tried, key=_score) not in tried[-RISING:]:
            break
    return min(tried, key=_score)[1:]


def _score(tried: tuple[float, float, Real]) -> float:
    return tried[0]


def _by_cross_validation(system: _System, noise: float) -> tuple[float, Real]:
    """Return the λ of the least generalised cross-validation among 25, for the unknowns that are not zero."""
    tried: list[tuple[float, float, Real]] = []
    answer: Real | None = None
    for smoothing in np.geomspace(SMOOTHEST, ROUGHEST, 25).tolist():
        answer = _solve(system, smoothing, answer)
        tried.append((_cross_validation(system, smoothing, answer), smoothing, answer))
    return min(tried, key=_score)[1:]


def _cross_validation(system: _System, smoothing: float, answer: Real, weight: float = 1.0) -> float:
    """Return the score of an answer, in which each parameter used counts as so many."""
    free = np.ix_(answer > 0, answer > 0)
    gram = system.gram[free]
    used = float(np.trace(np.linalg.solve(gram + smoothing * system.roughness[free], gram)))
    return (_residual(system, answer) / max(1 - weight * used / system.goal.size, 1e-6)) ** 2


def _tail_exponent(spectrum: Spectrum, kernel: Complex, tau: Real) -> float:
    """Return the exponent of the tail whose residual is least at little smoothing."""
    from scipy.optimize import minimize_scalar

    def residual(exponent: float) -> float:
        system = _system(spectrum, kernel, tau, exponent)
        return _residual(system, _solve(system, LITTLE_SMOOTHING))

    near = min(TAIL_EXPONENTS, key=residual)
    bounds = (near - TAIL_STEP, min(near + TAIL_STEP, 1.0))
    return float(minimize_scalar(residual, bounds=bounds, method="bounded", options={"xatol": TAIL_TOLERANCE}).x)


def _described(
    spectrum: Spectrum, grid: tuple[Real, Complex, float], system: _System, chosen: tuple[float, float], answer: Real
) -> Distribution:
    (tau, kernel, exponent), (smoothing, noise) = grid, chosen
    size = tau.size
    values = answer * system.scale
    free = answer > 0
    design, penalty = system.matrix[:, free], system.penalty[:, free]
    normal = design.T @ design + smoothing * penalty.T @ penalty
    degrees = max(system.goal.size - float(np.trace(np.linalg.solve(normal, design.T @ design))), 1.0)
    residual = _residual(system, answer)
    variance = residual**2 * system.goal.size / degrees
    covariance = np.zeros((answer.size, answer.size))
    covariance[np.ix_(free, free)] = variance * np.linalg.inv(normal)
    covariance = (covariance * np.outer(system.scale, system.scale))[:size, :size]
    tail = float(values[size + 2]) if exponent else 0.0
    jw = 2j * np.pi * spectrum.frequency_hertz
    fitted = kernel @ values[:size] + values[size] + jw * values[size + 1] + (tail * jw**-exponent if tail else 0.0)
    return Distribution(
        time_constant_s=tau,
        gamma_ohm=values[:size],
        gamma_error_ohm=np.sqrt(np.maximum(np.diag(covariance), 0.0)),
        covariance_ohm2=covariance,
        series_resistance_ohm=float(values[size]),
        inductance_h=float(values[size + 1]),
        tail_admittance=1 / tail if tail else math.inf,
        tail_exponent=exponent,
        smoothing=smoothing,
        is_at_edge=not ROUGHEST * 2 < smoothing < SMOOTHEST / 2,
        residual=residual,
        fitted_ohm=fitted,
        noise=noise,
    )
