"""The linear Kramers-Kronig test of whether a spectrum is linear, causal and stable, and its noise estimate."""

import math
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.spectrum import Spectrum

FEWEST_ELEMENTS = 3
MOST_PER_DECADE = 8
CANDIDATES = 16
BEYOND = 3.0
"""Factor by which the time constants reach beyond the frequencies measured, for what lies half outside."""
SMOOTH_MODEL = 1e-6
"""Relative residual below which a better description tells nothing of a measurement."""
SYSTEMATIC_SCORE = 4.0
NEGLIGIBLE_PERCENT = 0.1
"""Residual that no instrument resolves, whatever its pattern."""


@dataclass(frozen=True)
class KramersKronig:
    """The best Kramers-Kronig compliant description of a spectrum, and what it leaves."""

    elements: int
    """Number of resistor-capacitor elements."""
    degrees_of_freedom: int
    """Twice the number of frequencies less the number of parameters."""
    noise_percent: float
    """Root mean square residual of Re Z and Im Z over |Z|, for the degrees of freedom left [%]."""
    largest_residual_percent: float
    """Largest magnitude of a residual over |Z| [%]."""
    runs_score: float
    """How many standard deviations fewer runs of one sign the residuals have than chance gives."""
    real_residual_percent: Real
    """Re Z minus that of the description, over |Z| [%], shape (points,)."""
    imaginary_residual_percent: Real
    """Im Z minus that of the description, over |Z| [%], shape (points,)."""

    @property
    def is_systematic(self) -> bool:
        """True if the residuals keep their sign for longer than noise does: a drift, or a non-linear response."""
        return self.runs_score > SYSTEMATIC_SCORE and self.noise_percent > NEGLIGIBLE_PERCENT


def kramers_kronig(spectrum: Spectrum) -> KramersKronig:
    """Describe a spectrum by elements that obey Kramers-Kronig, and return what is left over.

    The description is a resistor, an inductor, a capacitor (so that a cell whose electrodes block is described too)
    and resistor-capacitor elements with time constants spaced evenly in log τ, whose resistances may have any sign.
    It is linear in all its parameters. Both parts of Z are fitted at once with the weight 1/|Z|; the number of
    elements is the one with the least Bayesian information criterion [1]_, as the criterion of [2]_ stops too early
    on spectra with a blocking tail.

    Parameters
    ----------
    spectrum : Spectrum
        Z of shape (points,).

    Returns
    -------
    KramersKronig

    References
    ----------
    .. [1] G. Schwarz, Ann. Stat. 6, 461 (1978), doi:10.1214/aos/1176344136.
    .. [2] M. Schönleber, D. Klotz, E. Ivers-Tiffée, Electrochim. Acta 131, 20 (2014),
       doi:10.1016/j.electacta.2014.01.034.
    """
    points = spectrum.frequency_hertz.size
    decades = math.log10(spectrum.frequency_hertz[0] / spectrum.frequency_hertz[-1])
    most = max(FEWEST_ELEMENTS, min(round(MOST_PER_DECADE * decades), points - 4))
    counts = sorted({round(count) for count in np.geomspace(FEWEST_ELEMENTS, most, CANDIDATES)})
    solutions = [(count, _residual(spectrum, count)) for count in counts]
    count, residual = min(solutions, key=lambda solution: _criterion(solution[1], solution[0] + 3))
    real, imaginary = np.split(residual, 2)
    degrees = 2 * points - count - 3
    return KramersKronig(
        elements=count,
        degrees_of_freedom=degrees,
        noise_percent=100 * math.sqrt(float(residual @ residual) / degrees),
        largest_residual_percent=100 * float(np.hypot(real, imaginary).max()),
        runs_score=missing_runs(real, imaginary),
        real_residual_percent=100 * real,
        imaginary_residual_percent=100 * imaginary,
    )


def _residual(spectrum: Spectrum, count: int) -> Real:
    """Return the weighted residuals, real parts before imaginary ones."""
    jw = 2j * np.pi * spectrum.frequency_hertz
    weight = 1 / np.abs(spectrum.impedance_ohm)
    tau = np.geomspace(1 / (jw[0].imag * BEYOND), BEYOND / jw[-1].imag, count)
    columns = np.concatenate((1 / (1 + jw[:, np.newaxis] * tau), np.stack((np.ones_like(jw), jw, 1 / jw), axis=1)), 1)
    weighted = columns * weight[:, np.newaxis]
    matrix = np.concatenate((weighted.real, weighted.imag))
    matrix /= np.linalg.norm(matrix, axis=0)
    target = spectrum.impedance_ohm * weight
    goal = np.concatenate((target.real, target.imag))
    within, _ = np.linalg.qr(matrix)
    return goal - within @ (within.T @ goal)


def _criterion(residual: Real, parameters: int) -> float:
    """Return the Bayesian information criterion of weighted residuals."""
    mean_square = max(float(residual @ residual) / residual.size, SMOOTH_MODEL**2)
    return residual.size * math.log(mean_square) + (parameters + 1) * math.log(residual.size)


def missing_runs(real: Real, imaginary: Real) -> float:
    """Return how many standard deviations fewer runs of one sign two sets of residuals have than chance gives.

    Parameters
    ----------
    real, imaginary : ndarray, shape (points,)
        Residuals in the order of frequency, of any unit.

    Returns
    -------
    float
        Normal with mean 0 and standard deviation 1 for noise (Wald and Wolfowitz), large for a pattern.

    References
    ----------
    .. [1] A. Wald, J. Wolfowitz, Ann. Math. Stat. 11, 147 (1940), doi:10.1214/aoms/1177731909.
    """
    return (_score(real) + _score(imaginary)) / math.sqrt(2)


def _score(residual: Real) -> float:
    positive = residual > 0
    above = int(positive.sum())
    below = residual.size - above
    if min(above, below) == 0:
        return math.sqrt(residual.size)
    product = 2 * above * below
    expected = product / residual.size + 1
    variance = product * (product - residual.size) / (residual.size**2 * (residual.size - 1))
    runs = 1 + int(np.count_nonzero(positive[1:] != positive[:-1]))
    return (expected - runs) / math.sqrt(variance) if variance > 0 else 0.0
