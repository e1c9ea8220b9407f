"""Circuit fits without a guess beside impedance.py with a good one.

`python -m benchmarks.impedance_fit /path/to/python`, the interpreter of an environment with impedance.py (1.7.1)
and pandas.

impedance.py stops a little before the minimum, near its guess; as the guesses lie around the true values, that alone
lowers its error by a few percent. So the sums of squares are compared too: none may be larger here. Times are those
of one processor, so that what else the machine does counts on neither side.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyses.circuit import parse_circuit
from analyses.impedance_fit import fit_circuit
from analyses.impedance_spectrum import check_spectrum

BESIDE = Path(__file__).with_name("impedance_py.py")
CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
FREQUENCY = np.geomspace(1e6, 0.1, 71)
SPECTRA = 40
NOISE = 0.01
GUESS_SPREAD = 0.2
LARGEST_RATIO = 1 / 3
LARGEST_ERROR_RATIO = 1.1
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Spectra:
    """Known values, noisy spectra of them, and guesses within 20 % of the values."""

    values: Real
    impedance: NDArray[np.complex128]
    guesses: Real


def make_spectra() -> Spectra:
    """Two arcs a factor of 30 to 300 apart and a Warburg element, 1 % noise; the same ones every time."""
    random, circuit = np.random.default_rng(2025), parse_circuit(CIRCUIT)
    values, impedance, guesses = [], [], []
    for _ in range(SPECTRA):
        fast = 10 ** random.uniform(4, 5)
        slow = fast / 10 ** random.uniform(1.5, 2.5)
        resistances, exponents = random.uniform(20, 200, 3), random.uniform(0.8, 0.95, 2)
        known = [resistances[0]]
        for resistance, top, n in zip(resistances[1:], (fast, slow), exponents, strict=True):
            known.extend((resistance, 1 / (resistance * (2 * np.pi * top) ** n), n))
        known.append(resistances.sum() * random.uniform(0.5, 2))
        clean = circuit.impedance(FREQUENCY, np.array(known))
        parts = random.normal(size=(2, FREQUENCY.size))
        values.append(known)
        impedance.append(clean + NOISE * np.abs(clean) * (parts[0] + 1j * parts[1]))
        spread = np.where(circuit.is_scale, GUESS_SPREAD, GUESS_SPREAD / 4)
        guesses.append(np.array(known) * np.exp(spread * random.normal(size=len(known))))
    exponent = ~np.array(circuit.is_scale)
    limited = np.where(exponent, np.minimum(guesses, 0.99), guesses)
    return Spectra(np.array(values), np.array(impedance), limited)


def fitted_here(spectra: Spectra) -> tuple[list[float], Real]:
    """Return seconds and values of fits that are told the circuit and nothing else."""
    circuit, seconds, values = parse_circuit(CIRCUIT), [], []
    for impedance in [spectra.impedance[0], *spectra.impedance]:
        began = time.process_time()
        fit = fit_circuit(circuit, check_spectrum(FREQUENCY, impedance.real, impedance.imag))
        seconds.append(time.process_time() - began)
        values.append(fit.values)
    return seconds[1:], np.array(values[1:])


def fitted_beside(spectra: Spectra, python: str) -> tuple[list[float], Real]:
    """Return seconds and values of impedance.py's fits from the guesses."""
    with tempfile.TemporaryDirectory() as scratch:
        given, answer = Path(scratch) / "spectra.npz", Path(scratch) / "answer.json"
        np.savez(given, frequency=FREQUENCY, circuit=CIRCUIT, impedance=spectra.impedance, guesses=spectra.guesses)
        subprocess.run([python, str(BESIDE), str(given), str(answer)], check=True, env=os.environ | ONE_THREAD)
        found = json.loads(answer.read_text())
    return found["seconds"], np.array(found["parameters"])


def error_percent(values: Real, spectra: Spectra) -> float:
    """Return the root mean square relative error of the resistances [%], arcs in either order."""
    resistors = [0, 1, 4]
    swapped = values.copy()
    swapped[:, 1:4], swapped[:, 4:7] = values[:, 4:7], values[:, 1:4]
    errors = [np.abs(each / spectra.values - 1)[:, resistors] for each in (values, swapped)]
    better = np.minimum(*((error**2).mean(axis=1) for error in errors))
    return 100 * float(np.sqrt(better.mean()))


def sums_of_squares(values: Real, spectra: Spectra) -> Real:
    """Return the sum of squared relative residuals of each spectrum."""
    circuit = parse_circuit(CIRCUIT)
    fitted = np.array([circuit.impedance(FREQUENCY, each) for each in values])
    return np.asarray((np.abs(fitted / spectra.impedance - 1) ** 2).sum(axis=1))


def main(arguments: Sequence[str]) -> int:
    """Measure, write one line each, and fail if the bound does not hold."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    spectra = make_spectra()
    here, values = fitted_here(spectra)
    beside, values_beside = fitted_beside(spectra, arguments[0])
    error, error_beside = error_percent(values, spectra), error_percent(values_beside, spectra)
    ratio = float(np.median(here) / np.median(beside))
    worse = int(np.sum(sums_of_squares(values, spectra) > (1 + 1e-6) * sums_of_squares(values_beside, spectra)))
    holds = ratio <= LARGEST_RATIO and error <= LARGEST_ERROR_RATIO * error_beside and worse == 0
    sys.stdout.write(
        f"{SPECTRA} spectra of {CIRCUIT}, {FREQUENCY.size} frequencies, {100 * NOISE:g} % noise\n"
        f"Cellar without a guess: {1e3 * np.median(here):.1f} ms, error of the resistances {error:.2f} %\n"
        f"impedance.py with a good guess: {1e3 * np.median(beside):.1f} ms, error {error_beside:.2f} %\n"
        f"larger sum of squares than impedance.py in {worse} of {SPECTRA}\n"
        f"ratio {ratio:.2f} (bound {LARGEST_RATIO:.2f}): {'holds' if holds else 'does not hold'}\n"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    if ONE_THREAD.items() <= os.environ.items():
        sys.exit(main(sys.argv[1:]))
    # The number of threads is read when NumPy is imported, so both sides need a process that begins with it.
    again = [sys.executable, "-m", "benchmarks.impedance_fit", *sys.argv[1:]]
    sys.exit(subprocess.run(again, env=os.environ | ONE_THREAD, check=False).returncode)
