"""Energies, voltages and efficiencies of each cycle, specific and areal capacity, and curves of chosen cycles."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyses.cell.active_mass import areal_capacity_mah_cm2, specific_capacity_mah_g
from analyses.cycling.capacity.capacity_retention import first_efficiency_percent, median_ratio_percent
from analyses.cycling.cycles.cycle_series import cycle_not_in_data
from analyses.cycling.cycles.cycle_starts import LEADING_SHARE
from analyses.cycling.voltage.voltage_curve import cycle_indices, voltage_curves
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.cell_stack import read_repeat_units
from registry.contract.analysis_support.cell.weighed_layer import read_weighed_layer
from registry.contract.analysis_support.cycling.cell_usage import (
    OUTPUTS,
    usage_columns,
    usage_quantities,
    usage_results,
)
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS, group_names
from registry.contract.analysis_support.cycling.cycling_context import context_messages
from registry.contract.analysis_support.cycling.cycling_curves import cycle_curves, efficiency_curves, series_of
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import holds_cycles, read_cycling
from registry.contract.analysis_support.cycling.cycling_table import (
    CHARGE,
    CYCLE,
    DISCHARGE,
    FIRST_HALF,
    FORMATION,
    MAH_PER_AH,
    ROWS,
    CyclingTable,
    column,
    median_words,
)
from registry.contract.analysis_support.cycling.per_cycle import cycle_table, summary_columns
from registry.contract.analysis_support.cycling.recorded_scale import (
    in_known_units,
    recorded_capacity,
    scale_of,
    with_size_uncertainty,
)
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    InputDataset,
    Inputs,
    Layer,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    hookimpl,
)

CONTRACT_VERSION = 2

Array = NDArray[np.float64]
Part = tuple[tuple[Result, ...], tuple[Message, ...]]

MOST_POINTS = 2000


def run(inputs: Inputs) -> Outcome:
    """Return the results of a cycle: energy, mean voltages, efficiencies and capacities per gram and per area."""
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload the file of a cycling test")
    if not holds_cycles(dataset):
        raise Refused(
            "missing-cycling-data",
            "needs rows with {rows}, or a per-cycle table with {cycle} and {discharge}: the data have the "
            "columns {names}",
            rows=", ".join(ROWS),
            cycle=CYCLE,
            discharge=DISCHARGE,
            names=", ".join(dataset.names),
        )
    table = read_cycling(inputs, dataset, joined)
    reference = int(inputs.parameter("reference_cycle")) or int(table.cycle[table.first_index])
    capacity = _at(table, table.discharge_mah, reference, table.discharge_resolution_mah)
    energies, energy_messages = _energies(table, reference)
    curves = (*efficiency_curves(table), *_chosen_curves(inputs, dataset, table))
    first, first_messages = _first_efficiency(table)
    specific, lacking = _by_layers(inputs, dataset, capacity)
    curves += cycle_curves(table, capacity.magnitude, specific)
    definitions = Message(
        "cycle-of-values",
        "Values of cycle {reference}. Coulombic efficiency: {efficiency_definition}; energy efficiency: "
        "discharge energy over charge energy of {energy_definition}.",
        reference=reference,
        efficiency_definition=table.efficiency_definition,
        energy_definition=table.energy_definition,
    )
    columns = {**summary_columns(table, capacity.magnitude, specific), **usage_columns(dataset, table)}
    cycles, cycle_messages = cycle_table(table.cycle, columns, group_names(table.groups))
    outcome = Outcome(
        values=(
            Result("discharge_capacity_mah", capacity, f"at cycle {reference}"),
            *energies,
            *first,
            *specific,
            *usage_results(table, capacity, reference),
        ),
        curves=curves,
        messages=(
            definitions,
            *context_messages(inputs, dataset, table),
            *table.messages,
            *energy_messages,
            *first_messages,
            *cycle_messages,
        ),
        not_computed=lacking,
        cycles=cycles,
    )
    return in_known_units(dataset, outcome)


def _at(table: CyclingTable, numbers: Array, reference: int, resolution: Array | None = None) -> Estimate:
    """Return a number of the reference cycle within its resolution; refuse if the cycle has none."""
    index = np.flatnonzero(table.cycle == reference)
    if not index.size:
        raise cycle_not_in_data(table.cycle, reference)
    if not np.isfinite(numbers[index[0]]):
        raise Refused(
            "cycle-without-discharge",
            "cycle {reference} has no discharge: choose another reference cycle",
            reference=reference,
        )
    half_width = 0.0 if resolution is None else float(resolution[index[0]])
    return Estimate.rounded(float(numbers[index[0]]), half_width)


def _energies(table: CyclingTable, reference: int) -> Part:
    summary = table.summary
    if summary is None:
        return (), (
            Message(
                "voltage-not-in-table", "No energies or mean voltages: a per-cycle table of capacities has no voltage."
            ),
        )
    index = int(np.searchsorted(table.cycle, reference))
    if np.isnan(summary.discharge_energy_wh[index]):
        return (), (
            Message(
                "too-few-rows-for-energy",
                "No energies or mean voltages: cycle {cycle} has too few rows to average the voltage.",
                cycle=reference,
            ),
        )
    at = f"at cycle {reference}"
    energy_mwh, error_mwh = summary.discharge_energy_wh * MAH_PER_AH, summary.energy_resolution_wh[0] * MAH_PER_AH
    mean_v, mean_step_v = summary.mean_discharge_voltage_v, summary.mean_discharge_step_v
    voltage_words = f"discharge energy over discharge capacity, {at}"
    results = [
        Result("discharge_energy_mwh", _at(table, energy_mwh, reference, error_mwh), at),
        Result("mean_discharge_voltage_v", _at(table, mean_v, reference, mean_step_v), voltage_words),
    ]
    if summary.mean_charge_voltage_v[index] > 0:
        words = f"charge energy over charge capacity, {at}"
        charging = _at(table, summary.mean_charge_voltage_v, reference, summary.mean_charge_step_v)
        results.append(Result("mean_charge_voltage_v", charging, words))
    like = (table.groups.number == table.groups.number[index]) & (table.cycle >= reference)
    discharge, charge = summary.energy_pair_wh
    errors = summary.energy_pair_resolution_wh
    both = like & (charge > errors[1]) & (discharge > 0)
    if not both.any():
        return tuple(results), (
            Message("no-energy-efficiency", "No energy efficiency: no cycle has charge and discharge above 0 V."),
        )
    kept = table.without_first(both)
    efficiency = median_ratio_percent(discharge[kept], charge[kept], (errors[0][kept], errors[1][kept]))
    words = median_words(int(kept.sum()), bool((both & ~kept).any()))
    note = f"discharge energy over charge energy of {table.energy_definition}, {words}"
    above = table.above_unity("Energy efficiency", efficiency)
    return (*results, Result("energy_efficiency_percent", efficiency, note)), above


def _first_efficiency(table: CyclingTable) -> Part:
    recovered, stored = table.recovered_mah, table.stored_mah
    if recovered is None or stored is None:
        return (), (Message("missing-charge-column", "No first-cycle efficiency: no column {charge}.", charge=CHARGE),)
    if not ((stored > 0) & (recovered > 0)).any():
        return (), (Message("no-complete-cycle", "No first-cycle efficiency: no cycle has both charge and discharge."),)
    first = table.first_complete
    if first is None:
        return (), (
            Message(
                "first-cycle-not-in-data",
                "No first-cycle efficiency: the data start at cycle {cycle:.0f}.",
                cycle=table.passed.first_cycle,
            ),
        )
    if stored[first] < LEADING_SHARE * recovered[first]:
        return (), (
            Message(
                "first-half-incomplete",
                "No first-cycle efficiency: cycle {cycle:.0f} returns {recovered_mah:.4g} mAh after {stored_mah:.4g} "
                "mAh were stored, so the cell was not empty at the start.",
                "warning",
                cycle=table.cycle[first],
                recovered_mah=recovered[first],
                stored_mah=stored[first],
            ),
        )
    efficiency = first_efficiency_percent(
        Estimate.rounded(float(recovered[first]), float(table.recovered_resolution_mah[first])),
        Estimate.rounded(float(stored[first]), float(table.stored_resolution_mah[first])),
    )
    note = f"{table.efficiency_definition}, of cycle {table.cycle[first]:.0f}"
    above = table.above_unity("First-cycle efficiency", efficiency)
    return (Result("first_cycle_efficiency_percent", efficiency, note),), above


def _by_layers(
    inputs: Inputs, dataset: InputDataset, capacity: Estimate
) -> tuple[tuple[Result, ...], tuple[NotComputed, ...]]:
    """Return capacity per gram and per area, as recorded if the file has it, or what is missing for them."""
    cathodes = [layer for layer in inputs.layers if layer.role == "cathode"]
    several = f" (sum of {len(cathodes)} layers)" if len(cathodes) > 1 else ""
    recorded, scale = recorded_capacity(dataset, capacity), scale_of(dataset)
    of_cell = with_size_uncertainty(dataset, capacity)
    units = read_repeat_units(inputs) or 1
    of_units = f" of {units} repeat units" if units > 1 else ""
    results, lacking = [recorded] if recorded else [], []
    for slug, note, compute in (
        ("areal_capacity_mah_cm2", f"per area of the cathode{several}{of_units}", _areal),
        ("specific_capacity_mah_g", "per gram of active material in the cathode", _specific),
    ):
        if recorded and recorded.quantity == slug:
            continue
        if scale and scale.lacking:
            lacking.append(NotComputed.because(slug, scale.lacking))
            continue
        try:
            if not cathodes:
                raise Refused(
                    "missing-layer-role", "the cell has no layer with the role {role}: add one", role="cathode"
                )
            results.append(Result(slug, compute(of_cell, cathodes, units), note))
        except (Refused, InsufficientData) as refusal:
            lacking.append(NotComputed.because(slug, refusal))
    return tuple(results), tuple(lacking)


def _areal(capacity: Estimate, cathodes: Sequence[Layer], units: int) -> Estimate:
    return areal_capacity_mah_cm2(capacity, [layer.require("area_cm2", "area") for layer in cathodes], units)


def _specific(capacity: Estimate, cathodes: Sequence[Layer], units: int) -> Estimate:
    stack = [
        replace(
            read_weighed_layer(layer),
            active_fraction_percent=layer.require("active_fraction_percent", "mass fraction of active material"),
        )
        for layer in cathodes
    ]
    return specific_capacity_mah_g(capacity, stack, units)


def _chosen_curves(inputs: Inputs, dataset: InputDataset, table: CyclingTable) -> tuple[Curve, ...]:
    summary = table.summary
    if summary is None:
        return ()
    rows = [column(dataset, name) for name in ROWS]
    series = []
    for index in cycle_indices(summary, str(inputs.parameter("chosen_cycles"))):
        halves = voltage_curves(rows[0], rows[1], rows[2], summary, index, most_points=MOST_POINTS)
        for words, half in (("discharge", halves[1]), ("charge", halves[0])):
            if half.capacity_ah.size:
                name = f"Cycle {summary.cycle[index]:.0f}, {words}"
                series.append(series_of(name, half.capacity_ah * MAH_PER_AH, half.voltage_v))
    if not series:
        return ()
    title = "Voltage against capacity of selected cycles"
    x, y = Axis(quantity="capacity_mah"), Axis(quantity="voltage_v")
    return (Curve("voltage-capacity", title, x, y, tuple(series)),)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the efficiency of the first cycle, and how the cell was used."""
    words = "Recovered divided by stored capacity in the first cycle."
    return (
        Quantity(
            slug="first_cycle_efficiency_percent",
            name="First-cycle efficiency",
            unit="percent",
            unit_label="%",
            symbol="",
            description=words,
            minimum=0,
        ),
        *usage_quantities(),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the summary of cycles on cycling measurements."""
    return (
        Analysis(
            name="cycling-summary",
            version="2.5.0",
            title="Cycling summary",
            description="Energy, mean voltages, efficiencies, specific and areal capacity, selected voltage curves.",
            techniques=("cycling",),
            outputs=(
                "discharge_capacity_mah",
                "discharge_energy_mwh",
                "mean_discharge_voltage_v",
                "mean_charge_voltage_v",
                "energy_efficiency_percent",
                "first_cycle_efficiency_percent",
                "areal_capacity_mah_cm2",
                "specific_capacity_mah_g",
                *OUTPUTS,
            ),
            run=run,
            not_applicable=("no-current",),
            parameters=(
                Parameter(
                    name="reference_cycle",
                    type=int,
                    default=0,
                    help="Cycle whose values are reported; 0: the first of the largest group, or the first after "
                    "formation.",
                    minimum=0,
                    title="Reference cycle",
                ),
                FORMATION,
                FIRST_HALF,
                *GROUP_PARAMETERS[1:],
                Parameter(
                    name="chosen_cycles",
                    type=str,
                    default="1,2,10,last",
                    help="Cycles whose voltage curves are plotted, separated by commas.",
                    title="Plotted cycles",
                ),
            ),
            requirements=(
                "rows with the test time, the voltage and the current; the instrument's cycle numbers and capacities, "
                "where present, are used",
                "or a per-cycle table (no energies or voltages)",
                "for C-rates: the specific current of 1C among the conditions, and the active mass",
                "for areal and specific capacity: area, mass loading and active fraction of the cathode",
            ),
        ),
    )
