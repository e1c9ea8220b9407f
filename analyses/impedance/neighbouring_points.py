"""The run of neighbouring points that a description of a spectrum explains least."""

from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real
from analyses.impedance.noise.linear_description import LinearDescription

MOST = 8
"""Points of a run at most."""
FEWEST_DEGREES = 4
"""Degrees of freedom that the other points leave at least."""
WEAK = 1e-6
"""Determinant of the share of the noise that a description leaves of a run, from which it says something of it."""


@dataclass(frozen=True)
class Run:
    """Neighbouring points."""

    indices: tuple[int, ...]
    """Their places among the points, from 0."""
    log_probability: float
    """Logarithm of the probability that noise makes a run of as many points, anywhere, stand out as much."""


def least_explained(description: LinearDescription, least_noise: float) -> Run | None:
    """Return the run of neighbouring points, of one to eight, that stands out most of what all others describe.

    What leaving a run out takes from the sum of squares follows from the residuals and the leverage of its points,
    without another fit [1]_; it is compared with the rest by an F test, times the number of runs of this length, and
    as if each longer length were half as likely beforehand.

    Parameters
    ----------
    description : LinearDescription
        Of the points kept.
    least_noise : float
        Noise relative to the scale below which no instrument measures.

    Returns
    -------
    Run or None
        None if the description leaves too few degrees of freedom.

    References
    ----------
    .. [1] R. D. Cook, S. Weisberg, Residuals and Influence in Regression, Chapman and Hall 1982, section 3.8.
    """
    from scipy.special import betainc

    kept = np.flatnonzero(description.kept)
    size = description.kept.size
    basis = np.stack((description.basis[:size], description.basis[size:]), axis=1)[kept]
    residual = np.stack((description.residual.real, description.residual.imag), axis=1)[kept]
    best: Run | None = None
    for length in range(1, MOST + 1):
        degrees = description.degrees_of_freedom - 2 * length
        if degrees < FEWEST_DEGREES or kept.size <= length:
            break
        taken = _taken(basis, residual, length)
        rest = np.maximum(description.sum_of_squares - taken, degrees * least_noise**2)
        ratio = rest / (rest + taken)
        index = int(np.argmin(ratio))
        chance = float(betainc(degrees / 2, length, ratio[index]))
        log_chance = np.log(max(chance, 1e-300)) + np.log(ratio.size) + length * np.log(2)
        if best is None or log_chance < best.log_probability:
            best = Run(tuple(kept[index : index + length].tolist()), float(log_chance))
    return best


def _taken(basis: Real, residual: Real, length: int) -> Real:
    """Return what leaving each run of this length out takes from the sum of squares."""
    starts = np.arange(residual.shape[0] - length + 1)[:, np.newaxis] + np.arange(length)
    rows = basis[starts].reshape(starts.shape[0], 2 * length, -1)
    left = residual[starts].reshape(starts.shape[0], 2 * length, 1)
    share = np.eye(2 * length) - rows @ rows.transpose(0, 2, 1)
    weak = np.linalg.det(share) < WEAK**length
    share[weak] = np.eye(2 * length)
    taken = (left.transpose(0, 2, 1) @ np.linalg.solve(share, left))[:, 0, 0]
    return np.where(weak, 0.0, taken)
