"""Distributions of relaxation times, compared with pyDRTtools on the same spectra of known distributions."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.relaxation_times.drt import distribution
from analyses.impedance.relaxation_times.drt_peaks import find_peaks
from analyses.impedance.spectrum import check_spectrum
from benchmarks.peer_environment import PYDRTTOOLS, environment
from benchmarks.report import Bounded, Section

REFERENCE_SCRIPT = Path(__file__).with_name("drt_pydrttools.py")
FREQUENCY = np.geomspace(1e6, 1e-2, 81)
ARCS = {
    "one arc": ((50.0, 1e-2, 0.8),),
    "two arcs": ((50.0, 1e-3, 0.8), (30.0, 1e-1, 0.8)),
    "three arcs": ((20.0, 1e-5, 0.9), (50.0, 1e-3, 0.85), (30.0, 1e-1, 0.8)),
}
"""Resistance [Ω], time constant [s] and exponent of the arcs in series with 10 Ω."""
NOISES = (0.0025, 0.01, 0.025)
SPECTRA = 6
"""Number of spectra per kind and noise."""
LARGEST_RATIO = 1 / 15
NEAR_DECADES = 0.7
"""Distance within which the maximum of a distribution belongs to an arc."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Group:
    """Spectra of one kind with one noise."""

    kind: str
    noise: float
    impedance: Complex


@dataclass(frozen=True)
class Solved:
    """Processor time, time constants and distribution of each spectrum of a group."""

    seconds: Sequence[float]
    distributions: Sequence[tuple[Real, Real]]


def groups() -> list[Group]:
    """Return reproducible spectra."""
    made = []
    for number, (kind, arcs) in enumerate(ARCS.items()):
        clean = 10 + sum(r / (1 + (2j * np.pi * FREQUENCY * tau) ** n) for r, tau, n in arcs)
        for noise in NOISES:
            random = np.random.default_rng([2026, number, round(1e4 * noise)])
            parts = random.normal(size=(2, SPECTRA, FREQUENCY.size))
            made.append(Group(kind, noise, clean + noise * np.abs(clean) * (parts[0] + 1j * parts[1])))
    return made


def exact(kind: str, tau: Real) -> Real:
    """Return the distribution of Cole and Cole."""
    total = np.zeros_like(tau)
    for r, top, n in ARCS[kind]:
        height = np.cosh(n * np.log(tau / top)) - np.cos((1 - n) * np.pi)
        total += r / (2 * np.pi) * np.sin((1 - n) * np.pi) / height
    return total


def solve_with_cellar(group: Group, *, peaks: bool) -> Solved:
    """Return the distributions, with or without the fits that give peaks their probabilities; the Kramers-Kronig test
    that gives the noise is a result of its own, and not in the time."""
    seconds, distributions = [], []
    for impedance in [group.impedance[0], *group.impedance]:
        spectrum = check_spectrum(FREQUENCY, impedance.real, impedance.imag)
        noise = kramers_kronig(spectrum).residual_percent / 100
        began = time.process_time()
        drt = distribution(spectrum, noise)
        if peaks:
            find_peaks(spectrum, drt)
        seconds.append(time.process_time() - began)
        distributions.append((drt.time_constant_s, drt.gamma_ohm))
    return Solved(seconds[1:], distributions[1:])


def solve_with_pydrttools(group: Group, python: Path) -> Solved:
    """Return the distributions of pyDRTtools."""
    with tempfile.TemporaryDirectory() as scratch:
        spectra, output = Path(scratch) / "spectra.npz", Path(scratch) / "answer.json"
        np.savez(spectra, frequency=FREQUENCY, impedance=group.impedance)
        command = [str(python), str(REFERENCE_SCRIPT), str(spectra), str(output)]
        subprocess.run(command, check=True, env=os.environ | ONE_THREAD, stdout=subprocess.DEVNULL)
        result = json.loads(output.read_text())
    pairs = zip(result["time_constants"], result["distributions"], strict=True)
    return Solved(result["seconds"], [(np.array(tau), np.array(gamma)) for tau, gamma in pairs])


def distances(group: Group, solved: Solved) -> Real:
    """Return ‖γ - γ exact‖ over ‖γ exact‖ of each spectrum, on one grid of the time constants measured."""
    grid = np.geomspace(1 / (2 * np.pi * FREQUENCY[0]), 1 / (2 * np.pi * FREQUENCY[-1]), 400)
    truth = exact(group.kind, grid)
    resampled = [np.interp(np.log(grid), *_rising(tau, gamma)) for tau, gamma in solved.distributions]
    return np.array([np.linalg.norm(gamma - truth) / np.linalg.norm(truth) for gamma in resampled])


def peak_errors(group: Group, solved: Solved) -> Real:
    """Return the root mean square distance of the maxima from the time constants of each spectrum [decades]."""
    errors = []
    for tau, gamma in solved.distributions:
        decades, heights = np.asarray(tau), np.asarray(gamma)
        apart = [np.log10(decades / top) for _, top, _ in ARCS[group.kind]]
        off = [a[np.abs(a) < NEAR_DECADES][np.argmax(heights[np.abs(a) < NEAR_DECADES])] for a in apart]
        errors.append(np.sqrt(np.mean(np.square(off))))
    return np.array(errors)


def _rising(tau: Real, gamma: Real) -> tuple[Real, Real]:
    order = np.argsort(tau)
    return np.log(tau[order]), gamma[order]


def measure() -> Section:
    """Compute all distributions with both programs, or give the reason why pyDRTtools is missing."""
    title, ready = "Distributions of relaxation times", environment(PYDRTTOOLS)
    if ready.python is None:
        return Section(title, f"Not measured: {ready.reason}")
    made = groups()
    alone = [solve_with_cellar(group, peaks=False) for group in made]
    with_peaks = [solve_with_cellar(group, peaks=True) for group in made]
    reference = [solve_with_pydrttools(group, ready.python) for group in made]
    size = f"{len(made) * SPECTRA} spectra of {FREQUENCY.size} frequencies, noise 0.25, 1 and 2.5 %"
    rows = [
        _time_row("Distribution", size, alone, reference, LARGEST_RATIO),
        _time_row("The same with probabilities of the peaks", size, with_peaks, reference, None),
        _error_row("relative L2 distance of γ", size, made, (alone, reference), distances),
        _error_row("distance of the maxima, in decades", size, made, (alone, reference), peak_errors),
    ]
    text = (
        f"Compared with {PYDRTTOOLS.version} (Gaussian functions, generalised cross-validation) on the same spectra of "
        "one to three arcs in series with a resistor, whose distributions are known. Error ratios are of the "
        "means over all spectra."
    )
    return Section(title, text, rows)


def _time_row(
    task: str, size: str, cellar: Sequence[Solved], reference: Sequence[Solved], bound: float | None
) -> Bounded:
    cellar_s, reference_s = (
        float(np.median([second for solved in all_of for second in solved.seconds])) for all_of in (cellar, reference)
    )
    return Bounded(
        task, size, "pyDRTtools", cellar_s / reference_s, bound, f"{1e3 * cellar_s:.0f} ms, {1e3 * reference_s:.0f} ms"
    )


def _error_row(
    task: str,
    size: str,
    made: Sequence[Group],
    solved: tuple[Sequence[Solved], Sequence[Solved]],
    error: Callable[[Group, Solved], Real],
) -> Bounded:
    cellar_error, reference_error = (
        float(np.mean(np.concatenate([error(group, each) for group, each in zip(made, all_of, strict=True)])))
        for all_of in solved
    )
    return Bounded(
        f"Mean {task}",
        size,
        "pyDRTtools",
        cellar_error / reference_error,
        1.0,
        f"{cellar_error:.3f}, {reference_error:.3f}",
    )
