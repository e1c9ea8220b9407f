"""Electronic conductivity of a pellet from chronoamperometry at stepped voltages, or from a reported resistance."""

import math
from collections.abc import Sequence

import numpy as np

from analyses.electronic_conductivity import (
    OhmicFit,
    VoltageSteps,
    electronic_conductivity,
    fit_resistance,
    voltage_steps,
)
from analyses.unanswerable import Unanswerable
from analyses.uncertainty import Estimate
from plugins.pellet import read_pellet
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Dataset,
    Inputs,
    Message,
    Outcome,
    Parameter,
    Refused,
    Result,
    Series,
    hookimpl,
)

NOTABLE_DRIFT = 0.01
"""Share of the largest current by which a current may still change over the averaged points without a warning."""
NOISE_OF_DRIFT = 4 * math.sqrt(12)
"""Four times the standard error of a drift, in standard errors of the mean of the same points."""


def run(inputs: Inputs) -> Outcome:
    """Return R from a line of current against voltage, and σ_e = L / (R A)."""
    if inputs.fact("setup.blocks") == "electrons":
        raise Refused(
            "the electrodes of the set-up block electrons, so its current says nothing of electronic conductivity; "
            "use electrodes that block ions"
        )
    pellet = read_pellet(inputs)
    dataset = inputs.dataset
    try:
        fitted = _from_dataset(inputs, dataset) if dataset else Outcome()
        resistance = fitted.values[0].estimate if fitted.values else _reported_resistance(inputs)
        sigma = electronic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    except Unanswerable as error:
        raise Refused(str(error)) from error
    source = "fitted" if dataset else "reported"
    return Outcome(
        values=(*fitted.values, Result("electronic_conductivity_s_cm", sigma)),
        curves=fitted.curves,
        messages=(Message(f"σ = L/(R A) with the {source} resistance."), *pellet.messages, *fitted.messages),
    )


def _reported_resistance(inputs: Inputs) -> Estimate:
    resistance = inputs.reported("resistance_ohm")
    if resistance is None:
        raise Refused(
            "needs a resistance: this measurement has no chronoamperometry data attached and reports no resistance"
        )
    return resistance


def _from_dataset(inputs: Inputs, dataset: Dataset) -> Outcome:
    last_points = int(inputs.parameter("last_points"))
    found = voltage_steps(
        np.asarray(dataset.column("test_time_second"), dtype=float),
        np.asarray(dataset.column("voltage_volt"), dtype=float),
        np.asarray(dataset.column("current_ampere"), dtype=float),
        last_points=last_points,
        smallest_step_volt=float(inputs.parameter("smallest_step_volt")),
    )
    voltage = np.array([step.voltage_v for step in found.steps])
    fit = fit_resistance(voltage, np.array([step.current_a for step in found.steps]))
    note = "One over the slope of current against voltage; " + _interval_words(fit)
    return Outcome(
        values=(Result("resistance_ohm", fit.resistance_ohm, note),),
        curves=_curves(found, fit),
        messages=_messages(found, fit, last_points),
    )


def _interval_words(fit: OhmicFit) -> str:
    low, high = fit.resistance_interval_ohm
    bounds = f"{low:.4g} to {high:.4g} Ω" if math.isfinite(high) else f"above {low:.4g} Ω"
    return f"95 % confidence interval {bounds} (Student's t, {fit.degrees_of_freedom} degrees of freedom)."


def _messages(found: VoltageSteps, fit: OhmicFit, last_points: int) -> tuple[Message, ...]:
    steps = found.steps
    voltages = ", ".join(f"{step.voltage_v:.4g}" for step in steps)
    messages = [
        Message(f"{len(steps)} voltage steps: {voltages} V; mean of the last {last_points} points of each."),
        Message(f"R = {fit.resistance_ohm.magnitude:.4g} Ω, {_interval_words(fit)}"),
    ]
    intercept = f"{fit.intercept_a:.2g} ± {fit.intercept_standard_error_a:.2g} A at 0 V"
    if fit.intercept_is_significant:
        messages.append(
            Message(f"The line misses the origin: {intercept}; an offset of the instrument or a leak?", "warning")
        )
    else:
        messages.append(Message(f"The line meets the origin within its error ({intercept})."))
    if not math.isfinite(fit.resistance_interval_ohm[1]):
        messages.append(
            Message("The slope is not distinguishable from zero: the resistance has no upper limit.", "warning")
        )
    if found.stray_rows:
        shown = ", ".join(str(row) for row in found.stray_rows[:10])
        more = f" and {len(found.stray_rows) - 10} more" if len(found.stray_rows) > 10 else ""
        messages.append(Message(f"Left out, because their voltage belongs to no step: rows {shown}{more}.", "warning"))
    largest = max(abs(step.current_a) for step in steps)
    for step in steps:
        real = abs(step.drift_a) > NOISE_OF_DRIFT * step.current_standard_error_a
        if real and abs(step.drift_a) > NOTABLE_DRIFT * largest:
            text = f"Step {step.number} ({step.voltage_v:.4g} V) is not at rest: its current still changes by "
            messages.append(Message(f"{text}{step.drift_a:.2g} A over the averaged points.", "warning"))
    return tuple(messages)


def _curves(found: VoltageSteps, fit: OhmicFit) -> tuple[Curve, ...]:
    voltage = tuple(step.voltage_v for step in found.steps)
    current = tuple(step.current_a for step in found.steps)
    ends = (min(0.0, *voltage), max(0.0, *voltage))
    line = tuple(fit.intercept_a + fit.conductance_s * volt for volt in ends)
    across = Axis("Voltage", "V")
    return (
        Curve(
            "current-voltage",
            "Current at rest against voltage",
            across,
            Axis("Current", "A"),
            (
                Series("Steps", voltage, current, line=False, markers=True),
                Series("Fit", ends, line),
            ),
        ),
        Curve(
            "residuals",
            "Residuals of the fit",
            across,
            Axis("Current minus fit", "A"),
            (Series("Residuals", voltage, fit.residual_a, line=False, markers=True),),
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer electronic conductivity on chronoamperometry measurements."""
    return (
        Analysis(
            name="electronic-conductivity",
            version="1.0.0",
            title="Electronic conductivity",
            description="R from a line of current at rest against voltage, or as reported; σ = L/(R A).",
            techniques=("chronoamperometry",),
            gives=("resistance_ohm", "electronic_conductivity_s_cm"),
            run=run,
            parameters=(
                Parameter(
                    "last_points",
                    int,
                    100,
                    "Points averaged at the end of each voltage step.",
                    minimum=2,
                    maximum=100_000,
                ),
                Parameter(
                    "smallest_step_volt",
                    float,
                    0.002,
                    "Smallest change of voltage from one row to the next that begins a new step.",
                    unit="V",
                    minimum=1e-6,
                    maximum=10.0,
                ),
            ),
            needs=(
                "data with the columns test_time_second, voltage_volt and current_ampere, or a reported resistance",
                "the thickness of the one layer with the role sample",
                "the area of that layer, or the die diameter of the set-up",
            ),
        ),
    )
