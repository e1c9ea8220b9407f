"""One fit of all spectra of a series, in which each process keeps its number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.circuits.fit_residuals import CircuitResiduals
from analyses.impedance.relaxation_times.drt import Distribution
from analyses.impedance.relaxation_times.drt_peaks import Peak, arcs_circuit, find_peaks, probability_of, series_start
from analyses.impedance.relaxation_times.process_tracks import track_processes, without_jumps
from analyses.impedance.spectrum import Spectrum
from analyses.statistics.damped_least_squares import damped_least_squares
from analyses.statistics.fit_covariance import fit_covariance

EXPONENT_SPREAD = 0.03
"""Standard deviation of the exponent of one process among the spectra."""
TOLERANCE, MOST_STEPS = 1e-7, 100
BAND = 1.96
WIDEST_SPREAD = 9 / 11
"""Half of the 95 % interval of a resistance over the resistance beyond which it spans a decade."""


@dataclass(frozen=True)
class SeriesProcess:
    """A process of a series of spectra: an arc p(R,CPE) in each."""

    resistance_ohm: Real
    """Shape (spectra,) [Ω]."""
    time_constant_s: Real
    """Shape (spectra,) [s]."""
    exponent: Real
    """Shape (spectra,)."""
    covariance: Real
    """Of ln R, ln Q, n and ln of the series resistance, shape (spectra, 4, 4)."""
    series_resistance_ohm: Real
    """Of the spectra, shape (spectra,) [Ω]."""
    probability: float
    """That the data of all spectra support it, against the same fit without it."""
    is_in_window: tuple[bool, ...]
    """Of each spectrum: False if the time constant is outside the reciprocal frequencies measured."""
    is_determined: tuple[bool, ...]
    """Of each spectrum: False if its data do not determine the resistance, or if the time constant jumps there, as it
    does where it is that of another process."""

    def selected(self, rows: Sequence[int]) -> "SeriesProcess":
        """Return the process of some of the spectra."""
        index = np.array(rows, dtype=np.intp)
        return SeriesProcess(
            self.resistance_ohm[index],
            self.time_constant_s[index],
            self.exponent[index],
            self.covariance[index],
            self.series_resistance_ohm[index],
            self.probability,
            tuple(self.is_in_window[row] for row in rows),
            tuple(self.is_determined[row] for row in rows),
        )

    def peak(self, index: int) -> Peak:
        """Return the process as a peak of one spectrum."""
        return Peak(
            time_constant_s=float(self.time_constant_s[index]),
            resistance_ohm=float(self.resistance_ohm[index]),
            exponent=float(self.exponent[index]),
            covariance=self.covariance[index],
            probability=self.probability,
            is_in_window=self.is_in_window[index],
            series_resistance_ohm=float(self.series_resistance_ohm[index]),
        )


def fit_series(
    at: Real, spectra: Sequence[Spectrum], distributions: Sequence[Distribution], noise: Sequence[float]
) -> tuple[SeriesProcess, ...]:
    """Return the processes that the spectra of a series have in common, the fastest first.

    The peaks of each spectrum are joined to processes. All spectra are then fitted simultaneously by arcs p(R,CPE) in
    series: every process is in every spectrum, with resistance and time constant of its own there, and exponents that
    spread by 0.03 about a common one. Residuals count over the noise of their spectrum. A process that the Bayesian
    information criterion of all spectra does not support is taken out, the least supported first.

    Parameters
    ----------
    at : ndarray, shape (spectra,)
        The condition, rising, in a scale in which ln R and ln τ are about straight: 1/T, ln p, the cycle number.
    spectra : sequence of Spectrum
    distributions : sequence of Distribution
        Of the spectra.
    noise : sequence of float
        Standard deviation of Re Z and Im Z of each spectrum over |Z|.

    Returns
    -------
    tuple of SeriesProcess
        Those the data support.
    """
    peaks = [find_peaks(spectrum, drt) for spectrum, drt in zip(spectra, distributions, strict=True)]
    tracks = track_processes(at, peaks)
    if not len(tracks):
        return ()
    rests = [np.log(series_start(spectrum, drt)) for spectrum, drt in zip(spectra, distributions, strict=True)]
    fit = _fitted(spectra, noise, rests, tracks[np.newaxis])[0]
    while True:
        count = fit.processes.shape[0]
        without = np.array([np.delete(fit.processes, index, axis=0) for index in range(count)])
        fits = _fitted(spectra, noise, fit.rests, without)
        gains = np.array([other.criterion - fit.criterion for other in fits])
        least = int(np.argmin(gains))
        if gains[least] > 0:
            break
        if count == 1:
            return ()
        fit = fits[least]
    order = np.argsort(np.median(fit.processes[:, :, 1], axis=1))
    return tuple(_process(at, spectra, fit, int(index), float(gains[index])) for index in order)


@dataclass(frozen=True)
class _SeriesFit:
    rests: list[Real]
    """ln of series resistor, inductor and Q, and n, of each spectrum."""
    processes: Real
    """ln R, ln τ, n, shape (processes, spectra, 3)."""
    covariances: list[Real]
    """Of the variables of each spectrum."""
    criterion: float


class _Joint:
    """Residuals of all spectra over their noise, and of the exponents about their means."""

    def __init__(self, parts: Sequence[CircuitResiduals], noise: Sequence[float], count: int) -> None:
        self.parts, self.noise, self.count = parts, noise, count
        ends = np.cumsum([part.lower.size for part in parts])
        self.slices = [slice(int(end) - part.lower.size, int(end)) for end, part in zip(ends, parts, strict=True)]
        rows = np.cumsum([2 * part.weight.size for part in parts])
        self.rows = [slice(int(end) - 2 * part.weight.size, int(end)) for end, part in zip(rows, parts, strict=True)]
        self.size, self.data_rows = int(ends[-1]), int(rows[-1])
        spectra = len(parts)
        self.exponents = np.array([[cut.start + 4 + 3 * process for cut in self.slices] for process in range(count)])
        self.centring = (np.eye(spectra) - 1 / spectra) / EXPONENT_SPREAD

    def evaluate(self, theta: Real) -> tuple[Real, Real]:
        sets, spectra = len(theta), len(self.parts)
        residual = np.empty((sets, self.data_rows + self.count * spectra))
        jacobian = np.zeros((sets, self.size, residual.shape[1]))
        for part, columns, rows, sigma in zip(self.parts, self.slices, self.rows, self.noise, strict=True):
            of_part, by_part = part.evaluate(theta[:, columns])
            residual[:, rows], jacobian[:, columns, rows] = of_part / sigma, by_part / sigma
        for process in range(self.count):
            rows = slice(self.data_rows + process * spectra, self.data_rows + (process + 1) * spectra)
            residual[:, rows] = theta[:, self.exponents[process]] @ self.centring
            jacobian[:, self.exponents[process], rows] = self.centring
        return residual, jacobian


def _fitted(spectra: Sequence[Spectrum], noise: Sequence[float], rests: Sequence[Real], sets: Real) -> list[_SeriesFit]:
    """Return a fit for each set of processes, of shape (sets, processes, spectra, 3)."""
    count = sets.shape[1]
    parts = [
        CircuitResiduals(arcs_circuit(count, rest.size > 2), spectrum)
        for spectrum, rest in zip(spectra, rests, strict=True)
    ]
    joint = _Joint(parts, noise, count)
    lower, upper = (np.concatenate([getattr(part, end) for part in parts]) for end in ("lower", "upper"))
    starts = np.array(
        [np.concatenate([_theta(rest, processes[:, index]) for index, rest in enumerate(rests)]) for processes in sets]
    )
    minima = damped_least_squares(joint.evaluate, starts, lower, upper, tolerance=TOLERANCE, most_steps=MOST_STEPS)
    return [_described(joint, theta) for theta in minima.variables]


def _theta(rest: Real, processes: Real) -> Real:
    """Return the variables of one spectrum: ln of R, L, then ln R, ln Q, n of each process, then ln Q and n."""
    arcs = np.column_stack(
        (processes[:, 0], processes[:, 2] * processes[:, 1] - processes[:, 0], processes[:, 2])
    ).ravel()
    tail = np.array([rest[2], math.exp(rest[3])]) if rest.size > 2 else np.empty(0)
    return np.concatenate((rest[:2], arcs, tail))


def _described(joint: _Joint, theta: Real) -> _SeriesFit:
    residual, jacobian = (part[0] for part in joint.evaluate(theta[np.newaxis]))
    squares = [float(residual[rows] @ residual[rows]) for rows in joint.rows]
    sizes = [rows.stop - rows.start for rows in joint.rows]
    # The noise of a spectrum is known to no better than its residual tells: each has its own.
    criterion = sum(size * math.log(max(s / size, 1e-12)) for s, size in zip(squares, sizes, strict=True))
    criterion += float((residual[joint.data_rows :] ** 2).sum())
    spectra = len(sizes)
    free = theta.size - joint.count * (spectra - 1)
    covariance = fit_covariance(jacobian)
    covariance *= max(sum(squares) / max(sum(sizes) - free, 1), 1e-12)
    rests, processes = [], np.empty((joint.count, spectra, 3))
    for index, cut in enumerate(joint.slices):
        own = theta[cut]
        arcs = own[2 : 2 + 3 * joint.count].reshape(-1, 3)
        processes[:, index] = np.column_stack((arcs[:, 0], (arcs[:, 0] + arcs[:, 1]) / arcs[:, 2], arcs[:, 2]))
        tail = own[2 + 3 * joint.count :]
        rests.append(np.concatenate((own[:2], [tail[0], math.log(tail[1])] if tail.size else [])))
    return _SeriesFit(
        rests, processes, [covariance[cut, cut] for cut in joint.slices], criterion + free * math.log(sum(sizes))
    )


def _process(at: Real, spectra: Sequence[Spectrum], fit: _SeriesFit, index: int, gain: float) -> SeriesProcess:
    log_resistance, log_tau, exponent = fit.processes[index].T
    rows = [2 + 3 * index, 3 + 3 * index, 4 + 3 * index, 0]
    tau = np.exp(log_tau)
    window = [1 / (2 * np.pi * spectrum.frequency_hertz[[0, -1]]) for spectrum in spectra]
    covariances = np.array([covariance[np.ix_(rows, rows)] for covariance in fit.covariances])
    spread = BAND * np.sqrt(covariances[:, 0, 0])
    return SeriesProcess(
        resistance_ohm=np.exp(log_resistance),
        time_constant_s=tau,
        exponent=exponent,
        covariance=covariances,
        series_resistance_ohm=np.exp([rest[0] for rest in fit.rests]),
        probability=probability_of(gain),
        is_in_window=tuple(bool(low <= t <= high) for (low, high), t in zip(window, tau, strict=True)),
        is_determined=without_jumps(at, fit.processes[index], spread < WIDEST_SPREAD),
    )
