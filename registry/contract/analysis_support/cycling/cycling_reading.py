"""The per-cycle table of a cycling test, read from the file or computed from its rows."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_conditions import cycle_conditions
from analyses.cycling.cycles.cycle_groups import CycleConditions, CycleGroups, group_cycles
from analyses.cycling.cycles.cycle_protocol import lacks_last, whole_cycles
from analyses.cycling.cycles.cycle_series import ordered
from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.cycling.cycles.step_currents import constant_currents
from analyses.cycling.rows.row_checks import known_steps
from analyses.statistics.resolution import decimal_step
from registry.contract.analysis_support.cycling.cycle_group_choice import formation_message, group_messages, tolerances
from registry.contract.analysis_support.cycling.cycling_table import (
    CHARGE,
    CYCLE,
    DISCHARGE,
    DISCHARGE_FIRST,
    EFFICIENCY,
    FIRST_HALF,
    FORMATION,
    FROM_DATA,
    MAH_PER_AH,
    ROWS,
    STEP,
    TEMPERATURES,
    CyclingTable,
    Passed,
    column,
)
from registry.contract.analysis_support.cycling.recorded_scale import COUNTERS, recorded_step, rounding_ah
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused
from registry.contract.written_step import written_step

Array = NDArray[np.float64]
NO_GROUPS = CycleGroups(groups=(), number=np.zeros(0, dtype=np.intp), is_rate_test=False, main=None)


def holds_cycles(dataset: InputDataset) -> bool:
    """Return True if the data are a per-cycle table or rows to compute it from."""
    names = set(dataset.names)
    return {CYCLE, DISCHARGE} <= names or set(ROWS) <= names


def read_cycling(inputs: Inputs, dataset: InputDataset, remarks: tuple[Message, ...] = ()) -> CyclingTable:
    """Return the table, with remarks on the data before its messages; `InsufficientData` if the data are not usable."""
    declared = int(inputs.parameter(FORMATION.name))
    first_half = str(inputs.parameter(FIRST_HALF.name))
    if {CYCLE, DISCHARGE} <= set(dataset.names):
        table = _from_table(inputs, dataset, declared, first_half)
    else:
        table = _from_rows(inputs, dataset, declared, first_half)
    return replace(table, messages=(*remarks, *table.messages))


def _from_table(inputs: Inputs, dataset: InputDataset, declared: int, first_half: str) -> CyclingTable:
    names = [name for name in (DISCHARGE, CHARGE, EFFICIENCY) if name in dataset.names]
    cycle, columns, remarks = ordered(column(dataset, CYCLE), **{name: column(dataset, name) for name in names})
    messages = [Message.of(remark) for remark in remarks]
    discharge = columns[DISCHARGE] * MAH_PER_AH
    resolutions = [np.full(cycle.size, recorded_step(dataset, half) / 2) for half in (discharge, discharge)]
    charge = columns[CHARGE] * MAH_PER_AH if CHARGE in columns else None
    if charge is not None:
        resolutions[1] = np.full(cycle.size, recorded_step(dataset, charge) / 2)
    elif EFFICIENCY in columns:
        charge = 100 * discharge / columns[EFFICIENCY]
        # Of the efficiency alone: its numbers were not computed from the discharge capacity as printed here.
        resolutions[1] = charge * (decimal_step(columns[EFFICIENCY], 2) / 2) / columns[EFFICIENCY]
        messages.append(
            Message(
                "charge-from-efficiency",
                "Charge capacity computed from the discharge capacity and the coulombic efficiency of the file.",
            )
        )
    discharges_first = first_half == DISCHARGE_FIRST
    passed = Passed(discharge, charge, resolutions[0], resolutions[1], None, float(cycle[0]))
    interrupted = None
    missing = [name for name, half in (("discharge", discharge), ("charge", charge)) if _lacks(half)]
    if "discharge" in missing or (missing and discharges_first):
        interrupted = int(cycle[-1])
        messages.append(
            Message(
                "interrupted-cycle-excluded",
                "Excluded the interrupted last cycle, {cycle}: it has no {missing}.",
                "warning",
                cycle=interrupted,
                missing=" and no ".join(missing),
            )
        )
        cycle, discharge, charge = cycle[:-1], discharge[:-1], None if charge is None else charge[:-1]
    messages.append(
        Message(
            "currents-not-in-table",
            "The table has no current column: cycles at different currents, such as capacity checks, cannot be "
            "distinguished.",
        )
    )
    return _grouped(
        CyclingTable(
            cycle=cycle,
            discharge_mah=discharge,
            charge_mah=charge,
            discharge_resolution_mah=resolutions[0][: cycle.size],
            charge_resolution_mah=resolutions[1][: cycle.size],
            groups=NO_GROUPS,
            formation=max(declared, 0),
            interrupted=interrupted,
            summary=None,
            messages=tuple(messages),
            discharges_first=discharges_first,
            passed=passed,
        ),
        CycleConditions.unknown(cycle.size),
        inputs,
    )


def _lacks(half: Array | None) -> bool:
    return half is not None and lacks_last(half)


def _from_rows(inputs: Inputs, dataset: InputDataset, declared: int, first_half: str) -> CyclingTable:
    time, voltage, current = (column(dataset, name) for name in ROWS)
    names = [name for name in (CYCLE, STEP, *COUNTERS) if name in dataset.names]
    optional: dict[str, Any] = {name: column(dataset, name) for name in names}
    optional |= {"time_step_s": written_step(dataset, ROWS[0]), "current_step_a": written_step(dataset, ROWS[2])}
    all_cycles = cycle_summary(time, voltage, current, **optional)
    messages = [Message.of(remark) for remark in all_cycles.remarks]
    if first_half != FROM_DATA:
        all_cycles = replace(all_cycles, discharges_first=first_half == DISCHARGE_FIRST)
    messages += _how_counted(all_cycles, CYCLE in names)
    whole = whole_cycles(all_cycles)
    table = whole.table
    messages += [Message.of(remark) for remark in whole.remarks]
    if table.cycle.size == 1 and whole.interrupted is None:
        messages.append(
            Message(
                "one-cycle-not-checked",
                "The data have one cycle: whether its last half-cycle is complete cannot be checked.",
            )
        )
    if table.spans_numbers:
        stored, recovered = ("discharge", "charge") if table.discharges_first else ("charge", "discharge")
        messages.append(
            Message(
                "efficiency-definition",
                "The test begins with a {stored}, but the cycle number changes before each {recovered}: efficiencies "
                "relate each {recovered} to the {stored} of the cycle before.",
                recovered=recovered,
                stored=stored,
            )
        )
    ordered(table.cycle)
    temperature = next((column(dataset, name) for name in TEMPERATURES if name in dataset.names), None)
    return _grouped(
        CyclingTable(
            cycle=table.cycle,
            discharge_mah=table.discharge_ah * MAH_PER_AH,
            charge_mah=table.charge_ah * MAH_PER_AH,
            discharge_resolution_mah=table.discharge_resolution_ah * MAH_PER_AH,
            charge_resolution_mah=(table.charge_resolution_ah + rounding_ah(dataset, table)) * MAH_PER_AH,
            groups=NO_GROUPS,
            formation=declared,
            interrupted=whole.interrupted,
            summary=table,
            messages=tuple(messages),
            discharges_first=table.discharges_first,
            passed=_passed(all_cycles, float(np.ptp(time))),
        ),
        cycle_conditions(table, temperature, _currents(dataset, table)),
        inputs,
        current_step_a=recorded_step(dataset, current),
    )


def _passed(cycles: CycleSummary, duration_s: float) -> Passed:
    return Passed(
        discharge_mah=cycles.discharge_ah * MAH_PER_AH,
        charge_mah=cycles.charge_ah * MAH_PER_AH,
        discharge_resolution_mah=cycles.discharge_resolution_ah * MAH_PER_AH,
        charge_resolution_mah=cycles.charge_resolution_ah * MAH_PER_AH,
        duration_s=duration_s,
        first_cycle=float(cycles.cycle[0]),
    )


def _currents(dataset: InputDataset, table: CycleSummary) -> tuple[Array, Array]:
    """Return the number of constant currents of each charge and discharge, nan if the file has no steps."""
    time, _, current = (column(dataset, name) for name in ROWS)
    step = known_steps(column(dataset, STEP)) if STEP in dataset.names else None
    return constant_currents(time, current, step, table.first_row, table.last_row)


def _how_counted(cycles: CycleSummary, has_numbers: bool) -> list[Message]:
    messages = []
    if not has_numbers:
        messages.append(
            Message(
                "cycles-counted-by-current",
                "No cycle numbers in the data: cycles were counted by the sign of the current, ignoring rests.",
            )
        )
    source = "the instrument's counters" if cycles.capacity_from == "counters" else "the integral of the current"
    messages.append(
        Message(
            "cycle-table-from-rows",
            "Per-cycle table of {cycle_size} cycles computed from the rows; capacity from {source}.",
            cycle_size=cycles.cycle.size,
            source=source,
        )
    )
    return messages


def _grouped(
    table: CyclingTable, conditions: CycleConditions, inputs: Inputs, current_step_a: float = 0.0
) -> CyclingTable:
    """Return the table with its groups; formation that was set counts to none of them."""
    declared = max(table.formation, 0)
    if declared >= max(table.cycle.size, 1):
        raise Refused(
            "too-many-formation-cycles",
            "{formation} formation cycles for {cycles} cycles in the data: set formation_cycles lower",
            formation=declared,
            cycles=table.cycle.size,
        )
    groups = group_cycles(conditions.after(declared), tolerances(inputs, current_step_a)).moved(declared)
    formation = declared if table.formation >= 0 else groups.formation_cycles
    how = "as set" if declared else "by its conditions"
    told = (formation_message(table.cycle, formation, how),) if formation else ()
    messages = (*table.messages, *group_messages(groups, table.cycle), *told)
    return replace(table, groups=groups, formation=formation, messages=messages)
