"""Peaks of a distribution of relaxation times: time constant, resistance, capacitance, and how probable each is."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.circuit import Circuit, parse_circuit
from analyses.impedance.circuits.fit_residuals import CircuitResiduals
from analyses.impedance.relaxation_times.drt import Distribution
from analyses.impedance.spectrum import Spectrum
from analyses.statistics.fit_covariance import fit_covariance

MOST_PEAKS = 7
LEAST_SHARE = 0.004
"""Share of the polarisation resistance below which a maximum is not a candidate."""
EXPONENTS = (0.5, 0.98)
"""Range of the exponents that fits start from."""
FARTHEST = (-100.0, 100.0)
"""Logarithms of time constants beyond which nothing is said [ln s]."""
COARSE_TOLERANCE, COARSE_STEPS = 1e-4, 40
"""Of fits that decide how many arcs there are; the last fit is as precise as others."""
SAME_GAIN = 0.1
"""Differences of the criterion by which arcs that stand in for each other differ at most."""
SUPPORTED = 0.5
"""Probability from which a process is supported."""
NOTABLE_MISFIT = 1.15
"""Residual of the arcs over the noise from which they do not describe the spectrum: at most 1.06 in 324 simulated
spectra of processes and diffusion."""
MISFIT_FACTOR = 3.5
"""What standard uncertainties of the arcs then count, so that 1.96 of them contain 95 % of the arcs of spectra with an
inductive loop or a lead that is not an ideal coil."""
PRIOR, EVIDENCE, LARGEST_GAIN = -1.2, 0.84, 60.0
"""Log odds of a maximum that the criterion neither supports nor opposes, their rise with the gain, and the gain beyond
which they rise no more: the shares of 5,600 maxima that are processes in 1,350 simulated spectra."""


@dataclass(frozen=True)
class Peak:
    """A process of the spectrum, as an arc p(R,CPE) in series with the others."""

    time_constant_s: float
    resistance_ohm: float
    exponent: float
    covariance: Real
    """Of ln R, ln Q, n and ln of the series resistance, shape (4, 4)."""
    probability: float
    """That the data support it, against the same arcs without it."""
    is_in_window: bool
    """False if the time constant is outside the reciprocal frequencies measured."""
    series_resistance_ohm: float
    """In series with all arcs, at high frequency [Ω]."""
    sum_error_ohm: float = 0.0
    """Standard uncertainty of the sum of the resistances of this and all other arcs [Ω]."""
    misfit: float = 0.0
    """Residual of the arcs over |Z| beyond the noise; zero if they describe the spectrum."""

    @property
    def capacitance_f(self) -> float:
        """Of the capacitor with the same time constant, τ/R [F]."""
        return self.time_constant_s / self.resistance_ohm

    @property
    def time_gradient(self) -> Real:
        """Derivatives of ln τ by the variables of the covariance."""
        inverse = 1 / self.exponent
        return np.array([inverse, inverse, -math.log(self.time_constant_s) * inverse, 0.0])

    @property
    def interface_capacitance_f(self) -> float:
        """Of an interface whose time constants are spread along it [F]: Q^(1/n) (1/R_s + 1/R)^((n-1)/n), R_s the series
        resistance (Brug, J. Electroanal. Chem. 176, 275 (1984), doi:10.1016/S0022-0728(84)80324-1)."""
        conductance = 1 / self.series_resistance_ohm + 1 / self.resistance_ohm
        log_admittance = self.exponent * math.log(self.time_constant_s) - math.log(self.resistance_ohm)
        return math.exp((log_admittance + (self.exponent - 1) * math.log(conductance)) / self.exponent)

    @property
    def interface_gradient(self) -> Real:
        """Derivatives of ln of the interface capacitance by the variables of the covariance."""
        n = self.exponent
        share = self.series_resistance_ohm / (self.series_resistance_ohm + self.resistance_ohm)
        log_admittance = n * math.log(self.time_constant_s) - math.log(self.resistance_ohm)
        log_conductance = math.log(1 / self.series_resistance_ohm + 1 / self.resistance_ohm)
        by_n = (log_conductance - log_admittance) / n**2
        return np.array([(1 - n) / n * share, 1 / n, by_n, (1 - n) / n * (1 - share)])


def find_peaks(spectrum: Spectrum, drt: Distribution) -> tuple[Peak, ...]:
    """Return the peaks of a distribution, the fastest first.

    Each maximum of γ becomes an arc p(R,CPE), its start values from the maximum: R the integral between the minima on
    either side, n from its height. The arcs and what stands in series with them are fitted to the spectrum. Arcs
    that the Bayesian information criterion does not support are taken out, the least supported first. The probability
    of each is that of the model with it against the one without it, from the difference of the criteria and the
    share of maxima that are processes in simulated spectra. If the arcs leave more than the noise, the spectrum is not
    a sum of processes with positive resistance, and their uncertainties count 3.5 times.

    Parameters
    ----------
    spectrum : Spectrum
        From `check_spectrum`.
    drt : Distribution
        Of the spectrum.

    Returns
    -------
    tuple of Peak
        Those taken out with the values and the probability they had then.
    """
    arcs = _candidates(drt)
    rest = series_start(spectrum, drt)
    peaks: list[Peak] = []
    (fit,) = _fits(spectrum, rest, arcs[np.newaxis])
    while arcs.shape[0]:
        fewer = np.array([np.delete(fit.arcs, index, axis=0) for index in range(arcs.shape[0])])
        without = _fits(spectrum, fit.rest, fewer)
        gains = np.array([other.criterion - fit.criterion for other in without])
        describes = fit.residual <= NOTABLE_MISFIT * drt.noise
        least = _least_needed(fit.arcs, gains) if describes else int(np.argmin(gains))
        if gains[least] > 0 and not (describes and _is_spare(gains, least)):
            (fit,) = _fits(spectrum, fit.rest, fit.arcs[np.newaxis], coarse=False)
            peaks += [_peak(spectrum, fit, index, float(gain), drt.noise) for index, gain in enumerate(gains)]
            break
        peaks.append(_peak(spectrum, fit, least, float(gains[least]), drt.noise))
        fit = without[least]
        arcs = fit.arcs
    return tuple(sorted(peaks, key=lambda peak: peak.time_constant_s))


def _is_spare(gains: Real, least: int) -> bool:
    """Return whether the others can do without an arc that is hardly supported: without any of several the criterion
    is the same, as the rest take its place."""
    return bool(probability_of(float(gains[least])) < SUPPORTED and (gains < gains.min() + SAME_GAIN).sum() > 1)


def _least_needed(arcs: Real, gains: Real) -> int:
    """Return the arc without which the fit is best; of several that stand in for each other, the smallest."""
    alike = np.flatnonzero(gains < gains.min() + SAME_GAIN)
    return int(alike[np.argmin(arcs[alike, 0])])


@dataclass(frozen=True)
class _Fit:
    """Arcs R, Q, n of shape (k, 3) in series with the rest, fitted to a spectrum."""

    arcs: Real
    rest: Real
    covariance: Real
    """Of the variables of resistor and inductor, arcs, and tail."""
    criterion: float
    residual: float
    """Root mean square of both parts over |Z|."""


def _candidates(drt: Distribution) -> Real:
    """Return R, Q and n of each maximum, of shape (k, 3)."""
    gamma, spacing = drt.gamma_ohm, drt.spacing
    padded = np.concatenate(([0.0], gamma, [0.0]))
    top = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]))
    if not top.size:
        return np.zeros((0, 3))
    borders = [
        0,
        *(int(a + np.argmin(gamma[a : b + 1])) for a, b in pairwise(top)),
        gamma.size - 1,
    ]
    resistance = np.array([gamma[a : b + 1].sum() * spacing for a, b in pairwise(borders)])
    kept = np.argsort(-resistance)[:MOST_PEAKS]
    kept = np.sort(kept[resistance[kept] > LEAST_SHARE * max(resistance.sum(), 1e-300)])
    height = gamma[top[kept]] / resistance[kept]
    # The height of a ZARC over its resistance is cot((1-n)π/2)/(2π).
    exponent = np.clip(1 - 2 / np.pi * np.arctan2(1.0, 2 * np.pi * height), *EXPONENTS)
    tau = drt.time_constant_s[top[kept]]
    return np.column_stack((resistance[kept], tau**exponent / resistance[kept], exponent))


def probability_of(gain: float) -> float:
    """Return how probable a process is from what the Bayesian information criterion loses without it.

    Parameters
    ----------
    gain : float
        Criterion of the fit without its arc over that of the fit with it.

    Returns
    -------
    float
        At most 0.94: of maxima with the largest gains, six in a hundred are two processes that overlap, or a tail.
    """
    limited = min(max(gain, -LARGEST_GAIN), LARGEST_GAIN)
    return 1 / (1 + math.exp(-(PRIOR + EVIDENCE * math.asinh(limited))))


def series_start(spectrum: Spectrum, drt: Distribution) -> Real:
    """Return start values of what stands in series with the arcs: resistor, inductor and, if any, the tail's Q and n.

    Parameters
    ----------
    spectrum : Spectrum
    drt : Distribution
        Of the spectrum.

    Returns
    -------
    ndarray, shape (2,) or (4,)
        [Ω, H, S sⁿ, 1].
    """
    smallest = 1e-3 * float(np.abs(spectrum.impedance_ohm).min())
    inductance = max(drt.inductance_h, smallest / (2 * np.pi * spectrum.frequency_hertz[0]))
    tail = [drt.tail_admittance, drt.tail_exponent] if math.isfinite(drt.tail_admittance) else []
    return np.array([max(drt.series_resistance_ohm, smallest), inductance, *tail])


def arcs_circuit(arcs: int, tail: bool) -> Circuit:
    """Return the circuit of a resistor, an inductor, arcs p(R,CPE) and, if there is one, a tail CPE in series.

    Parameters
    ----------
    arcs : int
        Number of arcs.
    tail : bool
        Whether the spectrum ends in a blocking tail.

    Returns
    -------
    Circuit
    """
    text = "-".join(
        [
            "R0",
            "L0",
            *(f"p(R{index},CPE{index})" for index in range(1, arcs + 1)),
            *([f"CPE{arcs + 1}"] if tail else []),
        ]
    )
    return parse_circuit(text)


def _fits(spectrum: Spectrum, rest: Real, arcs: Real, *, coarse: bool = True) -> list[_Fit]:
    """Return a fit for each set of as many arcs, of shape (sets, k, 3), beginning with the rest as it is."""
    circuit = arcs_circuit(arcs.shape[1], rest.size > 2)
    residuals = CircuitResiduals(circuit, spectrum)
    sets = arcs.shape[0]
    starts = np.concatenate(
        (np.tile(rest[:2], (sets, 1)), arcs.reshape(sets, -1), np.tile(rest[2:], (sets, 1))), axis=1
    )
    minima = (
        residuals.near(starts, tolerance=COARSE_TOLERANCE, most_steps=COARSE_STEPS)
        if coarse
        else residuals.near(starts)
    )
    return [_fitted(residuals, theta, arcs.shape[1]) for theta in minima.variables]


def _fitted(residuals: CircuitResiduals, theta: Real, arcs: int) -> _Fit:
    residual, jacobian = residuals.evaluate(theta)
    squares, size = float(residual @ residual), residual.size
    values = residuals.values(theta)
    stop = 2 + 3 * arcs
    covariance = fit_covariance(jacobian) * squares / max(size - theta.size, 1)
    return _Fit(
        arcs=values[2:stop].reshape(-1, 3),
        rest=np.concatenate((values[:2], values[stop:])),
        covariance=covariance,
        criterion=size * math.log(max(squares / size, 1e-12)) + theta.size * math.log(size),
        residual=math.sqrt(squares / size),
    )


def _peak(spectrum: Spectrum, fit: _Fit, index: int, gain: float, noise: float) -> Peak:
    resistance, admittance, exponent = (float(number) for number in fit.arcs[index])
    # An arc that means nothing to the spectrum may go anywhere.
    tau = math.exp(float(np.clip(math.log(resistance * admittance) / exponent, *FARTHEST)))
    rows = [2 + 3 * index, 3 + 3 * index, 4 + 3 * index, 0]
    fastest, slowest = (1 / (2 * np.pi * spectrum.frequency_hertz[end]) for end in (0, -1))
    is_misfit = fit.residual > NOTABLE_MISFIT * noise
    covariance = fit.covariance * (MISFIT_FACTOR**2 if is_misfit else 1.0)
    of_resistances = np.ix_(*[2 + 3 * np.arange(fit.arcs.shape[0])] * 2)
    sum_variance = float(fit.arcs[:, 0] @ covariance[of_resistances] @ fit.arcs[:, 0])
    return Peak(
        time_constant_s=tau,
        resistance_ohm=resistance,
        exponent=exponent,
        covariance=covariance[np.ix_(rows, rows)],
        probability=probability_of(gain),
        is_in_window=bool(fastest <= tau <= slowest),
        series_resistance_ohm=float(fit.rest[0]),
        sum_error_ohm=math.sqrt(max(sum_variance, 0.0)),
        misfit=math.sqrt(fit.residual**2 - noise**2) if is_misfit else 0.0,
    )
