"""Resistance from the steps of a voltage staircase, with the interval that its data support."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.transport.ohmic_fit import OhmicFit, fit_resistance
from analyses.transport.steady_conductance import SteadyConductance, steady_conductance
from analyses.transport.voltage_steps import VoltageStep
from analyses.uncertainty import NORMAL_95_PERCENT, Estimate

Array = NDArray[np.float64]

ASYMMETRIC = 0.25
"""Relative half-width of the conductance from which the interval of its inverse gets a bound of its own."""
LIKELY = 0.95
LEAST_SHARE = 0.25
"""Share of the highest voltage from which the resistance of a single step counts."""
MOST_EXTRAPOLATED = 0.05
"""Share of the conductance up to which a current may be extrapolated though its decay is not exponential."""
MOST_BY_DRIFT = 0.25
"""The same where a drift of the cell rather than a decay is the likelier cause of the change within the steps."""
LEAST_AFTER_DIFFUSION = 0.75
"""Conductance after a diffusion, over that after exponential decays, below which neither is known."""
LEAST_SHOWN = 0.1
MOST_RAISED = 0.5
"""The same upwards, whatever the decay looks like: a current that decays is never larger at rest."""


@dataclass(frozen=True)
class StaircaseResistance:
    """Inverse slope of the current at rest against voltage."""

    resistance_ohm: Estimate
    conductance_s: float
    intercept_a: float
    intercept_standard_error_a: float
    intercept_half_width_a: float
    """Half the 95 % interval."""
    line: OhmicFit
    """Least squares through the mean currents of the steps."""
    steady: SteadyConductance | None
    """None if the steps have too few rows to tell a drift or a decay: the interval is that of independent scatter."""
    lowest_ohm: float
    """Of the resistances at the ends of single steps, from a quarter of the highest voltage on."""
    highest_ohm: float

    @property
    def extrapolated_share(self) -> float:
        """Difference of the conductance from that of the mean currents, over itself."""
        return self.conductance_s / self.line.conductance_s - 1

    @property
    def still_decays(self) -> bool:
        """Whether the current still decays at the end of the steps."""
        return self.steady is not None and self.steady.decay_probability > LIKELY

    @property
    def conductance_drifts(self) -> bool:
        """Whether the conductance changes during the test: the resistance is then that of its mean over the steps."""
        return self.steady is not None and self.steady.conductance_drift_probability > LIKELY

    @property
    def misses_origin(self) -> bool:
        """Whether the line misses the origin by more than its 95 % interval."""
        return self.line.intercept_is_significant and abs(self.intercept_a) > self.intercept_half_width_a


def staircase_resistance(steps: Sequence[VoltageStep], *, by_scatter: bool = False) -> StaircaseResistance:
    """Return the resistance of a voltage staircase.

    Parameters
    ----------
    steps : sequence of VoltageStep
    by_scatter : bool, optional
        Weight the steps by their own scatter instead of equally.

    Returns
    -------
    StaircaseResistance

    Raises
    ------
    InsufficientData
        If there are fewer than three steps, all voltages are one, the current does not rise with voltage, or not beyond
        its uncertainty, or it still decays at the end of the steps in a way that cannot be extrapolated.
    """
    voltage, current, error = np.array(
        [(step.voltage_v, step.current_a, step.current_standard_error_a) for step in steps]
    ).T
    line = fit_resistance(voltage, current, error if by_scatter else None)
    steady = steady_conductance(steps, by_scatter=by_scatter)
    if steady is None:
        half = line.coverage_factor * line.conductance_standard_error_s
        result = StaircaseResistance(
            _inverse(line.conductance_s, half, "fit", len(steps)),
            line.conductance_s,
            line.intercept_a,
            line.intercept_standard_error_a,
            line.coverage_factor * line.intercept_standard_error_a,
            line,
            None,
            *_extremes(voltage, current, line.intercept_a),
        )
    else:
        drifts = max(steady.drift_probability, steady.decay_probability) > 1 / 2
        result = StaircaseResistance(
            _reaching(
                steady.diffusive_s,
                _inverse(steady.conductance_s, steady.half_width_s, "drift" if drifts else "fit", len(steps)),
            ),
            steady.conductance_s,
            steady.intercept_a,
            steady.intercept_half_width_a / NORMAL_95_PERCENT,
            steady.intercept_half_width_a,
            line,
            steady,
            *_extremes(voltage, current, steady.intercept_a),
        )
    _refuse_other_decays(result)
    return result


def _extremes(voltage_v: Array, current_a: Array, intercept_a: float) -> tuple[float, float]:
    """Return the lowest and the highest resistance of single steps that are not too near zero voltage."""
    high = np.abs(voltage_v) >= LEAST_SHARE * np.abs(voltage_v).max()
    resistance = 1 / np.maximum((current_a[high] - intercept_a) / voltage_v[high], np.finfo(float).tiny)
    return float(resistance.min()), float(resistance.max())


def _inverse(conductance: float, half: float, cause: str, steps: int) -> Estimate:
    """Return the resistance; its upper bound contains what the inverse of a wide interval adds on one side."""
    if conductance <= half:
        raise InsufficientData(
            "resistance-without-upper-limit",
            "the current of {steps} steps does not rise with voltage beyond its uncertainty: the resistance is above "
            "{least_ohm:.3g} Ω; use higher voltages, longer steps, or steps up and down",
            steps=steps,
            least_ohm=1 / (conductance + half) if conductance + half > 0 else math.inf,
        )
    resistance, share = 1 / conductance, half / conductance
    measured = Estimate.measured(resistance, resistance * share / NORMAL_95_PERCENT).attributed(cause)
    if share < ASYMMETRIC:
        return measured
    upper = resistance / (1 - share) - resistance * share
    return Estimate.of_components(resistance, *measured.causes, lower=resistance, upper=upper)


def _reaching(diffusive_s: Sequence[float], resistance: Estimate) -> Estimate:
    """Return the resistance with bounds up to those of currents that fall as after a diffusion."""
    for conductance in diffusive_s:
        share = conductance * resistance.magnitude
        if share < LEAST_AFTER_DIFFUSION:
            raise _not_at_rest(1 / max(share, LEAST_SHOWN) - 1)
        reached = 1 / conductance
        resistance = replace(resistance, lower=min(resistance.lower, reached), upper=max(resistance.upper, reached))
    return resistance


def _refuse_other_decays(result: StaircaseResistance) -> None:
    if result.steady is None:
        return
    most = MOST_EXTRAPOLATED if result.still_decays else MOST_BY_DRIFT
    is_other = not result.steady.is_exponential and abs(result.extrapolated_share) > most
    if is_other or result.extrapolated_share > MOST_RAISED:
        raise _not_at_rest(-result.extrapolated_share / (1 + result.extrapolated_share))


def _not_at_rest(share: float) -> InsufficientData:
    return InsufficientData(
        "current-not-at-rest",
        "the current still changes at the end of the steps, and not as one exponential decay: extrapolation would "
        "change the resistance by {share_percent:.2g} %; record longer steps",
        share_percent=100 * share,
    )
