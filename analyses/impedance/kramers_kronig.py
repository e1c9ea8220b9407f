"""The test of whether a spectrum is linear, causal and stable (Kramers-Kronig), and its noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.noise.linear_description import SMOOTH_MODEL, LinearDescription, describe, with_smooth_terms
from analyses.impedance.spectrum import Spectrum

LEAST_PER_DECADE = 3.0
SMOOTH_TERMS = 4
LEVEL = 0.02
"""Probability below which noise does not explain the residual."""
NEGLIGIBLE_PERCENT = 0.1
"""Residual that no instrument resolves, whatever its probability."""
BEYOND_DOUBT = 1e-3
"""Probability below which a residual well above the noise is stated as a fact."""
WELL_ABOVE = 1.5
"""Residual over noise from which that may be."""


DRIFT_FACTOR = 25.0
"""Error of the resistance of an arc over the residual of a drift, 95th percentile of simulated spectra."""


@dataclass(frozen=True)
class KramersKronig:
    """The best Kramers-Kronig compliant description of a spectrum, and what it leaves."""

    elements: int
    """Number of resistor-capacitor elements."""
    degrees_of_freedom: int
    """Twice the number of frequencies less the number of parameters."""
    residual_percent: float
    """Root mean square residual of Re Z and Im Z over the scale of the noise, |Z| as a rule, for the degrees of freedom
    left [%]."""
    noise_percent: float
    """The same of a description that need not obey Kramers-Kronig [%]."""
    probability: float
    """That noise alone leaves a residual as large as this one compared with the noise."""
    largest_residual_percent: float
    """Largest magnitude of a residual over that scale [%]."""
    real_residual_percent: Real
    """Re Z minus that of the description, over that scale [%], shape (points,)."""
    imaginary_residual_percent: Real
    """Im Z minus that of the description, over that scale [%], shape (points,)."""

    @property
    def is_systematic(self) -> bool:
        """True if noise does not explain the residual: a drift, or a non-linear response."""
        return self.probability < LEVEL and self.residual_percent > NEGLIGIBLE_PERCENT

    @property
    def drift_uncertainty(self) -> float:
        """Relative standard uncertainty of the resistance of an arc, from a drift during the sweep: 25 times the
        residual beyond the noise, zero unless the residual is systematic. In 95 % of simulated spectra of two arcs that
        drift by 1 to 20 %, the interval then contains the resistance at the time of the arc."""
        if not self.is_systematic:
            return 0.0
        return DRIFT_FACTOR / 100 * math.sqrt(max(self.residual_percent**2 - self.noise_percent**2, 0.0))

    @property
    def is_certain(self) -> bool:
        """True if noise can be ruled out: of valid spectra one in fifty is systematic by chance."""
        return self.probability < BEYOND_DOUBT and self.residual_percent > WELL_ABOVE * self.noise_percent


def kramers_kronig(spectrum: Spectrum, outliers: Sequence[int] = ()) -> KramersKronig:
    """Describe a spectrum by elements that obey Kramers-Kronig, and compare what is left over with the noise.

    The elements (`linear_description`) are at least three per decade, so that they describe every circuit of the usual
    elements far within the noise. The same description with terms that no Kramers-Kronig relation ties together, smooth
    over the spectrum and different for Re Z and Im Z, leaves the noise. The sum of squares that those terms take away
    is compared with it by an F test of nested linear models [1]_, which is exact for normal noise of the
    scale found.

    Measured on simulated spectra of 30 to 120 points, 7 to 12 per decade (arcs, blocking tails, inductive ends): of
    1,000 valid ones with noise of 0.1 to 5 %, 1.7 % fail. Resistances that drift evenly over the points of the sweep by
    1, 3 and 10 % are detected in 66, 100 and 100 % of spectra with 0.1 % of noise, in 8, 72 and 100 % with 0.3 %, and
    in 1, 7 and 68 % with 1 %.

    Parameters
    ----------
    spectrum : Spectrum
        Z of shape (points,).
    outliers : sequence of int, optional
        Places of points, from 0, that are not described and do not count in the noise, but have a residual.

    Returns
    -------
    KramersKronig

    References
    ----------
    .. [1] G. A. F. Seber, A. J. Lee, Linear Regression Analysis, 2nd ed., Wiley 2003, chapter 4,
       doi:10.1002/9780471722199.
    """
    frequency, impedance = spectrum.frequency_hertz, spectrum.impedance_ohm
    kept = np.ones(frequency.size, dtype=bool)
    kept[list(outliers)] = False
    obeying = describe(frequency, impedance, kept, least_per_decade=LEAST_PER_DECADE, noise=spectrum.noise)
    free = with_smooth_terms(frequency, impedance, obeying, SMOOTH_TERMS)
    return KramersKronig(
        elements=obeying.elements,
        degrees_of_freedom=obeying.degrees_of_freedom,
        residual_percent=100 * math.sqrt(obeying.sum_of_squares / obeying.degrees_of_freedom),
        noise_percent=100 * math.sqrt(free.sum_of_squares / free.degrees_of_freedom),
        probability=_probability(obeying, free),
        largest_residual_percent=100 * float(np.abs(obeying.residual[kept]).max()),
        real_residual_percent=100 * obeying.residual.real,
        imaginary_residual_percent=100 * obeying.residual.imag,
    )


def _probability(obeying: LinearDescription, free: LinearDescription) -> float:
    """Return the chance that noise gives the additional terms as large a part."""
    from scipy.special import fdtrc

    terms = free.parameters - obeying.parameters
    noise = max(free.sum_of_squares / free.degrees_of_freedom, SMOOTH_MODEL**2)
    ratio = (obeying.sum_of_squares - free.sum_of_squares) / terms / noise
    return float(fdtrc(terms, free.degrees_of_freedom, max(ratio, 0.0)))


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
