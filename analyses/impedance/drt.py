"""Distribution of relaxation times of an impedance spectrum."""

import math
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Complex, Real
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData

PER_DECADE = 10
BEYOND_DECADES = 1.0
"""How far the time constants reach beyond 1/(2πf) of the frequencies measured."""
INTO_TAIL_DECADES = 0.5
NOISE_FACTOR = 1.1
"""Residual over the noise up to which a distribution may be smoothed."""
SMOOTHEST, ROUGHEST = 1e2, 1e-8
"""Range of the smoothing parameter."""
ROUNDS = 12
TAIL_EXPONENTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TAIL_STEP, TAIL_TOLERANCE = 0.1, 2e-4
LITTLE_SMOOTHING = 1e-4
POOR_RESIDUAL = 0.1
"""Relative residual from which a distribution does not describe the spectrum."""
LEAST_NOISE = 1e-4
"""Relative noise below which no instrument measures."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)


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


def distribution(spectrum: Spectrum, relative_noise: float, *, by: str = "discrepancy") -> Distribution:
    """Return the distribution of relaxation times of a spectrum.

    γ is piecewise linear in ln τ, ten nodes a decade, from a decade below to a decade above the reciprocal frequencies
    measured, or to half a decade into a blocking tail, and never negative. A resistor, an inductor and, of a spectrum
    that ends in a blocking tail, a constant-phase element stand in series with it; the exponent of the last is that of
    the least residual. The squared residuals over |Z| plus λ times the integral of the squared second derivative of γ
    are a minimum (Tikhonov [1]_).
    λ is the largest whose residual is at most 1.1 times the noise (discrepancy principle [2]_), or that of the least
    generalised cross-validation.

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
            "the frequency window, or check the spectrum by its Kramers-Kronig test",
            residual_percent=100 * residual,
        )
    return _described(spectrum, (tau, kernel, exponent), system, smoothing, answer)


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
    jw = 2j * np.pi * spectrum.frequency_hertz
    return (1 / (1 + jw[:, np.newaxis, np.newaxis] * at)) @ weights


def _system(spectrum: Spectrum, kernel: Complex, tau: Real, exponent: float) -> _System:
    jw = 2j * np.pi * spectrum.frequency_hertz
    others = [np.ones_like(jw), jw] + ([jw**-exponent] if exponent else [])
    columns = np.column_stack((kernel, *others)) / np.abs(spectrum.impedance_ohm)[:, np.newaxis]
    goal = spectrum.impedance_ohm / np.abs(spectrum.impedance_ohm)
    matrix = np.concatenate((columns.real, columns.imag))
    size = tau.size
    scale = np.ones(matrix.shape[1])
    scale[:size] = 1 / np.linalg.norm(matrix[:, :size], axis=0).max()
    scale[size:] = 1 / np.linalg.norm(matrix[:, size:], axis=0)
    spacing = math.log(tau[1] / tau[0])
    second = (np.eye(size, k=-1) - 2 * np.eye(size) + np.eye(size, k=1)) / spacing**2 * math.sqrt(spacing)
    penalty = np.zeros((size, matrix.shape[1]))
    penalty[:, :size] = second
    return _System(matrix * scale, np.concatenate((goal.real, goal.imag)), penalty, scale)


def _solve(system: _System, smoothing: float) -> Real:
    from scipy.optimize import nnls

    rows = np.concatenate((system.matrix, math.sqrt(smoothing) * system.penalty))
    answer, _ = nnls(rows, np.concatenate((system.goal, np.zeros(system.penalty.shape[0]))), maxiter=20 * rows.shape[1])
    return np.asarray(answer)


def _residual(system: _System, answer: Real) -> float:
    return float(np.sqrt(np.mean((system.matrix @ answer - system.goal) ** 2)))


def _by_discrepancy(system: _System, noise: float) -> tuple[float, Real]:
    """Return the largest λ whose residual is at most 1.1 times the noise, by bisection of its logarithm."""
    low, high = math.log(ROUGHEST), math.log(SMOOTHEST)
    best = math.exp(low), _solve(system, math.exp(low))
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        answer = _solve(system, math.exp(middle))
        if _residual(system, answer) <= NOISE_FACTOR * noise:
            low, best = middle, (math.exp(middle), answer)
        else:
            high = middle
    return best


def _by_cross_validation(system: _System, noise: float) -> tuple[float, Real]:
    """Return the λ of the least generalised cross-validation among 25, for the unknowns that are not zero."""
    size = system.goal.size
    scores = []
    for smoothing in np.geomspace(ROUGHEST, SMOOTHEST, 25).tolist():
        answer = _solve(system, smoothing)
        free = answer > 0
        design, penalty = system.matrix[:, free], system.penalty[:, free]
        normal = design.T @ design + smoothing * penalty.T @ penalty
        used = float(np.trace(np.linalg.solve(normal, design.T @ design)))
        scores.append((_residual(system, answer) ** 2 / (1 - used / size) ** 2, smoothing, answer))
    _, smoothing, answer = min(scores, key=lambda score: score[0])
    return smoothing, answer


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
    spectrum: Spectrum, grid: tuple[Real, Complex, float], system: _System, smoothing: float, answer: Real
) -> Distribution:
    tau, kernel, exponent = grid
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
    )
