"""Voltage of chosen cycles against capacity, hysteresis at half of the capacity, and ohmic drop at current steps."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from analyses.cycling.cycles.cycle_series import cycle_not_in_data
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.voltage.current_steps import CurrentStep, TimeSeries, current_step, time_series
from analyses.cycling.voltage.voltage_curve import cycle_indices, evenly_spaced, half_cycle, voltage_curves
from analyses.cycling.voltage.voltage_hysteresis import half_capacity_voltage, voltage_hysteresis
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS, group_names
from registry.contract.analysis_support.cycling.cycling_curves import CYCLE_AXIS, series_of
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import read_cycling
from registry.contract.analysis_support.cycling.cycling_table import (
    CYCLE,
    FIRST_HALF,
    FORMATION,
    MAH_PER_AH,
    ROWS,
    CyclingTable,
    column,
)
from registry.contract.analysis_support.cycling.recorded_scale import (
    AREA,
    MASS,
    RecordedScale,
    read_scale,
    recorded_step,
    scale_of,
)
from registry.contract.written_step import written_step
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    InputDataset,
    Inputs,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

Array = NDArray[np.float64]
Values = list[Result | NotComputed]

HYSTERESIS = "voltage_hysteresis_v"
RESISTANCE = "ohmic_drop_resistance_ohm"
AREA_RESISTANCE = "ohmic_drop_resistance_ohm_cm2"
CHOSEN, STEP = "cycles", "current_step"
STEPS = {
    "start of discharge": (-1, True),
    "end of discharge": (-1, False),
    "start of charge": (1, True),
    "end of charge": (1, False),
}
"""Steps of the current: the half-cycle, and whether the step is at its start."""
LARGEST_CYCLE = 1e9
BY_DEFAULT, MOST_CYCLES, MOST_POINTS = 5, 20, 1000


def run(inputs: Inputs) -> Outcome:
    """Return voltage curves, hysteresis and ohmic drop of chosen cycles."""
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload the file of a cycling test")
    table = read_cycling(inputs, dataset, joined) if set(ROWS) <= set(dataset.names) else None
    summary = table.summary if table else None
    if table is None or summary is None:
        raise Refused(
            "missing-cycling-data",
            "needs rows with {rows}: the data have the columns {names}",
            rows=", ".join(ROWS),
            names=", ".join(dataset.names),
        )
    _check_numbers(summary.cycle)
    indices, messages = _chosen(inputs, table, summary)
    rows = (column(dataset, ROWS[0]), column(dataset, ROWS[1]), column(dataset, ROWS[2]))
    # A current of few digits that is integrated counts with the size of the cell.
    coarse = written_step(dataset, ROWS[2]) if scale_of(dataset) is None else 0.0
    series = time_series(*rows, summary, current_step_a=max(recorded_step(dataset, rows[2]), coarse))
    values: Values = [_hysteresis(series, rows, summary, index) for index in indices]
    steps = {index: _step(series, summary, index, str(inputs.parameter(STEP))) for index in indices}
    values += _resistances(inputs, dataset, summary, steps)
    curve, remarks = _voltage_curve(inputs, rows, summary, indices)
    results = tuple(value for value in values if isinstance(value, Result))
    return Outcome(
        values=results,
        curves=(*curve, *_against_cycle(results)),
        messages=(*messages, *remarks, *_definitions(inputs, results, list(steps.values())), *table.messages),
        not_computed=tuple(value for value in values if isinstance(value, NotComputed)),
    )


def _check_numbers(cycle: Array) -> None:
    """Refuse numbers of cycles that cannot be places of values."""
    bad = cycle[(cycle < 0) | (cycle > LARGEST_CYCLE) | (cycle != np.round(cycle))]
    if bad.size:
        raise Refused(
            "invalid-cycle-number",
            "{cycle:g} is not the number of a cycle: correct the column {column}",
            cycle=bad[0],
            column=CYCLE,
        )


def _chosen(inputs: Inputs, table: CyclingTable, summary: CycleSummary) -> tuple[tuple[int, ...], list[Message]]:
    """Return the indices of the chosen cycles, and which they are."""
    text = str(inputs.parameter(CHOSEN)).strip()
    if not text:
        both = np.flatnonzero((summary.charge_ah > 0) & (summary.discharge_ah > 0))
        among = both if both.size else np.arange(summary.cycle.size)
        indices = tuple(int(among[position]) for position in evenly_spaced(among.size, BY_DEFAULT))
        how = Message(
            "cycles-by-default",
            "Cycles {cycles:g}: the first, the last and some in between; the parameter {parameter} selects others.",
            cycles=Listed(summary.cycle[list(indices)]),
            parameter=CHOSEN,
        )
        return indices, [how, *_mixed(table, indices)]
    indices = cycle_indices(summary, text)
    numbers = [int(part) for part in text.replace(" ", "").split(",") if part.isdecimal()]
    missing = [number for number in numbers if number not in summary.cycle]
    if not indices:
        raise cycle_not_in_data(summary.cycle, missing[0] if missing else 0)
    if len(indices) > MOST_CYCLES:
        raise Refused(
            "too-many-cycles",
            "{count} cycles are selected: select at most {most}",
            count=len(indices),
            most=MOST_CYCLES,
        )
    lacking = [
        Message("cycles-not-in-data", "Not in the data: cycles {cycles}.", "warning", cycles=Listed(missing)),
    ]
    return indices, [*(lacking if missing else ()), *_mixed(table, indices)]


def _mixed(table: CyclingTable, indices: Sequence[int]) -> list[Message]:
    """Return a message if the chosen cycles are not comparable."""
    names = group_names(table.groups)
    groups = list(dict.fromkeys(names[index] or "no group" for index in indices))
    if len(groups) < 2:
        return []
    return [
        Message(
            "cycles-of-several-groups",
            "The selected cycles differ in current, voltage window or temperature ({groups}): compare voltages only "
            "within a group.",
            groups=Listed(groups),
        )
    ]


def _hysteresis(
    series: TimeSeries, rows: tuple[Array, Array, Array], summary: CycleSummary, index: int
) -> Result | NotComputed:
    """Return the hysteresis between the two half-cycles that the efficiency of a cycle relates."""
    at = {"cycle": int(summary.cycle[index])}
    stored = int(summary.preceding_index[index])
    charge, discharge = (index, stored) if summary.discharges_first else (stored, index)
    if stored < 0 or not (summary.charge_ah[charge] > 0 and summary.discharge_ah[discharge] > 0):
        return NotComputed(
            HYSTERESIS, "incomplete-cycle", "cycle {cycle} lacks a charge or a discharge", at=at, cycle=at["cycle"]
        )
    try:
        voltages = [
            half_capacity_voltage(
                half_cycle(rows, summary, number, way),
                capacity_resolution_ah=float(resolution[number]),
                voltage_step_v=series.voltage_step_v,
                constant_current_a=float(current[number]),
            )
            for number, way, resolution, current in (
                (charge, 1, summary.charge_resolution_ah, summary.charge_current_a),
                (discharge, -1, summary.discharge_resolution_ah, summary.discharge_current_a),
            )
        ]
        hysteresis = voltage_hysteresis(*voltages).attributed("noise")
    except InsufficientData as reason:
        return NotComputed.because(HYSTERESIS, reason, at=at)
    high, low = (voltage.magnitude for voltage in voltages)
    note = f"{high:.4g} V on charge, {low:.4g} V on discharge"
    return Result(HYSTERESIS, hysteresis, note, at=at)


def _step(series: TimeSeries, summary: CycleSummary, index: int, step: str) -> CurrentStep | InsufficientData:
    way, is_start = STEPS[step]
    try:
        return current_step(series, series.step_row(summary, index, way, is_start=is_start))
    except InsufficientData as reason:
        return reason


def _resistances(
    inputs: Inputs,
    dataset: InputDataset,
    summary: CycleSummary,
    steps: dict[int, CurrentStep | InsufficientData],
) -> Values:
    """Return the resistance at the step of each cycle, and per area of the cathode."""
    scale, area = scale_of(dataset), read_scale(inputs, AREA)
    values: Values = []
    for index, step in steps.items():
        at = {"cycle": int(summary.cycle[index])}
        if not isinstance(step, CurrentStep):
            values += [NotComputed.because(slug, step, at=at) for slug in (RESISTANCE, AREA_RESISTANCE)]
            continue
        resistance = step.resistance_ohm.attributed("noise")
        note = f"rows {step.interval_s:.3g} s apart, {1e3 * step.change_a:.3g} mA"
        values.append(Result(RESISTANCE, _of_the_cell(resistance, scale), note, at=at))
        if area.size is None:
            assert area.lacking
            values.append(NotComputed.because(AREA_RESISTANCE, area.lacking, at=at))
        else:
            values.append(Result(AREA_RESISTANCE, _per_area(resistance, area.size, scale), note, at=at))
    return values


def _of_the_cell(resistance: Estimate, scale: RecordedScale | None) -> Estimate:
    """Return a resistance with the uncertainty of the mass or area that the currents were multiplied by."""
    if scale is None or scale.size is None:
        return resistance
    best = scale.size.magnitude
    return propagate(lambda ohm, size: ohm * best / size, ohm=resistance, size=scale.size)


def _per_area(resistance: Estimate, area: Estimate, scale: RecordedScale | None) -> Estimate:
    """Return resistance times area; the area cancels where the file has the current per area."""
    if scale is not None and scale.per == AREA:
        return propagate(lambda ohm: ohm * scale.factor, ohm=resistance)
    return propagate(lambda ohm, area: ohm * area, ohm=_of_the_cell(resistance, scale), area=area)


def _voltage_curve(
    inputs: Inputs, rows: tuple[Array, Array, Array], summary: CycleSummary, indices: Sequence[int]
) -> tuple[tuple[Curve, ...], tuple[Message, ...]]:
    """Return voltage against capacity per gram, or of the cell if no mass is recorded, and why."""
    mass = read_scale(inputs, MASS)
    factor = MAH_PER_AH / mass.factor
    series: list[Series] = []
    for index in indices:
        halves = voltage_curves(*rows, summary, index, most_points=MOST_POINTS)
        for words, half in zip(("charge", "discharge"), halves, strict=True):
            if half.capacity_ah.size:
                name = f"Cycle {summary.cycle[index]:.0f}, {words}"
                series.append(series_of(name, half.capacity_ah * factor, half.voltage_v))
    x = Axis(quantity="specific_capacity_mah_g" if mass.size else "capacity_mah", label="" if mass.size else "Capacity")
    curve = Curve("charge-discharge", "Charge and discharge curves", x, Axis(quantity="voltage_v"), tuple(series))
    remarks: tuple[Message, ...] = ()
    if mass.lacking:
        reason = Refused.of(mass.lacking)
        remarks = (Message("capacity-without-mass", "Capacities in mAh: {reason}.", reason=reason),)
    return ((curve,) if series else ()), remarks


def _against_cycle(results: Sequence[Result]) -> list[Curve]:
    """Return each quantity against cycle number with its 95 % interval, if there are several."""
    curves = []
    for slug, name, title in (
        (HYSTERESIS, "voltage-hysteresis", "Voltage hysteresis at half capacity"),
        (RESISTANCE, "ohmic-drop", "Ohmic resistance (IR drop)"),
    ):
        of = sorted((result for result in results if result.quantity == slug), key=lambda result: result.at["cycle"])
        if len(of) < 2:
            continue
        lower, upper = zip(*(result.estimate.interval() for result in of), strict=True)
        points = Series(
            title,
            tuple(float(result.at["cycle"]) for result in of),
            tuple(result.estimate.magnitude for result in of),
            line=False,
            markers=True,
            y_lower=lower,
            y_upper=upper,
        )
        curves.append(Curve(name, f"{title} against cycle", CYCLE_AXIS, Axis(quantity=slug), (points,)))
    return curves


def _definitions(
    inputs: Inputs, results: Sequence[Result], steps: Sequence[CurrentStep | InsufficientData]
) -> list[Message]:
    """Return what hysteresis and resistance are."""
    messages = []
    if any(result.quantity == HYSTERESIS for result in results):
        messages.append(
            Message(
                "hysteresis-definition",
                "Hysteresis: charge voltage minus discharge voltage, each at half of its own capacity; it includes "
                "the polarisation at this current.",
            )
        )
    intervals = [step.interval_s for step in steps if isinstance(step, CurrentStep)]
    if intervals:
        messages.append(
            Message(
                "ohmic-drop-definition",
                "Ohmic drop at the {step}: voltage change divided by current change between two rows. It includes "
                "relaxation within the logging interval, up to {interval_s:.3g} s.",
                step=str(inputs.parameter(STEP)),
                interval_s=max(intervals),
            )
        )
    return messages


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the hysteresis and the resistance of the ohmic drop."""
    return (
        Quantity(
            slug=HYSTERESIS,
            name="Voltage hysteresis at half capacity",
            unit="V",
            unit_label="V",
            symbol="ΔV",
            description="Charge voltage minus discharge voltage, each at half of its own capacity.",
        ),
        Quantity(
            slug=RESISTANCE,
            name="Ohmic resistance (IR drop)",
            unit="ohm",
            unit_label="Ω",
            symbol="R_drop",
            description="Voltage change divided by current change at a current step.",
            minimum=0,
        ),
        Quantity(
            slug=AREA_RESISTANCE,
            name="Area-specific resistance of the ohmic drop",
            unit="ohm*cm**2",
            unit_label="Ω cm²",
            symbol="R_drop A",
            description="Ohmic resistance (IR drop) times the area of the cathode.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer charge-discharge curves on cycling measurements."""
    return (
        Analysis(
            name="charge-discharge-curves",
            version="1.2.1",
            title="Charge-discharge curves",
            description="Voltage of selected cycles against specific capacity, hysteresis at half capacity, ohmic "
            "drop.",
            techniques=("cycling",),
            outputs=(HYSTERESIS, RESISTANCE, AREA_RESISTANCE),
            run=run,
            not_applicable=("no-current",),
            parameters=(
                Parameter(
                    name=CHOSEN,
                    type=str,
                    default="",
                    help="Cycle numbers and ‘last’, separated by commas, such as 1, 2, 10, last; empty: the first, the "
                    "last and up to three between them.",
                    title="Cycles",
                ),
                Parameter(
                    name=STEP,
                    type=str,
                    default="start of discharge",
                    help="Current step at which the ohmic drop is determined.",
                    choices=tuple(STEPS),
                    title="Current step of the ohmic drop",
                ),
                FORMATION,
                FIRST_HALF,
                *GROUP_PARAMETERS[1:],
            ),
            requirements=(
                "rows with the test time, the voltage and the current",
                "for specific capacity: area, mass loading and active fraction of the cathode",
                "for the area-specific resistance: the area of the cathode",
            ),
        ),
    )
