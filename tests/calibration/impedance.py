"""Resistance of an impedance spectrum, and the conductivity of a pellet from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.circuits.circuit import Circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import Loss
from analyses.impedance.outliers import find_outliers
from analyses.impedance.spectrum import check_spectrum
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from tests.calibration import noise
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import any_pellet

Complex = NDArray[np.complex128]

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-CPE2", "p(R1,CPE1)-p(R2,CPE2)-CPE3")
FREQUENCY = np.geomspace(7e6, 0.1, 60)
THICKNESS_UM, AREA_CM2 = 600.0, 0.785


@dataclass(frozen=True)
class Pellet:
    """A pellet between blocking electrodes, of any resistance, capacitance and exponent from a wide range."""

    circuit: Circuit
    values: NDArray[np.float64]
    resistance_ohm: float

    @property
    def impedance_ohm(self) -> Complex:
        """At the frequencies of the studies, without noise."""
        return np.asarray(self.circuit.impedance(FREQUENCY, self.values))


Disturb = Callable[[np.random.Generator, Pellet], Complex]


def complex_noise(random: np.random.Generator, impedance: Complex, share: float) -> Complex:
    """Return impedances with independent noise on both parts, in proportion to |Z|."""
    parts = random.normal(size=(2, impedance.size))
    return impedance + share * np.abs(impedance) * (parts[0] + 1j * parts[1])


def white(share: float) -> Disturb:
    """Independent noise."""
    return lambda random, pellet: complex_noise(random, pellet.impedance_ohm, share)


def constant(share: float) -> Disturb:
    """Independent noise of one size in ohms, a share of the resistance, with a tenth of this in proportion to |Z|."""

    def disturb(random: np.random.Generator, pellet: Pellet) -> Complex:
        impedance = complex_noise(random, pellet.impedance_ohm, share / 10)
        parts = random.normal(size=(2, impedance.size))
        return np.asarray(impedance + share * pellet.resistance_ohm * (parts[0] + 1j * parts[1]))

    return disturb


def of_current(share: float) -> Disturb:
    """Independent noise in proportion to |Z|² beyond the resistance, a share of |Z| at it."""

    def disturb(random: np.random.Generator, pellet: Pellet) -> Complex:
        modulus = np.abs(pellet.impedance_ohm)
        parts = random.normal(size=(2, modulus.size))
        size = share * modulus * np.sqrt(1 + (modulus / pellet.resistance_ohm) ** 2)
        return np.asarray(pellet.impedance_ohm + np.minimum(size, 0.1 * modulus) * (parts[0] + 1j * parts[1]))

    return disturb


def pink(random: np.random.Generator, pellet: Pellet) -> Complex:
    """1/f noise over the sweep, neighbouring frequencies alike."""
    parts = noise.pink(random, FREQUENCY.size) + 1j * noise.pink(random, FREQUENCY.size)
    return pellet.impedance_ohm + 0.005 * np.abs(pellet.impedance_ohm) * parts


def pink_and_white(random: np.random.Generator, pellet: Pellet) -> Complex:
    """Half of each."""
    share = 0.005 / np.sqrt(2)
    parts = noise.pink(random, FREQUENCY.size) + 1j * noise.pink(random, FREQUENCY.size)
    return complex_noise(random, pellet.impedance_ohm, share) + share * np.abs(pellet.impedance_ohm) * parts


def outliers(count: int) -> Disturb:
    """Points 3 to 50 % off in any direction, with noise of 0.3 %."""

    def disturb(random: np.random.Generator, pellet: Pellet) -> Complex:
        impedance = complex_noise(random, pellet.impedance_ohm, 0.003)
        for index in random.choice(FREQUENCY.size, count, replace=False):
            impedance[index] *= 1 + random.uniform(0.03, 0.5) * np.exp(2j * np.pi * random.uniform())
        return impedance

    return disturb


def rounded(random: np.random.Generator, pellet: Pellet) -> Complex:
    """Columns with the decimals that give the largest number five digits, and noise of 0.05 %."""
    impedance = complex_noise(random, pellet.impedance_ohm, 0.0005)
    decimals = int(4 - np.floor(np.log10(np.abs(impedance).max())))
    return np.round(impedance.real, decimals) + 1j * np.round(impedance.imag, decimals)


def _pellet(random: np.random.Generator) -> Pellet:
    text = CIRCUITS[int(random.integers(len(CIRCUITS)))]
    return Pellet(*any_pellet(text, [int(random.integers(2**31))]))


@lru_cache(maxsize=256)
def _resistance(disturb: Disturb, loss: Loss, seed: int) -> Estimate:
    """Return the resistance of a pellet, off which the conductivity is read too."""
    random = np.random.default_rng(seed)
    pellet = _pellet(random)
    impedance = disturb(random, pellet)
    spectrum = check_spectrum(FREQUENCY, impedance.real, impedance.imag)
    fit = fit_circuit(pellet.circuit, spectrum, loss=loss)
    off = [outlier.index for outlier in find_outliers(spectrum)]
    if off and loss == "least-squares":
        fit = fit.widened_by(fit_circuit(pellet.circuit, spectrum.without(off)))
    return fit.resistance()


def of_pellet(
    quantity: Literal["Resistance of a circuit fit", "Ionic conductivity"],
    words: str,
    disturb: Disturb,
    *,
    holds: bool = True,
    more: str = "",
    loss: Loss = "least-squares",
) -> Study:
    """Fit the circuit the pellet has; found outliers widen the interval as the analysis does it.

    The thickness and the area of the pellet are entered with a standard uncertainty of 1 % and 0.5 %.
    """

    def trial(random: np.random.Generator) -> Answer:
        seed = int(random.integers(2**31))
        ohm = _pellet(np.random.default_rng(seed)).resistance_ohm
        if quantity == "Resistance of a circuit fit":
            return answer_of(ohm, lambda: _resistance(disturb, loss, seed))
        thickness, area = THICKNESS_UM * (1 + 0.01 * random.normal()), AREA_CM2 * (1 + 0.005 * random.normal())
        return answer_of(
            THICKNESS_UM * 1e-4 / (ohm * AREA_CM2),
            lambda: ionic_conductivity(
                _resistance(disturb, loss, seed),
                Estimate.measured(thickness, 0.01 * thickness).attributed("thickness"),
                Estimate.measured(area, 0.005 * area).attributed("area"),
            ),
        )

    # The conductivity is read off the same simulations as the resistance: white noise of 1 %, and 1/f noise.
    simulation = f"pellets, {words.split(' %', maxsplit=1)[0]}"
    return Study(quantity, words, trial, assumptions_hold=holds, covers_more=more, simulation=simulation)


ONE_PERCENT = white(0.01)
CORRELATED = "allows for correlated noise that the residuals do not exclude"
WIDENED = "includes the effect of the outliers"
STUDIES = (
    *(
        of_pellet("Resistance of a circuit fit", f"white noise of {100 * share:g} % of |Z|", disturb, more=CORRELATED)
        for share, disturb in ((0.001, white(0.001)), (0.01, ONE_PERCENT), (0.03, white(0.03)))
    ),
    of_pellet(
        "Resistance of a circuit fit", "noise of constant size, 1 % of the resistance", constant(0.01), more=CORRELATED
    ),
    of_pellet(
        "Resistance of a circuit fit",
        "noise in proportion to |Z|², 0.5 % at the resistance",
        of_current(0.005),
        more=CORRELATED,
    ),
    of_pellet("Resistance of a circuit fit", "1/f noise of 0.5 % over the sweep", pink, holds=False),
    of_pellet("Resistance of a circuit fit", "1/f and white noise in equal parts, 0.5 %", pink_and_white, holds=False),
    of_pellet("Resistance of a circuit fit", "one point 3 to 50 % off", outliers(1), holds=False, more=WIDENED),
    of_pellet(
        "Resistance of a circuit fit", "three of 60 points 3 to 50 % off", outliers(3), holds=False, more=WIDENED
    ),
    of_pellet(
        "Resistance of a circuit fit", "three of 60 points off, robust loss", outliers(3), holds=False, loss="robust"
    ),
    of_pellet(
        "Resistance of a circuit fit", "columns of five digits at most, white noise of 0.05 %", rounded, holds=False
    ),
    of_pellet("Ionic conductivity", "white noise of 1 %, thickness ± 1 %, area ± 0.5 %", ONE_PERCENT),
    of_pellet("Ionic conductivity", "1/f noise of 0.5 %, thickness ± 1 %, area ± 0.5 %", pink, holds=False),
)
