"""Models of a staircase whose conductance or current changes in time: steadily, in waves or by a random walk."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.averaged_models import Models, fit_models
from analyses.transport.step_settling import Settling
from analyses.transport.voltage_steps import VoltageStep

Array = NDArray[np.float64]

TERMS = 5
"""Polynomials that describe the current within a step: a conductance that changes in steps or slower is smooth there.
Fewer than the parts of a step."""
LENGTHS = (1.0, 2.5, 6.0)
"""Correlation times of the waves, over the time from step to step."""
SIZES = tuple(np.geomspace(2e-4, 0.5, 15).tolist())
"""Root mean square of the change of the conductance, over the conductance."""
OWN = 0.1
"""Share of the variance of a change that begins anew with each step in which the steps differ."""
PLAUSIBLE = 4.0
"""Difference of the logarithm of the likelihood up to which a change may continue from step to step."""
INSTANTS = 12
"""Instants of each step over which the conductance is averaged: parts at the beginning may be left out of the fit."""
LEAST_NOISE = 1e-6
"""Noise, over the largest current, below which the covariances are not separated from round-off."""


@dataclass(frozen=True)
class Currents:
    """The parts of all steps by orthonormal polynomials within each step, shape (steps x terms,)."""

    values_a: Array
    design: Array
    """Voltage and one, shape (steps x terms, 2)."""
    noise_a2: Array
    """Variance of each value."""
    steps: Array
    """Covariance of an equal shift within each step, shape (steps x terms, steps x terms)."""
    drifts: Array
    """Covariances, in V², of a relative change with a root mean square of one, shape (kinds, steps x terms, steps x
    terms): all kinds of the conductance, then all of the current, relative to that at the highest voltage."""
    restarts: Array
    """The same for changes that begin anew with each step."""
    log_likelihood: float
    """Of what the polynomials leave."""


def drift_models(
    settling: Settling, steps: Sequence[VoltageStep], conductance_s: float, scatter_a: Array
) -> Models | None:
    """Return the models in which the conductance, or an added current, is a random function of time.

    It is a steady drift, a random walk, or waves (Matérn covariance of order 5/2), whose mean over the steps is zero:
    the slope is the mean conductance over the time of the steps. A change of the conductance is in proportion to the
    voltage, and that of the current is not: where the voltage goes one way only, one may look like the other. The
    likelihood is that of all parts of the steps over that of their noise, with equal chances of kinds and sizes.

    Parameters
    ----------
    settling : Settling
    steps : sequence of VoltageStep
        From which it is.
    conductance_s : float
        About that of the steps: the sizes are shares of it [S].
    scatter_a : ndarray, shape (sizes,)
        Sizes of a further scatter of the steps, each as likely as the others [A].

    Returns
    -------
    Models or None
        Of slope [S] and intercept [A]: all sizes of scatter for each size of each kind of change; those of the
        conductance are the first half. None if the current rather changes anew with each step, as by a decay of any
        form.

    References
    ----------
    Rasmussen, C. E., Williams, C. K. I. (2006). Gaussian Processes for Machine Learning. MIT Press, chapter 4.
    """
    currents = _currents(settling, steps)
    resolution_a2 = settling.resting_variance_a2 - settling.variance_a2 / settling.last_parts
    noise = np.diag(currents.noise_a2) + currents.steps * np.repeat(resolution_a2, TERMS)
    between = noise + scatter_a[:, None, None] ** 2 * currents.steps
    drifts, restarts = (
        _fitted(currents, between, changes * conductance_s**2) for changes in (currents.drifts, currents.restarts)
    )
    return drifts if restarts.log_likelihood.max() < drifts.log_likelihood.max() + PLAUSIBLE else None


def _fitted(currents: Currents, between: Array, changes: Array) -> Models:
    """Return the models of each kind and size of change with each covariance of noise and scatter."""
    unit = 1 / np.sqrt(currents.noise_a2)
    covariances = np.array(
        [scatter + size**2 * change for change, size, scatter in product(changes, SIZES, list(between))]
    )
    covariances *= unit[:, None] * unit
    models = fit_models(currents.values_a * unit, currents.design * unit[:, None], covariances)
    likelihood = models.log_likelihood + currents.log_likelihood - math.log(models.log_likelihood.size)
    return Models(likelihood, models.coefficients, models.variances)


def _currents(settling: Settling, steps: Sequence[VoltageStep]) -> Currents:
    volt, start_s, end_s = np.array([(step.voltage_v, step.start_s, step.end_s) for step in steps]).T
    current = settling.current_a
    count, parts = current.shape
    noise = np.maximum(settling.variance_a2, (LEAST_NOISE * float(np.abs(current).max())) ** 2)
    basis = _polynomials(settling.since_s)
    values = np.einsum("spt,sp->st", basis, current)
    left = current - np.einsum("spt,st->sp", basis, values)
    likelihood = -float(((left**2).sum(axis=1) / noise).sum()) / 2
    likelihood -= parts * float(np.log(noise / settling.variance_a2).sum()) / 2
    level = basis.sum(axis=1)
    design = np.stack((level * volt[:, None], level), axis=2).reshape(-1, 2)
    in_step = np.zeros((count, TERMS, count, parts))
    in_step[range(count), :, range(count)] = np.swapaxes(basis, 1, 2)
    alike = in_step.reshape(count * TERMS, count * parts)
    across, alike = alike * np.repeat(volt, parts), alike * float(np.abs(volt).max())
    interval = float(end_s[-1] - start_s[0]) / count
    restart = _restart(settling, interval)
    same = np.repeat(np.arange(count), TERMS)
    drifts = _drifts((settling.since_s + start_s[:, None]).ravel() / interval, start_s / interval, end_s / interval)
    return Currents(
        values.ravel(),
        design,
        np.repeat(noise, TERMS),
        np.outer(level, level) * (same[:, None] == same),
        np.concatenate((across @ drifts @ across.T, alike @ drifts @ alike.T)),
        (across @ restart @ across.T)[None],
        likelihood,
    )


def _polynomials(since: Array) -> Array:
    """Return orthonormal polynomials of the time within each step, shape (steps, parts, terms)."""
    low, high = since.min(axis=1, keepdims=True), since.max(axis=1, keepdims=True)
    scaled = 2 * (since - low) / (high - low) - 1
    basis: Array = np.linalg.qr(np.polynomial.legendre.legvander(scaled, TERMS - 1))[0]
    return basis


def _restart(settling: Settling, interval: float) -> Array:
    """Return the covariance of a change that begins with each step, about its mean over the last parts."""
    count, parts = settling.since_s.shape
    step = np.repeat(np.arange(count), parts)
    kernel = (1 - OWN + OWN * (step[:, None] == step)) * _matern(settling.since_s.ravel() / interval, LENGTHS[0])
    last = np.tile(np.arange(parts) >= parts - settling.last_parts, count) / (count * settling.last_parts)
    return _centred(kernel, kernel @ last, float(last @ kernel @ last))


def _drifts(time: Array, start: Array, end: Array) -> Array:
    """Return the covariances of a steady drift, of a random walk and of waves at these times, about their mean over
    the whole steps, shape (kinds, times, times)."""
    within = (np.arange(INSTANTS) + 0.5) / INSTANTS
    instants = (start[:, None] + (end - start)[:, None] * within).ravel()
    share = np.repeat((end - start) / (end - start).sum() / INSTANTS, INSTANTS)
    every = np.concatenate((time, instants))
    order = every - start[0]
    kernels = [np.outer(order, order), np.minimum.outer(order, order), *(_matern(every, length) for length in LENGTHS)]
    size = time.size
    return np.array(
        [
            _centred(kernel[:size, :size], kernel[:size, size:] @ share, float(share @ kernel[size:, size:] @ share))
            for kernel in kernels
        ]
    )


def _matern(order: Array, length: float) -> Array:
    scaled = math.sqrt(5) * np.abs(order[:, None] - order) / length
    kernel: Array = (1 + scaled + scaled**2 / 3) * np.exp(-scaled)
    return kernel


def _centred(kernel: Array, with_mean: Array, of_mean: float) -> Array:
    """Return the covariance about a mean, scaled to a mean variance of one."""
    centred = kernel - with_mean[:, None] - with_mean + of_mean
    scaled: Array = centred / float(np.diag(centred).mean())
    return scaled
