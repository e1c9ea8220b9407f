"""Conductance from the currents of a voltage staircase, with an interval that allows for drift and for decays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.averaged_models import Models, averaged, chances, fit_models, given_the_rest
from analyses.transport.conductance_drift import drift_models
from analyses.transport.step_settling import (
    LONGEST,
    NODES,
    SHORTEST,
    Decay,
    Settling,
    fit_decay,
    fit_diffusions,
    plausible_decays,
    settling_of,
)
from analyses.transport.voltage_steps import VoltageStep

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

NONE = 0.5
"""Probability beforehand that there is no decay, no drift, no random walk, and no further scatter, each by itself."""
CHANGES = 0.2
"""Probability beforehand that conductance or current change within the steps too, instead of all but the scatter."""
SIZES = (0.2, 0.7, 2.0, 7.0, 25.0)
"""Steps of a random walk, and further scatter, over the scatter about the line."""
IMPOSSIBLE = 1e-4
"""Likelihood, relative to that of the scatter itself, of sizes that are left out: many steps exclude a large one."""
AMPLITUDES = (0.1, 0.3, 1.0, 3.0)
"""Sizes of the decays over those fitted to each step."""
DRIFTS = (0.5, 1.5)
"""Sizes of a steady drift over that which the slopes within the steps would show."""
PATTERNS = (0.4, 0.4, 0.1, 0.1)
"""Shares of the variance of decays in proportion to the voltage, to all changes of voltage before with their memory, to
the last change, and without a pattern."""
SETTLES = 0.2
"""Probability that a decay is that of the conductance from the first step on."""
DECAY_SAFETY = 0.35
"""Share by which the interval is wider where the current decays: a weak decay is found smaller than it is."""
REFINED = 5
"""Rounds in which the time constants are placed closer, until several describe the data."""
SEVERAL = 5
UNLIKELY = 7.0
"""Difference of the logarithm of the likelihood from which a time constant does not count."""
PLAUSIBLE = 4.0
"""The same, for models with and without a steady drift."""
LIKELY = 0.5
MOST_EXCESS = 1.3
"""Mean square of the residuals of a diffusion, over that of one exponential decay, up to which it is possible."""
MOST_UNEXPLAINED = 0.1
"""Share of the change within the steps that a diffusion may leave; a drift or a wave of the conductance leaves more."""
INSEPARABLE = 0.7
"""Correlation of voltage and time from which the slope and a steady drift are not separated."""


@dataclass(frozen=True)
class SteadyConductance:
    """Slope of the current at rest against voltage, averaged over models of drift and decay."""

    conductance_s: float
    half_width_s: float
    """Half the 95 % interval."""
    intercept_a: float
    intercept_half_width_a: float
    drift_probability: float
    """That the current or the conductance drifts from step to step, steadily, in waves or by a random walk."""
    conductance_drift_probability: float
    """That the conductance itself changes in time: the slope is then its mean over the time of the steps."""
    decay_probability: float
    """That the current still decays at the end of the steps."""
    decay_s: float
    """Time constant, if it decays."""
    is_exponential: bool
    """False if the current within the whole steps is neither steady with independent noise nor one exponential decay:
    after a diffusion, whose decay has many time constants, the end of a step alone looks exponential."""
    diffusive_s: tuple[float, ...]
    """Conductances if the current falls with one over the square root of time; none if it clearly does not."""
    is_separable: bool
    """False if the voltage goes one way only, so that a steady drift may look like a slope."""


def steady_conductance(steps: Sequence[VoltageStep], *, by_scatter: bool = False) -> SteadyConductance | None:
    """Return the slope of the current at rest against voltage with a 95 % interval.

    The current is that of a straight line, plus independent scatter of the rows and of the steps; plus a steady drift
    in time, which shows within the steps too; plus a random walk from step to step; plus exponential decays within the
    steps, or of the conductance from the first step on, of one time constant of a twentieth of the duration of a step
    to five times it. The last three may be absent. Or conductance or current change in time within the steps and on
    from step to step (`analyses.transport.conductance_drift`): the slope is then the mean conductance over the steps.
    Slope and interval are averaged over the sizes of all these by the restricted likelihood. What they do to the slope
    where the data cannot show them widens the interval: with few steps, and where the voltage goes one way only. There
    the interval holds those with and without a steady drift or a change of the conductance, if both are plausible.
    Where the current changes within the steps, and not clearly as one exponential decay from their begin, it may fall
    with one over the square root of time, to a current at rest far below what an exponential comes to.

    Parameters
    ----------
    steps : sequence of VoltageStep
        At least three.
    by_scatter : bool, optional
        Weight the steps by their own scatter.

    Returns
    -------
    SteadyConductance or None
        None if the steps have fewer than six rows, so that the slope within them is not known. The 95 % intervals
        cover what docs/uncertainty.md says.
    """
    settling = settling_of(steps, by_scatter=by_scatter)
    return None if settling is None else _Average(steps, settling).result()


@dataclass(frozen=True)
class _Causes:
    """Which causes each model has; arrays of shape (models,)."""

    decay_s: Array
    drifts_steadily: Flags
    walks: Flags
    conductance_drifts: Flags

    def joined(self, other: "_Causes") -> "_Causes":
        """Return these causes and others."""
        return _Causes(
            np.concatenate((self.decay_s, other.decay_s)),
            np.concatenate((self.drifts_steadily, other.drifts_steadily)),
            np.concatenate((self.walks, other.walks)),
            np.concatenate((self.conductance_drifts, other.conductance_drifts)),
        )


class _Average:
    """The models of one staircase: of the currents at rest, the decay of each step, and the common slope in time."""

    def __init__(self, steps: Sequence[VoltageStep], settling: Settling) -> None:
        self.steps, self.settling = steps, settling
        self.volt = np.array([step.voltage_v for step in steps])
        self.start = np.array([step.start_s for step in steps])
        self.end = np.array([step.end_s for step in steps])
        self.change = np.diff(self.volt, prepend=0.0)
        middle = (self.start + self.end) / 2
        count = self.volt.size
        self.interval = (middle[-1] - middle[0]) / (count - 1)
        self.order = (middle - middle[0]) / self.interval
        self.design = np.column_stack((self.volt, np.ones(count)))
        self.resting = settling.resting_current_a
        line = np.polynomial.polynomial.polyfit(self.volt, self.resting, 1)
        residual = self.resting - np.polynomial.polynomial.polyval(self.volt, line)
        least = math.sqrt(float(settling.resting_variance_a2.max()))
        self.scatter = max(math.sqrt(float((residual**2).sum()) / (count - 2)), least)
        self.possible = [size for size in SIZES if size ** (2 - count) > IMPOSSIBLE]
        self.between, self.between_prior, self.walks = self._between_steps()

    def result(self) -> SteadyConductance:
        """Return the average over all models."""
        models, causes = self._evaluate(fit_decay(self.settling, self.settling.duration_s), 0.0, NONE)
        times = plausible_decays(self.settling)
        for _ in range(REFINED):
            spacing = math.log(times[1] / times[0]) / math.log(LONGEST / SHORTEST)
            blocks = [
                self._evaluate(fit_decay(self.settling, time), time, (1 - NONE) * spacing) for time in times.tolist()
            ]
            best = np.array([float(block.log_likelihood.max()) for block, _ in blocks])
            near = np.flatnonzero(best > best.max() - UNLIKELY)
            if near.size >= SEVERAL or best.max() < models.log_likelihood.max() - UNLIKELY:
                break
            times = np.geomspace(times[max(near[0] - 1, 0)], times[min(near[-1] + 1, NODES - 1)], NODES)
        for block, more in (*blocks, *self._with_changes()):
            models, causes = models.joined(block), causes.joined(more)
        return self._averaged(models, causes)

    def _with_changes(self) -> list[tuple[Models, _Causes]]:
        """Return the models whose conductance or current changes, without decays; none if it begins with each step."""
        line = float(np.polynomial.polynomial.polyfit(self.volt, self.resting, 1)[1])
        scatter = np.array((0.0, *self.possible[:3:2])) * self.scatter
        models = drift_models(self.settling, self.steps, line, scatter)
        if models is None:
            return []
        count = models.log_likelihood.size
        likelihood = models.log_likelihood + math.log(CHANGES / (1 - CHANGES)) + self.reference
        none, of_conductance = np.zeros(count, dtype=bool), np.arange(count) < count // 2
        return [
            (
                Models(likelihood, models.coefficients, models.variances),
                _Causes(1.0 * none, none, ~of_conductance, of_conductance),
            )
        ]

    def _averaged(self, models: Models, causes: _Causes) -> SteadyConductance:
        errors = np.sqrt(models.variances)
        chance = chances(models.log_likelihood)
        slope, half = averaged(chance, models.coefficients[:, 0], errors[:, 0])
        intercept, intercept_half = averaged(chance, models.coefficients[:, 1], errors[:, 1])
        steady, decay = causes.drifts_steadily, causes.decay_s
        is_separable = abs(float(np.corrcoef(self.volt, self.order)[0, 1])) < INSEPARABLE
        if not is_separable:
            kinds = (steady, ~steady, causes.conductance_drifts, ~causes.conductance_drifts)
            half = max(half, *(self._reach(models, kind, slope) for kind in kinds if kind.any()))
        decays = float(chance[decay > 0].sum())
        half *= 1 + DECAY_SAFETY * decays
        drifts = float(chance[steady | causes.walks | causes.conductance_drifts].sum())
        return SteadyConductance(
            conductance_s=slope,
            half_width_s=half,
            intercept_a=intercept,
            intercept_half_width_a=intercept_half,
            drift_probability=drifts,
            conductance_drift_probability=float(chance[causes.conductance_drifts].sum()),
            decay_probability=decays,
            decay_s=float((chance * decay).sum()) / decays if decays else 0.0,
            is_exponential=self.settling.is_from_the_start,
            diffusive_s=self._diffusive(max(decays, drifts)),
            is_separable=is_separable,
        )

    def _diffusive(self, change_probability: float) -> tuple[float, ...]:
        """Return the conductances after a diffusion, unless nothing changes or one exponential decay does it better."""
        is_exponential = self.settling.is_from_the_start
        if is_exponential and change_probability < LIKELY:
            return ()
        return tuple(
            diffusion.conductance_s
            for diffusion in fit_diffusions(self.settling, self.volt, self.start)
            if diffusion.size > 0
            and diffusion.unexplained < MOST_UNEXPLAINED
            and not (is_exponential and diffusion.excess > MOST_EXCESS)
        )

    @staticmethod
    def _reach(models: Models, chosen: Flags, slope: float) -> float:
        """Return how far from the slope the interval of these models reaches; zero if they are not plausible."""
        likelihood = models.log_likelihood[chosen]
        if likelihood.max() < models.log_likelihood.max() - PLAUSIBLE:
            return 0.0
        middle, half = averaged(
            chances(likelihood), models.coefficients[chosen, 0], np.sqrt(models.variances[chosen, 0])
        )
        return abs(middle - slope) + half

    def _between_steps(self) -> tuple[Array, Array, Flags]:
        """Return the covariances of random walk and further scatter, their logarithmic priors, and which walk."""
        count = self.volt.size
        sizes = [(0.0, NONE), *((size * self.scatter, (1 - NONE) / len(SIZES)) for size in self.possible)]
        covariances, priors, walks = [], [], []
        for (walk, walk_prior), (scatter, scatter_prior) in product(sizes, sizes):
            covariances.append(walk**2 * np.minimum.outer(self.order, self.order) + scatter**2 * np.eye(count))
            priors.append(math.log(walk_prior * scatter_prior))
            walks.append(walk > 0)
        return np.array(covariances), np.array(priors), np.array(walks)

    def _evaluate(self, decay: Decay, decay_s: float, prior: float) -> tuple[Models, _Causes]:
        """Return the models with decays of this time constant; without any if `decay_s` is zero."""
        count, settling = self.volt.size, self.settling
        part = settling.variance_a2
        in_time = (settling.since_s - settling.since_s.mean(axis=1, keepdims=True)) / self.interval
        share = (decay.shape * in_time).sum(axis=1) / decay.norm
        across = in_time - share[:, None] * decay.shape
        centred = settling.current_a - settling.current_a.mean(axis=1, keepdims=True)
        information = float(((across**2).sum(axis=1) / part).sum())
        slope = float(((across * centred).sum(axis=1) / part).sum()) / information
        values = np.concatenate((self.resting, decay.amplitude_a, [slope]))

        noise = np.diag(np.concatenate((settling.resting_variance_a2, part / decay.norm, [1 / information])))
        rows = np.arange(count)
        with_decay = part * settling.resting_mean(decay.shape) / decay.norm
        noise[rows, count + rows] = noise[count + rows, rows] = with_decay
        noise[rows, -1] = noise[-1, rows] = settling.resting_mean(across) / information

        amplitude_noise = part / decay.norm
        amplitude = math.sqrt(max(float((decay.amplitude_a**2).mean()), float(amplitude_noise.mean())))
        seen = max(float(((decay.amplitude_a / share) ** 2).mean()), float((amplitude_noise / share**2).mean()))
        effect = np.zeros((2 * count + 1, count))
        effect[rows, rows] = settling.resting_mean(decay.shape) + decay.mean
        effect[count + rows, rows] = 1.0
        decaying = [effect @ pattern @ effect.T for pattern in self._decay_patterns(decay.decay_s)]
        direction = np.concatenate((self.order - self.order.mean(), share, [1.0]))
        drifting = np.outer(direction, direction)

        decays = [(0.0 * decaying[0], prior)]
        if decay_s:
            decays = [(size**2 * decaying[0], prior * (1 - SETTLES) / len(AMPLITUDES)) for size in AMPLITUDES]
            decays.append((decaying[1], prior * SETTLES))
        drifts = [(0.0, NONE), *((size * math.sqrt(seen), (1 - NONE) / len(DRIFTS)) for size in DRIFTS)]
        unit = 1 / np.sqrt(np.diag(noise))
        if not decay_s:
            self.reference = -float(np.linalg.slogdet(noise * unit[:, None] * unit)[1]) / 2
        left = decay.squares - slope**2 * information
        causes = list(product(decays, drifts))
        varied = np.array([amplitude**2 * part + drift**2 * drifting for (part, _), (drift, _) in causes])
        likelihoods = np.array([math.log(part_prior * drift_prior) for (_, part_prior), (_, drift_prior) in causes])
        # The amplitudes and the slope say nothing of the line: they are taken as known before it is fitted.
        resting, scatter, of_rest = given_the_rest(values * unit, (noise + varied) * unit[:, None] * unit, count)
        unit, repeats = unit[:count], self.between.shape[0]
        covariances = scatter[:, None] + self.between * unit[:, None] * unit
        models = fit_models(
            np.repeat(resting, repeats, axis=0), self.design * unit[:, None], covariances.reshape(-1, count, count)
        )
        likelihoods += of_rest - left / 2
        likelihood = models.log_likelihood + np.add.outer(likelihoods, self.between_prior).ravel()
        steady = np.repeat([drift > 0 for _, (drift, _) in causes], repeats)
        walks = np.tile(self.walks, len(causes))
        labels = _Causes(np.full(steady.size, decay_s), steady, walks, np.zeros(steady.size, dtype=bool))
        return Models(likelihood, models.coefficients, models.variances), labels

    def _decay_patterns(self, decay_s: float) -> tuple[Array, Array]:
        """Return the covariance of the decays at one time after each step begins, for a mean square of one: of decays
        within the steps, and of a conductance that settles once over all steps."""
        since = self.start[:, None] - self.start
        memory = np.where(since >= 0, np.exp(-np.maximum(since, 0.0) / decay_s), 0.0) @ self.change
        patterns = [_mean_square_one(each) for each in (self.volt, memory, self.change)]
        patterns.append(np.eye(self.volt.size))
        within: Array = sum((share * each for share, each in zip(PATTERNS, patterns, strict=True)), np.zeros(()))
        return within, _mean_square_one(self.volt * np.exp((self.start[0] - self.start) / decay_s))


def _mean_square_one(pattern: Array) -> Array:
    return np.outer(pattern, pattern) / float((pattern**2).mean())
