"""Stack-pressure change while a cell is cycled: reversible, irreversible, per charge, and of which electrode."""

from collections.abc import Sequence

import numpy as np

from analyses.stack_pressure.pressure_changes import CycleChange, mean_change, mean_reversible_change
from analyses.stack_pressure.temperature_effect import temperature_effect
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cell.cell_stack import ANODE, CATHODE
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS
from registry.contract.analysis_support.cycling.cycling_table import FIRST_HALF, FORMATION
from registry.contract.analysis_support.cycling.per_cycle import cycle_table
from registry.contract.analysis_support.cycling.recorded_scale import AREA, read_scale, scale_of, with_size_uncertainty
from registry.contract.analysis_support.stack_pressure.pressure_input import CLOCK_SHIFT
from registry.contract.analysis_support.stack_pressure.stack_pressure_curves import (
    IRREVERSIBLE,
    REVERSIBLE,
    charge_ah,
    stack_pressure_curves,
)
from registry.contract.analysis_support.stack_pressure.stack_pressure_test import (
    CHOSEN,
    StackPressureTest,
    read_stack_pressure_test,
)
from registry.contract.analysis_support.stack_pressure.zero_strain import ZERO_STRAIN, changing_electrode
from registry.hookspecs import (
    Analysis,
    CycleTable,
    Inputs,
    Message,
    NotComputed,
    Outcome,
    Quantity,
    Result,
    hookimpl,
)

CONTRACT_VERSION = 2

SHIFT = "clock_shift_s"
CHARGE, DISCHARGE = "charge_pressure_change_mpa", "discharge_pressure_change_mpa"
PER_CHARGE, PER_AREAL = "pressure_change_per_charge_mpa_mah", "pressure_change_per_areal_charge_mpa_cm2_mah"
OF_ELECTRODE = {
    CATHODE: ("positive_electrode_pressure_change_mpa", "positive_electrode_pressure_change_per_charge_mpa_mah"),
    ANODE: ("negative_electrode_pressure_change_mpa", "negative_electrode_pressure_change_per_charge_mpa_mah"),
}
OUTPUTS = (
    SHIFT,
    REVERSIBLE,
    IRREVERSIBLE,
    CHARGE,
    DISCHARGE,
    PER_CHARGE,
    PER_AREAL,
    *(slug for slugs in OF_ELECTRODE.values() for slug in slugs),
)
KPA_PER_MPA = 1000.0
CORRELATED_SHARE = 0.2
"""Share of the noise from which it is called correlated."""


def run(inputs: Inputs) -> Outcome:
    """Return the changes of the pressure over the comparable cycles and of chosen ones."""
    test = read_stack_pressure_test(inputs)
    mean, mean_messages = _means(test)
    per_charge, lacking = _per_charge(inputs, test, mean[REVERSIBLE])
    electrode, of_which = changing_electrode(inputs)
    cycles, too_far = _cycles(test)
    return Outcome(
        values=(
            *_shift(test),
            *mean.values(),
            *_at_cycles(test),
            *per_charge,
            *_of_electrode(electrode, mean, per_charge),
        ),
        curves=stack_pressure_curves(test),
        messages=(
            _definition(test),
            *mean_messages,
            of_which,
            *_noise(test),
            *_temperature(test),
            *test.messages,
            *too_far,
        ),
        not_computed=lacking,
        cycles=cycles,
    )


def _shift(test: StackPressureTest) -> tuple[Result, ...]:
    if test.pressure.shift_s is None:
        return ()
    return (Result(SHIFT, test.pressure.shift_s, "time of the test minus time of the pressure log"),)


def _means(test: StackPressureTest) -> tuple[dict[str, Result], tuple[Message, ...]]:
    """Return the means over the comparable cycles by quantity, and what they hold."""
    changes = [test.changes[index] for index in test.compared]
    cycle = test.summary.cycle[list(test.compared)]
    charges, discharges, lasting = _columns(changes)
    reversible = mean_reversible_change(cycle, charges, discharges)
    means = {
        REVERSIBLE: reversible,
        IRREVERSIBLE: mean_change(cycle, lasting),
        CHARGE: mean_change(cycle, charges),
        DISCHARGE: mean_change(cycle, discharges),
    }
    words = "cycle" if len(changes) == 1 else "comparable cycles, mean"
    note = f"{len(changes)} {words}"
    results = {slug: Result(slug, test.pressure.of_area(mean.mpa), note) for slug, mean in means.items()}
    return results, (*_settling(cycle, lasting), *_beyond(results[REVERSIBLE].estimate))


def _columns(changes: Sequence[CycleChange]) -> tuple[list[Estimate], list[Estimate], list[Estimate]]:
    """Return charges, discharges and irreversible changes of cycles that have all three."""
    parts = [
        (change.charge_mpa, change.discharge_mpa, change.irreversible_mpa)
        for change in changes
        if change.charge_mpa and change.discharge_mpa and change.irreversible_mpa
    ]
    charges, discharges, lasting = (list(column) for column in zip(*parts, strict=True))
    return charges, discharges, lasting


def _settling(cycle: np.ndarray, lasting: Sequence[Estimate]) -> tuple[Message, ...]:
    """Return how far the pressure drifts in all, and how much of it in the first third of the cycles."""
    values = np.array([change.magnitude for change in lasting])
    early = max(1, values.size // 3)
    return (
        Message(
            "pressure-drift",
            "At the same state of charge the pressure changes by {total_mpa:.3g} MPa over the {count} cycles from "
            "{first:.0f} to {last:.0f}, of which {early_mpa:.3g} MPa in the first {early} cycles. A monotonic drift "
            "within a cycle (settling, relaxation, growth) widens the bounds of the reversible change but is not part "
            "of it.",
            total_mpa=float(values.sum()),
            count=values.size,
            first=cycle[0],
            last=cycle[-1],
            early_mpa=float(values[:early].sum()),
            early=early,
        ),
    )


def _beyond(reversible: Estimate) -> tuple[Message, ...]:
    lower, upper = reversible.interval()
    if not lower <= 0 <= upper:
        return ()
    return (
        Message(
            "no-reversible-change",
            "No reversible pressure change can be distinguished from drift and noise: its interval, {lower_mpa:.3g} "
            "to {upper_mpa:.3g} MPa, includes zero.",
            "warning",
            lower_mpa=lower,
            upper_mpa=upper,
        ),
    )


def _at_cycles(test: StackPressureTest) -> list[Result]:
    """Return the changes of the chosen cycles."""
    results = []
    for index in test.chosen:
        change = test.changes[index]
        parts = {
            REVERSIBLE: change.reversible_mpa,
            IRREVERSIBLE: change.irreversible_mpa,
            CHARGE: change.charge_mpa,
            DISCHARGE: change.discharge_mpa,
        }
        at = {"cycle": int(test.summary.cycle[index])}
        results += [Result(slug, test.pressure.of_area(number), at=at) for slug, number in parts.items() if number]
    return results


def _per_charge(
    inputs: Inputs, test: StackPressureTest, reversible: Result
) -> tuple[tuple[Result, ...], tuple[NotComputed, ...]]:
    """Return the mean reversible change over the mean capacity of charge and discharge, per area of the cathode too."""
    capacity = _capacity(test)
    slope = propagate(lambda mpa, mah: mpa / mah, mpa=reversible.estimate, mah=capacity)
    result = Result(PER_CHARGE, slope, f"over {capacity.magnitude:.4g} mAh, mean of charges and discharges")
    area = read_scale(inputs, AREA)
    if area.size is None:
        assert area.lacking
        return (result,), (NotComputed.because(PER_AREAL, area.lacking),)
    scale = scale_of(test.dataset)
    # The area cancels where the file has the current per area.
    if scale is not None and scale.per == AREA:
        own = propagate(
            lambda mpa, mah: mpa / mah * scale.factor, mpa=reversible.estimate, mah=_capacity(test, own=True)
        )
    else:
        own = propagate(lambda slope, cm2: slope * cm2, slope=slope, cm2=area.size)
    return (result, Result(PER_AREAL, own, "per area of the cathode")), ()


def _capacity(test: StackPressureTest, *, own: bool = False) -> Estimate:
    """Return the mean capacity of the charges and discharges compared [mAh]; `own` leaves out the size of the cell."""
    rows, table = list(test.compared), test.table
    assert table.charge_mah is not None
    numbers = np.concatenate((table.charge_mah[rows], table.discharge_mah[rows]))
    errors = np.concatenate((table.charge_resolution_mah[rows], table.discharge_resolution_mah[rows]))
    capacity = Estimate.rounded(float(numbers.mean()), min(float(errors.mean()), 0.5 * float(numbers.mean())))
    return capacity if own else with_size_uncertainty(test.dataset, capacity)


def _of_electrode(electrode: str, mean: dict[str, Result], per_charge: Sequence[Result]) -> tuple[Result, ...]:
    """Return the reversible change, and per charge, as those of the electrode that changes its volume."""
    if not electrode:
        return ()
    change, slope = OF_ELECTRODE[electrode]
    note = "the other electrode is a zero-strain material"
    return Result(change, mean[REVERSIBLE].estimate, note), Result(slope, per_charge[0].estimate, note)


def _definition(test: StackPressureTest) -> Message:
    return Message(
        "pressure-change-definition",
        "Reversible change: mean of the change on charge and the negative change on discharge, positive if the "
        "pressure rises on charge. Irreversible change: from the start of a cycle to the end of its second "
        "half-cycle. The pressure at each end is that of a parabola fitted to the nearest rows of the log.",
        cycles=len(test.compared),
    )


def _noise(test: StackPressureTest) -> tuple[Message, ...]:
    noise = test.ends.noise
    messages = []
    if noise.correlated_share > CORRELATED_SHARE:
        messages.append(
            Message(
                "correlated-pressure-noise",
                "The sensor noise, {noise_kpa:.3g} kPa, is correlated over about {rows:.0f} rows of the log: the "
                "intervals are widened accordingly.",
                noise_kpa=KPA_PER_MPA * noise.standard_deviation,
                rows=noise.correlation_rows,
            )
        )
    else:
        messages.append(
            Message(
                "pressure-noise",
                "Sensor noise: {noise_kpa:.2g} kPa, independent from row to row.",
                noise_kpa=KPA_PER_MPA * noise.standard_deviation,
            )
        )
    if test.ends.step_mpa:
        messages.append(
            Message(
                "pressure-resolution",
                "The pressure column has a resolution of {step_kpa:.3g} kPa, coarser than the noise: each change is "
                "known to within one step.",
                step_kpa=2 * KPA_PER_MPA * test.ends.step_mpa,
            )
        )
    return tuple(messages)


def _temperature(test: StackPressureTest) -> tuple[Message, ...]:
    """Return a warning if the pressure follows the temperature."""
    log, degc = test.pressure.log, test.pressure.temperature_degc
    if degc is None:
        return ()
    effect = temperature_effect(log.pressure_mpa, degc, charge_ah(test, log.time_s))
    if effect is None or not effect.is_notable:
        return ()
    return (
        Message(
            "pressure-follows-temperature",
            "The pressure follows the temperature (correlation {correlation:.2f}, {kpa_per_k:.3g} kPa/K, after "
            "removing the dependence on charge and time): the {range_k:.2g} K range of this test changes it by "
            "{change_mpa:.2g} MPa; this is not corrected.",
            "warning",
            correlation=effect.correlation,
            kpa_per_k=KPA_PER_MPA * effect.mpa_per_k,
            range_k=effect.range_k,
            change_mpa=abs(effect.mpa_per_k) * effect.range_k,
        ),
    )


def _cycles(test: StackPressureTest) -> tuple[CycleTable | None, tuple[Message, ...]]:
    """Return the changes of each cycle."""
    columns = {
        slug: np.array([number.magnitude if number else np.nan for number in numbers])
        for slug, numbers in {
            REVERSIBLE: [change.reversible_mpa for change in test.changes],
            IRREVERSIBLE: [change.irreversible_mpa for change in test.changes],
            CHARGE: [change.charge_mpa for change in test.changes],
            DISCHARGE: [change.discharge_mpa for change in test.changes],
        }.items()
    }
    return cycle_table(test.summary.cycle, columns)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the changes of the pressure."""
    return (
        Quantity(
            slug=SHIFT,
            name="Clock shift of the pressure log",
            unit="s",
            unit_label="s",
            description="Time of the test minus time of the pressure log at the same moment.",
        ),
        _pressure(
            IRREVERSIBLE,
            "Irreversible pressure change",
            "From the start of a cycle to the end of its second half-cycle.",
        ),
        _pressure(CHARGE, "Pressure change on charge", "From the start of the charge to its end."),
        _pressure(DISCHARGE, "Pressure change on discharge", "From the start of the discharge to its end."),
        _slope(PER_CHARGE, "Pressure change per charge"),
        Quantity(
            slug=PER_AREAL,
            name="Pressure change per charge and area",
            unit="MPa*cm**2/mA/h",
            unit_label="MPa cm² mA⁻¹ h⁻¹",
            description="Reversible pressure change divided by the mean areal capacity of charge and discharge.",
        ),
        *(
            quantity
            for role, words in ((CATHODE, "positive"), (ANODE, "negative"))
            for quantity in (
                _pressure(
                    OF_ELECTRODE[role][0],
                    f"Pressure change of the {words} electrode",
                    "Reversible pressure change of a cell whose other electrode is a zero-strain material.",
                ),
                _slope(OF_ELECTRODE[role][1], f"Pressure change of the {words} electrode per charge"),
            )
        ),
        Quantity(
            slug="state_of_charge_percent",
            name="State of charge",
            unit="percent",
            unit_label="%",
            description="Charge above the minimum of a cycle, relative to the range from its minimum to its maximum.",
        ),
    )


def _pressure(slug: str, name: str, description: str) -> Quantity:
    return Quantity(slug=slug, name=name, unit="MPa", unit_label="MPa", symbol="Δp", description=description)


def _slope(slug: str, name: str) -> Quantity:
    words = "Reversible pressure change divided by the mean capacity of charge and discharge."
    return Quantity(slug=slug, name=name, unit="MPa/mA/h", unit_label="MPa mA⁻¹ h⁻¹", description=words)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the change of the pressure on cycling tests with a pressure log."""
    return (
        Analysis(
            name="stack-pressure",
            version="1.2.0",
            title="Stack-pressure change",
            description="Reversible and irreversible stack-pressure change: per cycle, per unit of charge, per "
            "electrode.",
            techniques=("pressure", "cycling"),
            outputs=OUTPUTS,
            run=run,
            not_applicable=("missing-pressure", "no-current"),
            parameters=(CLOCK_SHIFT, CHOSEN, ZERO_STRAIN, FORMATION, FIRST_HALF, *GROUP_PARAMETERS[1:]),
            requirements=(
                "rows of a cycling test with time, voltage and current",
                "the stack pressure or force in the same file, or in a dataset with the role pressure log",
                "for a force: the area of the electrodes or the die diameter",
                "for the change per areal charge: the area of the cathode",
            ),
        ),
    )
