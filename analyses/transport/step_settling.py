"""How the current settles within the steps of a voltage staircase: its noise, and decays of any time constant."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.transport.voltage_steps import VoltageStep

Array = NDArray[np.float64]

FEWEST_PARTS = 6
SKIPPED_PARTS = (0, 1, 2, 4, 8, 12)
"""Parts left out at the beginning of each step, until one exponential decay describes the others."""
TERMS = 3
"""Mean, decay and straight line of each step."""
VON_NEUMANN_ERRORS = 2.5
"""Standard errors by which the von Neumann ratio of the residuals may be low."""
UNEVEN = 12.0
"""Mean square of the residuals of one part of the steps, over the median of all, from which it is not scatter."""
MOST_CORRELATION = 0.9
LEAST_NOISE = 1e-7
"""Noise of a part, over the largest current, that simulated data without any are taken to have."""
SHORTEST, LONGEST = 0.05, 5.0
"""Decay times considered, over the duration of a step: a faster decay is over at its end."""
NODES = 9
SEARCHES = 6
FIRST_OF_DIFFUSION = 2
"""Parts left out at the begin of the steps where a diffusion is fitted."""
PLAUSIBLE = 20.0
"""Squared standard deviations of the fit within which a decay time is plausible."""


@dataclass(frozen=True)
class Settling:
    """Currents of the parts of each step from where they settle; arrays of shape (steps, parts) or (steps,)."""

    since_s: Array
    """Time since the begin of the step."""
    current_a: Array
    variance_a2: Array
    """Of one part, by the scatter about a decay and a straight line, with its correlation from part to part."""
    resting_variance_a2: Array
    """Of the mean of the last parts, the resolution of the current included."""
    last_parts: int
    """Parts at the end of a step whose mean is its current."""
    duration_s: float
    is_exponential: bool
    """False if no part of the steps is described by one exponential decay with independent scatter."""
    is_from_the_start: bool
    """True if that decay describes the steps from their first part: any other may only look like one at their end."""

    @property
    def resting_current_a(self) -> Array:
        """Mean of the averaged parts of each step, shape (steps,)."""
        mean: Array = self.current_a[:, -self.last_parts :].mean(axis=1)
        return mean

    def resting_mean(self, parts: Array) -> Array:
        """Return the mean of the last parts of each step of an array of shape (..., steps, parts)."""
        mean: Array = parts[..., -self.last_parts :].mean(axis=-1)
        return mean


@dataclass(frozen=True)
class Decay:
    """An exponential decay with one time constant fitted to each step; arrays of shape (steps,) or (steps, parts)."""

    decay_s: float
    shape: Array
    """exp(-t/τ), one at the end of a step of median duration, about its mean."""
    norm: Array
    """Sum of its squares."""
    mean: Array
    """The subtracted settling."""
    amplitude_a: Array
    """At the end of a step of median duration."""
    squares: float
    """Sum of squared residuals over the variance of a part."""


def settling_of(steps: Sequence[VoltageStep], *, by_scatter: bool = False) -> Settling | None:
    """Return how the current settles; None if a step has fewer than six rows.

    The parts at the begin of the steps are left out until the residuals of one exponential decay, with a straight line
    in each step, are even and independent from part to part by their von Neumann ratio. Where they never are, the
    scatter is correlated, or the decay has another form: the variance is increased by the correlation of neighbours.

    Parameters
    ----------
    steps : sequence of VoltageStep
    by_scatter : bool, optional
        Give each step its own variance instead of one for all.

    Returns
    -------
    Settling or None
    """
    parts = min(step.part_current_a.size for step in steps)
    if parts < FEWEST_PARTS:
        return None
    current = np.array([step.part_current_a for step in steps])
    since = np.array([step.part_time_s for step in steps])
    duration = float(np.median([step.end_s - step.start_s for step in steps]))
    residual, is_exponential, skip = _residual(since, current, duration), False, 0
    for skip in SKIPPED_PARTS:
        if parts - skip < FEWEST_PARTS:
            break
        residual = _residual(since[:, skip:], current[:, skip:], duration)
        if is_exponential := _is_independent(residual):
            break
    since, current = since[:, parts - residual.shape[1] :], current[:, parts - residual.shape[1] :]
    variance = _variance(residual, by_scatter=by_scatter)
    variance = np.maximum(variance, (LEAST_NOISE * float(np.abs(current).max())) ** 2)
    share = float(np.mean([step.last_points / step.points for step in steps]))
    last = max(1, min(current.shape[1], round(share * parts)))
    resolution = float(np.mean([step.resolution_a for step in steps]))
    return Settling(
        since,
        current,
        variance,
        variance / last + resolution**2 / 12,
        last,
        duration,
        is_exponential,
        is_from_the_start=is_exponential and skip == 0,
    )


def fit_decay(settling: Settling, decay_s: float) -> Decay:
    """Fit an exponential decay of this time constant to each step by least squares."""
    shape, mean = _shape(settling.since_s, decay_s)
    norm = (shape**2).sum(axis=1)
    centred = settling.current_a - settling.current_a.mean(axis=1, keepdims=True)
    amplitude = (shape * centred).sum(axis=1) / norm
    residual = centred - amplitude[:, None] * shape
    squares = float(((residual**2).sum(axis=1) / settling.variance_a2).sum())
    return Decay(decay_s, shape, norm, mean, amplitude, squares)


@dataclass(frozen=True)
class Diffusion:
    """Currents that fall with one over the square root of time, as while a diffusion has not reached the other
    electrode (Cottrell)."""

    conductance_s: float
    """Slope of the current at rest against voltage, once all of them are over."""
    size: float
    """Of the fall, over that of one siemens after one second."""
    excess: float
    """Mean square that is left within the steps, over the variance of a part: near one if the currents fall so."""
    unexplained: float
    """Share of the change within the steps, noise apart, that is left."""


def fit_diffusions(settling: Settling, voltage_v: Array, start_s: Array) -> tuple[Diffusion, Diffusion]:
    """Fit the common size of currents that follow every change of the voltage, all changes before included, and of
    currents in proportion to the voltage of each step, as after rests, to their fall within the steps.

    Parameters
    ----------
    settling : Settling
    voltage_v, start_s : ndarray, shape (steps,)
        Voltage of each step [V] and time of its first row [s].

    Returns
    -------
    tuple of Diffusion
    """
    # How long before the first row the voltage changed is not known, which the first parts show most.
    since = settling.since_s[:, FIRST_OF_DIFFUSION:]
    since_each = since[..., None] + start_s[:, None, None] - start_s
    change = np.diff(voltage_v, prepend=0.0)
    with_memory = (change / np.sqrt(np.where(since_each > 0, since_each, np.inf))).sum(axis=-1)
    without_memory = voltage_v[:, None] / np.sqrt(since)
    return _diffusion(settling, voltage_v, with_memory), _diffusion(settling, voltage_v, without_memory)


def _diffusion(settling: Settling, voltage_v: Array, shape: Array) -> Diffusion:
    current = settling.current_a[:, FIRST_OF_DIFFUSION:]
    within, fall = shape - shape.mean(axis=1, keepdims=True), current - current.mean(axis=1, keepdims=True)
    size = float((within * fall).sum()) / float((within**2).sum())
    slope = np.polynomial.polynomial.polyfit(voltage_v, (current - size * shape).mean(axis=1), 1)[1]
    share = (fall.size - voltage_v.size - 1) / fall.size
    noise = settling.variance_a2[:, None] * share
    left = (fall - size * within) ** 2
    beyond = max(float((left - noise).sum()), 0.0)
    return Diffusion(
        float(slope), size, float((left / noise).mean()), beyond / max(float((fall**2).sum()), np.finfo(float).tiny)
    )


def plausible_decays(settling: Settling) -> Array:
    """Return time constants, evenly spaced in their logarithm, over the range that the residuals allow [s]."""
    low, high = math.log(SHORTEST * settling.duration_s), math.log(LONGEST * settling.duration_s)
    centred = settling.current_a - settling.current_a.mean(axis=1, keepdims=True)
    for _ in range(SEARCHES):
        grid = np.linspace(low, high, 25)
        shape, _ = _shape(settling.since_s, np.exp(grid)[:, None, None])
        of_step = (centred**2).sum(axis=1) - (shape * centred).sum(axis=2) ** 2 / (shape**2).sum(axis=2)
        squares = (of_step / settling.variance_a2).sum(axis=1)
        near = np.flatnonzero(squares < squares.min() + PLAUSIBLE)
        before = high - low
        low, high = float(grid[max(near[0] - 1, 0)]), float(grid[min(near[-1] + 1, grid.size - 1)])
        if high - low > before / 2:
            break
    times: Array = np.exp(np.linspace(low, high, NODES))
    return times


def _shape(since: Array, decay_s: float | Array) -> tuple[Array, Array]:
    """Return exp(-t/τ), one at the end of a step of median duration, about its mean, and the mean."""
    shape = np.exp(-(since - float(np.median(since[:, -1]))) / decay_s)
    mean = shape.mean(axis=-1)
    return shape - mean[..., None], mean


def _residual(since: Array, current: Array, duration: float) -> Array:
    """Return the residuals of the best decay common to all steps, with a straight line in each."""
    low, high = math.log(SHORTEST * duration), math.log(LONGEST * duration)
    for _ in range(SEARCHES):
        grid = np.linspace(low, high, NODES)
        residuals = _about_decay_and_line(since, current, np.exp(grid)[:, None, None])
        best = int(np.argmin((residuals**2).sum(axis=(1, 2))))
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, NODES - 1)])
    residual: Array = residuals[best]
    return residual


def _about_decay_and_line(since: Array, current: Array, decay_s: Array) -> Array:
    """Return the residuals of a decay of each time constant and a straight line in each step."""
    shape, _ = _shape(since, decay_s)
    shape = shape / np.sqrt((shape**2).sum(axis=-1, keepdims=True))
    line = since - since.mean(axis=-1, keepdims=True)
    across = line - (line * shape).sum(axis=-1, keepdims=True) * shape
    across = across / np.sqrt((across**2).sum(axis=-1, keepdims=True))
    residual = current - current.mean(axis=-1, keepdims=True)
    for term in (shape, across):
        residual = residual - (residual * term).sum(axis=-1, keepdims=True) * term
    return residual


def _is_independent(residual: Array) -> bool:
    """Return whether the von Neumann ratio is not lower than independent scatter makes it, nor a part far off."""
    squares = float((residual**2).sum())
    if squares == 0:
        return True
    of_part = (residual**2).mean(axis=0)
    if float(of_part.max()) > UNEVEN * float(np.median(of_part)):
        return False
    difference = np.diff(residual, axis=1)
    ratio = float((difference**2).sum()) / squares * residual.size / difference.size
    expected = 2 * (1 + TERMS * residual.shape[0] / residual.size)
    return ratio > expected - VON_NEUMANN_ERRORS * math.sqrt(4 / residual.size)


def _variance(residual: Array, *, by_scatter: bool) -> Array:
    """Return the variance of a part of each step, increased by the correlation of neighbours."""
    steps, parts = residual.shape
    squares = float((residual**2).sum())
    if by_scatter:
        variance = (residual**2).sum(axis=1) / (parts - TERMS)
    else:
        variance = np.full(steps, squares / (residual.size - TERMS * steps - 1))
    if squares == 0:
        return np.asarray(variance)
    correlation = float((residual[:, 1:] * residual[:, :-1]).sum()) / squares * parts / (parts - 1)
    correlation += TERMS / parts
    if correlation < 2 / math.sqrt(residual.size):
        return np.asarray(variance)
    correlation = min(correlation, MOST_CORRELATION)
    return np.asarray(variance * (1 + correlation) / (1 - correlation))
