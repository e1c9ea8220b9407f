"""The dependence of the noise of a spectrum on |Z|, from what a description leaves."""

import math
from itertools import product

import numpy as np

from analyses.impedance.circuit_elements import Complex, Flags, Real
from analyses.impedance.noise.linear_description import LinearDescription, describe
from analyses.impedance.noise.noise_scale import PROPORTIONAL, NoiseScale

STEPS_PER_DECADE = 4
TAIL = 5.0
"""Degrees of freedom of the t distribution by which scales are compared: single points far off change little."""
GAIN = 25.0
"""Twice the gain of log-likelihood for each limit above that of noise in proportion to |Z|."""
ROUNDS = 4
WIDTH_STEPS = 12
LEAST_SHARE = 0.05
"""Share of the noise of a point that a residual has at least."""
FAR_OFF = 30.0
"""Squared residual, over the squared width, from which a point does not count."""
LEAST_NOISE = 1e-4
"""Noise in proportion to |Z| that there is at least."""
ENDS = 2
"""Points at either end that do not count: a description follows them, also if they are off."""
TINY = 1e-300


def choose_noise_scale(frequency_hertz: Real, impedance_ohm: Complex) -> NoiseScale:
    """Return the scale of the noise that the residuals of a description of the spectrum show.

    The description is that of `linear_description`, made again with each scale found. The scales are compared by the
    likelihood of the residuals, each over the share of its noise that the fit leaves, with the bivariate t
    distribution of five degrees of freedom; the two points at either end do not count. Noise in proportion to |Z| is
    taken unless another is far more likely.

    Parameters
    ----------
    frequency_hertz : ndarray, shape (points,)
        From the highest to the lowest [Hz].
    impedance_ohm : ndarray, shape (points,)
        Z [Ω].
    """
    frequency, impedance = frequency_hertz[ENDS:-ENDS], impedance_ohm[ENDS:-ENDS]
    kept = np.ones(frequency.size, dtype=bool)
    scale = PROPORTIONAL
    for _ in range(ROUNDS):
        description = describe(frequency, impedance, kept, noise=scale)
        before = scale, kept
        scale, kept = _likeliest(description, np.abs(impedance - description.misfit_ohm))
        if scale == before[0] and (kept == before[1]).all():
            break
    return scale


def _likeliest(description: LinearDescription, modulus: Real) -> tuple[NoiseScale, Flags]:
    """Return the scale of the residuals at |Z| of the description, and the points that are not far off by it.

    It is in proportion to |Z| unless others gain.
    """
    share = np.where(description.kept, 1 - description.leverage, 1 + description.leverage)
    squares = np.abs(description.misfit_ohm) ** 2 / np.maximum(share, LEAST_SHARE) + (LEAST_NOISE * modulus) ** 2
    scales = _scales(float(modulus.min()), float(modulus.max()))
    limits = np.array([(scale.constant_below_ohm > 0) + np.isfinite(scale.square_above_ohm) for scale in scales])
    tried = np.array([scale.of(modulus) for scale in scales])
    ratio = squares / tried**2
    width = _width(ratio)
    likelihood = _log_likelihood(ratio / width) - np.sum(2 * np.log(tried) + np.log(width), axis=1)
    best = int(np.argmax(2 * likelihood - GAIN * limits))
    return scales[best], ratio[best] < FAR_OFF * width[best]


def _scales(least: float, most: float) -> list[NoiseScale]:
    grid = np.geomspace(least, most, max(2, round(STEPS_PER_DECADE * math.log10(most / least)) + 1))
    pairs = product((0.0, *grid.tolist()), (math.inf, *grid.tolist()))
    return [NoiseScale(*pair) for pair in pairs if pair[0] < pair[1]]


def _width(squares: Real) -> Real:
    """Return the squared width of the t distribution of complex residuals, for each row of their squares."""
    width = np.median(squares, axis=1, keepdims=True) + TINY
    for _ in range(WIDTH_STEPS):
        width = np.mean((TAIL + 2) / (TAIL + squares / width) * squares, axis=1, keepdims=True) / 2 + TINY
    return np.asarray(width)


def _log_likelihood(ratio: Real) -> Real:
    """Return that of the t distribution for squares of residuals over its squared width, for each row."""
    return -np.asarray(np.sum((TAIL + 2) / 2 * np.log1p(ratio / TAIL), axis=1))
