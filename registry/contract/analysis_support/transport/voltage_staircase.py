"""Resistance from a voltage staircase, for analyses of stepped-voltage tests."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analyses.coded_text import Listed
from analyses.insufficient_data import InsufficientData
from analyses.transport.current_edges import StepAtRest
from analyses.transport.staircase_resistance import StaircaseResistance, staircase_resistance
from analyses.transport.voltage_steps import OpenCircuitRest, VoltageStep, VoltageSteps, voltage_steps
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.transport.staircase_interval import interval_messages
from registry.contract.curve import Axis, Curve, Series
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Outcome, Refused, Result

NOTABLE_DRIFT = 0.01
"""Drift at the end of a step, as a share of the largest current, above which a warning is due; the uncertainty of the
line at that voltage, if smaller, takes its place."""
NEGLIGIBLE_DRIFT = 1e-4
"""Share of the largest current below which a drift is ignored."""
DRIFT_ERRORS = 4.0
"""Standard errors a drift must exceed to be significant."""
STEP = "step_index"
EQUAL, BY_SCATTER = "equal", "by scatter"

NEEDS = (
    "rows with the test time, the voltage and the current, or a reported resistance",
    "the thickness of the layer with the role sample, or of the only electrolyte",
    "the area of that layer, or the die diameter of the set-up",
)
PARAMETERS = (
    Parameter(
        name="last_points",
        type=int,
        default=100,
        help="Number of points averaged at the end of each voltage step.",
        minimum=2,
        maximum=100_000,
        title="Points averaged per step",
    ),
    Parameter(
        name="smallest_step_volt",
        type=float,
        default=0.002,
        help="Smallest voltage change between rows that starts a new step.",
        unit="V",
        minimum=1e-6,
        maximum=10.0,
        title="Smallest step",
    ),
    Parameter(
        name="weighting",
        type=str,
        default=EQUAL,
        help="Weight of the steps in the fit: equal, or by the scatter of each step (if the instrument changed its "
        "range).",
        choices=(EQUAL, BY_SCATTER),
        title="Weight of the steps",
    ),
)


def reported_resistance(inputs: Inputs) -> Estimate:
    """Return the reported resistance of the measurement, or refuse."""
    resistance = inputs.optional("reported.resistance_ohm", "resistance")
    if resistance is None:
        raise Refused("missing-resistance", "no resistance: upload {data} or enter one", data="chronoamperometry data")
    return resistance


def resistance_of_run(inputs: Inputs, dataset: InputDataset) -> Outcome:
    """Return the resistance from a voltage staircase, with plots and messages."""
    last_points = int(inputs.parameter("last_points"))
    smallest_step_volt = float(inputs.parameter("smallest_step_volt"))
    names = dataset.names
    number = np.asarray(dataset.column(STEP), dtype=float) if STEP in names else None
    staircase = voltage_steps(
        np.asarray(dataset.column("test_time_second"), dtype=float),
        np.asarray(dataset.column("voltage_volt"), dtype=float),
        np.asarray(dataset.column("current_ampere"), dtype=float),
        last_points=last_points,
        smallest_step_volt=smallest_step_volt,
        step_number=number if number is not None and np.isfinite(number).all() else None,
    )
    weighted = inputs.parameter("weighting") == BY_SCATTER
    fit = staircase_resistance(staircase.steps, by_scatter=weighted)
    resistance, unclear = _with_other_steps(staircase, fit, weighted=weighted)
    note = "Inverse slope of current against voltage; 95 % interval " + _interval_text(fit.resistance_ohm)
    return Outcome(
        values=(Result("resistance_ohm", resistance, note),),
        curves=_curves(staircase, fit),
        messages=(*_messages(staircase, fit, last_points, smallest_step_volt, weighted=weighted), *unclear),
    )


def _with_other_steps(
    staircase: VoltageSteps, fit: StaircaseResistance, *, weighted: bool
) -> tuple[Estimate, list[Message]]:
    """Return the resistance, its bounds such that its interval contains the other one too, and a warning, where it is
    unclear which are the steps."""
    resistance = fit.resistance_ohm
    if not staircase.unclear_volts:
        return resistance, []
    try:
        other = staircase_resistance(staircase.other_steps, by_scatter=weighted).resistance_ohm
    except InsufficientData:
        other = resistance
    widening = resistance.magnitude - resistance.lower + resistance.coverage_factor * resistance.standard_uncertainty
    low, high = other.interval()
    bounded = replace(
        resistance,
        lower=min(resistance.lower, low + widening),
        upper=max(resistance.upper, high - widening),
    )
    warning = Message(
        "rest-or-step",
        "Rest at open circuit or step without current at {voltages_v:.4g} V: R is {resistance_ohm:.4g} Ω or "
        "{other_ohm:.4g} Ω, and the interval includes both.",
        "warning",
        voltages_v=Listed(staircase.unclear_volts),
        resistance_ohm=resistance.magnitude,
        other_ohm=other.magnitude,
    )
    return bounded, [warning]


def _interval_text(resistance: Estimate) -> str:
    low, high = resistance.interval()
    # Enough digits to distinguish the bounds, and two more.
    digits = max(4, 2 - math.floor(math.log10((high - low) / abs(high)))) if low < high else 4
    return f"{low:.{digits}g} to {high:.{digits}g} Ω"


def _messages(
    staircase: VoltageSteps, fit: StaircaseResistance, last_points: int, smallest_step_volt: float, *, weighted: bool
) -> tuple[Message, ...]:
    voltages = ", ".join(f"{step.voltage_v:.4g}" for step in staircase.steps)
    weights = "steps weighted by their inverse variance" if weighted else "equal weights"
    return (
        Message(
            "voltage-steps",
            "{steps} voltage steps ({voltages} V): mean of the last {last_points} points of each.",
            steps=len(staircase.steps),
            voltages=voltages,
            last_points=last_points,
        ),
        Message(
            "resistance-of-line",
            "R = {resistance_ohm:.4g} Ω, 95 % interval {interval}; fit with {weights}.",
            resistance_ohm=fit.resistance_ohm.magnitude,
            interval=_interval_text(fit.resistance_ohm),
            weights=weights,
        ),
        *interval_messages(fit),
        *_line_messages(fit),
        *_step_messages(staircase, fit),
        *_repeat_messages(staircase, fit, smallest_step_volt),
    )


def _line_messages(fit: StaircaseResistance) -> list[Message]:
    """Return messages on whether the line is ohmic: through the origin, straight and rising."""
    if fit.misses_origin:
        messages = [
            Message(
                "line-misses-origin",
                "The line misses the origin ({intercept_a:.2g} ± {standard_error_a:.2g} A at 0 V): check for an "
                "instrument offset or a leakage current.",
                "warning",
                intercept_a=fit.intercept_a,
                standard_error_a=fit.intercept_standard_error_a,
            )
        ]
    else:
        messages = [
            Message(
                "line-through-origin",
                "The line passes through the origin within its uncertainty ({intercept_a:.2g} ± "
                "{standard_error_a:.2g} A at 0 V).",
                intercept_a=fit.intercept_a,
                standard_error_a=fit.intercept_standard_error_a,
            )
        ]
    if fit.line.curvature_probability is None:
        messages.append(
            Message("too-few-steps-for-curvature", "Three steps cannot show whether the response is ohmic.")
        )
    elif fit.line.is_curved:
        messages.append(
            Message(
                "not-ohmic",
                "Not ohmic: the current deviates from the line by up to {deviation_a:.2g} A (F test, p = "
                "{probability:.2g}); R is an average over the voltages.",
                "warning",
                deviation_a=fit.line.curvature_a,
                probability=fit.line.curvature_probability,
            )
        )
    return messages


def _step_messages(staircase: VoltageSteps, fit: StaircaseResistance) -> list[Message]:
    messages = []
    if staircase.stray_rows:
        messages.append(
            Message(
                "rows-outside-steps",
                "Excluded rows outside any voltage step: {rows}.",
                "warning",
                rows=Listed(staircase.stray_rows),
            )
        )
    if staircase.rests:
        messages.append(
            Message(
                "rests-excluded",
                "Excluded rests at open circuit (voltage without current): {rests}.",
                "warning",
                rests=Listed([_rows_at(rest) for rest in staircase.rests]),
                voltages_v=[rest.voltage_v for rest in staircase.rests],
            )
        )
    messages += _at_rest_messages(staircase)
    largest = max(abs(step.current_a) for step in staircase.steps)
    for step in staircase.steps:
        is_significant = abs(step.drift_a) > DRIFT_ERRORS * step.drift_standard_error_a
        if is_significant and abs(step.drift_a) > _notable_a(step, fit, largest):
            messages.append(
                Message(
                    "step-drifts",
                    "Step {step} ({voltage_v:.4g} V) has not reached a steady state: its current changes by "
                    "{drift_a:.2g} A over the last {points} points.",
                    "warning",
                    step=step.number,
                    voltage_v=step.voltage_v,
                    drift_a=step.drift_a,
                    points=step.drift_points,
                )
            )
    return messages


def _at_rest_messages(staircase: VoltageSteps) -> list[Message]:
    """Name the steps at the voltage of a rest: those that count, and those too short to count."""
    messages = []
    if counted := [step for step in staircase.steps_at_rest if step.is_counted]:
        messages.append(
            Message(
                "steps-at-rest-voltage",
                "Steps at the same voltage as the adjacent rest, distinguished by their current alone: {steps}.",
                "warning",
                steps=Listed([_rows_at(step) for step in counted]),
                voltages_v=[step.voltage_v for step in counted],
            )
        )
    if short := [step for step in staircase.steps_at_rest if not step.is_counted]:
        messages.append(
            Message(
                "steps-at-rest-voltage-excluded",
                "Excluded currents at the rest voltage with fewer points than are averaged: {steps}; reduce "
                "last_points if they are steps.",
                "warning",
                steps=Listed([_rows_at(step) for step in short]),
                voltages_v=[step.voltage_v for step in short],
            )
        )
    return messages


def _rows_at(stretch: OpenCircuitRest | StepAtRest) -> str:
    return f"{stretch.voltage_v:.4g} V in rows {stretch.first_row} to {stretch.last_row}"


def _notable_a(step: VoltageStep, fit: StaircaseResistance, largest_a: float) -> float:
    """Return the drift of the current at a step above which a warning is due [A]."""
    uncertainty_a = fit.line.conductance_standard_error_s * abs(step.voltage_v)
    return max(min(NOTABLE_DRIFT * largest_a, uncertainty_a), NEGLIGIBLE_DRIFT * largest_a)


def _repeat_messages(staircase: VoltageSteps, fit: StaircaseResistance, smallest_step_volt: float) -> list[Message]:
    """Warn about steps at the same voltage whose currents differ."""
    messages = []
    largest = max(abs(step.current_a) for step in staircase.steps)
    ordered = sorted(staircase.steps, key=lambda step: step.voltage_v)
    for lower, upper in pairwise(ordered):
        difference_v = abs(upper.voltage_v - lower.voltage_v)
        if difference_v > smallest_step_volt:
            continue
        scatter = math.hypot(lower.current_standard_error_a, upper.current_standard_error_a)
        difference_a = abs(upper.current_a - lower.current_a) - abs(fit.conductance_s) * difference_v
        if difference_a > max(DRIFT_ERRORS * scatter, _notable_a(lower, fit, largest)):
            first, second = sorted((lower, upper), key=lambda step: step.number)
            messages.append(
                Message(
                    "repeated-steps-differ",
                    "Steps {first} and {second} at {voltage_v:.4g} V have currents that differ by more than their "
                    "scatter ({first_a:.4g} and {second_a:.4g} A): check whether the sample changed.",
                    "warning",
                    first=first.number,
                    second=second.number,
                    voltage_v=first.voltage_v,
                    first_a=first.current_a,
                    second_a=second.current_a,
                )
            )
    return messages


def _curves(staircase: VoltageSteps, fit: StaircaseResistance) -> tuple[Curve, ...]:
    voltage = tuple(step.voltage_v for step in staircase.steps)
    current = tuple(step.current_a for step in staircase.steps)
    ends = (min(0.0, *voltage), max(0.0, *voltage))
    line = tuple(fit.intercept_a + fit.conductance_s * volt for volt in ends)
    residual = tuple(step.current_a - fit.intercept_a - fit.conductance_s * step.voltage_v for step in staircase.steps)
    voltage_axis = Axis(quantity="voltage_v")
    return (
        Curve(
            "current-voltage",
            "Steady-state current against voltage",
            voltage_axis,
            Axis(quantity="current_a"),
            (
                Series("Steps", voltage, current, line=False, markers=True),
                Series("Fit", ends, line),
            ),
        ),
        Curve(
            "residuals",
            "Residuals of the fit",
            voltage_axis,
            Axis(quantity="current_residual_a"),
            (Series("Residuals", voltage, residual, line=False, markers=True),),
        ),
    )
