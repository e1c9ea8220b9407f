"""Capacity retention and fade from cycling data, or fade per cycle from what a publication reports."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from analyses.cycling.capacity.capacity_retention import (
    fade,
    fade_from_reported,
    median_ratio_percent,
    retention_percent,
)
from analyses.cycling.capacity.cycle_life import life_cycles
from analyses.cycling.cycles.cycle_series import CycleSeries
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.comparable_cycles import FEWEST_CYCLES, Span, span_of
from registry.contract.analysis_support.cycling.cycle_anomalies import anomaly_messages
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS, describe
from registry.contract.analysis_support.cycling.cycling_curves import capacity_curves
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import holds_cycles, read_cycling
from registry.contract.analysis_support.cycling.cycling_table import (
    CHARGE,
    FIRST_HALF,
    FORMATION,
    CyclingTable,
    median_words,
)
from registry.contract.analysis_support.cycling.per_cycle import cycle_table, retention_columns
from registry.contract.analysis_support.cycling.recorded_scale import capacity_unit, in_known_units
from registry.contract.analysis_support.cycling.retention_messages import choice_messages, fade_messages, gap_messages
from registry.hookspecs import (
    Analysis,
    InputDataset,
    Inputs,
    Message,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    hookimpl,
)

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

RETENTION, CYCLES = "capacity_retention_percent", "cycle_count"
LIVES = {90: "cycles_to_90_percent", 80: "cycles_to_80_percent", 70: "cycles_to_70_percent"}


def run(inputs: Inputs) -> Outcome:
    """Return retention, fade, efficiency and cycle life, or the fade per cycle of a reported retention."""
    dataset, joined = read_pieces(inputs)
    if dataset is not None and holds_cycles(dataset):
        return in_known_units(dataset, _from_dataset(inputs, dataset, joined))
    return _from_reported(inputs, dataset)


def _from_reported(inputs: Inputs, dataset: InputDataset | None) -> Outcome:
    retention = inputs.optional(f"reported.{RETENTION}", "capacity retention")
    cycles = inputs.optional(f"reported.{CYCLES}", "number of cycles")
    if retention is None or cycles is None:
        both = ((RETENTION, "capacity retention", retention), (CYCLES, "number of cycles", cycles))
        columns = dataset.names if dataset else ()
        raise Refused(
            "missing-cycling-data",
            "no cycling data: upload time, voltage and current or a per-cycle table, or report capacity retention and "
            "number of cycles (columns of the data: {columns}; not reported: {not_reported})",
            columns=Listed(columns or ["none"]),
            not_reported=Listed(label for _, label, number in both if number is None),
            quantities=[slug for slug, _, number in both if number is None],
        )
    note = "(100 − retention)/cycles from the reported values: average from the first to the last cycle."
    messages = [
        Message(
            "average-fade-from-reported",
            "Average fade from the reported retention after {cycles:g} cycles.",
            cycles=cycles.magnitude,
        )
    ]
    if dataset is not None:
        messages.append(
            Message(
                "data-not-used",
                "The data are not a per-cycle table and were not used ({names}).",
                names=", ".join(dataset.names),
            )
        )
    loss = fade_from_reported(retention, cycles)
    return Outcome(values=(Result("capacity_fade_percent_per_cycle", loss, note),), messages=tuple(messages))


def _from_dataset(inputs: Inputs, dataset: InputDataset, joined: tuple[Message, ...]) -> Outcome:
    table = read_cycling(inputs, dataset, joined)
    span = span_of(inputs, table)
    retention = retention_percent(span.series, span.reference, span.end)
    loss = fade(span.series, span.reference, span.end)
    life, life_messages = _life(span)
    efficiency, efficiency_messages = _efficiency(span)
    of_group = f", {describe(span.group, table.cycle)}" if len(table.groups.groups) > 1 else ""
    values = (
        Result("capacity_retention_percent", retention, f"cycle {span.end} over cycle {span.reference}{of_group}"),
        Result("capacity_fade_percent_per_cycle", loss.percent_per_cycle, _fade_note(span)),
        *efficiency,
        *life,
        *_span_values(span),
        *_group_values(table),
    )
    messages = (
        *choice_messages(inputs, span, capacity_unit(dataset)),
        *gap_messages(span),
        *table.messages,
        *anomaly_messages(span.series, span.reference, span.end, capacity_unit(dataset)),
        *fade_messages(loss),
        *efficiency_messages,
        *life_messages,
    )
    names = (span.group.name,) * span.rows.size
    cycles, cycle_messages = cycle_table(span.series.cycle, retention_columns(span.series, span.reference), names)
    curves = capacity_curves(span.series, span.of(table.charge_mah), span.reference)
    return Outcome(values, curves, (*messages, *cycle_messages), cycles=cycles)


def _span_values(span: Span) -> tuple[Result, ...]:
    capacity, scatter = span.series.measured_at(span.reference), span.series.scatter_mah
    return (
        Result("cycle_count", Estimate.exact(span.end - span.reference + 1), "including the reference and end cycles"),
        Result("retention_reference_cycle", Estimate.exact(span.reference)),
        Result("retention_end_cycle", Estimate.exact(span.end)),
        Result("discharge_capacity_mah", capacity, f"at cycle {span.reference}"),
        Result("capacity_scatter_mah", Estimate.exact(scatter), "from cycle to cycle, slow changes removed"),
    )


def _group_values(table: CyclingTable) -> tuple[Result, ...]:
    """Return capacity and retention of each group, first to last cycle, if there are several."""
    if len(table.groups.groups) < 2:
        return ()
    results = []
    for group in table.groups.groups:
        rows = group.members[table.discharge_mah[group.members] > 0]
        if not rows.size:
            continue
        capacity, resolution = table.discharge_mah[rows], table.discharge_resolution_mah[rows]
        series = CycleSeries(table.cycle[rows], capacity, np.zeros(rows.size, dtype=bool), 3, 0.0, resolution)
        first, last = int(series.cycle[0]), int(series.cycle[-1])
        at, words = {"group": group.number}, describe(group, table.cycle)
        results.append(Result("discharge_capacity_mah", series.measured_at(first), f"cycle {first}, {words}", at=at))
        if rows.size >= FEWEST_CYCLES:
            kept = retention_percent(series, first, last)
            results.append(Result(RETENTION, kept, f"cycle {last} over cycle {first}, {words}", at=at))
    return tuple(results)


def _fade_note(span: Span) -> str:
    pairs = f"median slope between all pairs of usable cycles from {span.reference} to {span.end}"
    return f"{pairs}, relative to cycle {span.reference}"


def _life(span: Span) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    lives, above, messages = [], [], []
    for percent, slug in LIVES.items():
        try:
            life = life_cycles(span.series, span.reference, span.end, percent / 100)
        except InsufficientData as reason:
            messages.append(
                Message(
                    "cycle-life-not-computed",
                    "No cycles to {percent} %: {reason}.",
                    "warning",
                    percent=percent,
                    reason=reason,
                )
            )
            continue
        if life is None:
            above.append(f"{percent} %")
        else:
            lives.append(Result(slug, life, f"cycle number; {percent} % of cycle {span.reference}"))
    if above:
        messages.append(
            Message(
                "capacity-above-limit",
                "No cycles to {above}: still above {highest} at cycle {end}.",
                above=" or ".join(above),
                highest=above[0],
                end=span.end,
            )
        )
    return tuple(lives), tuple(messages)


def _efficiency(span: Span) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    table = span.table
    recovered, stored = span.of(table.recovered_mah), span.of(table.stored_mah)
    if recovered is None or stored is None:
        return (), (Message("missing-charge-column", "No coulombic efficiency: no column {charge}.", charge=CHARGE),)
    series = span.series
    within = series.clean & (series.cycle >= span.reference) & (series.cycle <= span.end)
    usable = within & (stored > 0) & (recovered > 0)
    messages = []
    if (within & ~usable).any():
        cycles = _names(series.cycle[within & ~usable])
        messages.append(
            Message(
                "no-charge-capacity",
                "Excluded from the coulombic efficiency (no charge): {cycles}.",
                "warning",
                cycles=cycles,
            )
        )
    if not usable.any():
        return (), (
            *messages,
            Message("no-charge-capacity", "No coulombic efficiency: no cycle has a charge capacity.", "warning"),
        )
    all_usable = np.zeros(table.cycle.size, dtype=bool)
    all_usable[span.rows[usable]] = True
    kept = table.without_first(all_usable)[span.rows]
    without_first, usable = bool((usable & ~kept).any()), kept
    resolution = table.recovered_resolution_mah[span.rows][usable], table.stored_resolution_mah[span.rows][usable]
    estimate = median_ratio_percent(recovered[usable], stored[usable], resolution)
    messages += table.above_unity("Coulombic efficiency", estimate)
    note = f"{table.efficiency_definition}, {median_words(int(usable.sum()), without_first)}"
    return (Result("coulombic_efficiency_percent", estimate, note),), tuple(messages)


def _names(cycles: Array, most: int = 20) -> str:
    names = ", ".join(f"{number:.0f}" for number in cycles[:most])
    more = f" and {cycles.size - most} more" if cycles.size > most else ""
    return f"cycle {names}" if cycles.size == 1 else f"cycles {names}{more}"


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the cycle lives to 90 % and 70 %, and the scatter of the capacity."""
    scatter = Quantity(
        slug="capacity_scatter_mah",
        name="Scatter of the discharge capacity",
        unit="mA*h",
        unit_label="mAh",
        description="Standard deviation of the discharge capacity from cycle to cycle, slow changes removed.",
        minimum=0,
    )
    lives = tuple(
        Quantity(
            slug=LIVES[percent],
            name=f"Cycles to {percent} %",
            unit="dimensionless",
            symbol=f"N_{percent}",
            description=f"First cycle after which the capacity stays below {percent} % of that of the reference cycle.",
            is_count=True,
            minimum=0,
            end_of=RETENTION,
            if_not_ended="compare the capacity retention at a cycle number that all cells reached",
        )
        for percent in (90, 70)
    )
    return (*lives, scatter)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer capacity retention on cycling measurements."""
    return (
        Analysis(
            name="capacity-retention",
            version="2.6.0",
            title="Capacity retention and fade",
            description=(
                "Retention, fade per cycle, coulombic efficiency and cycle life of comparable cycles: same currents, "
                "voltage window and temperature."
            ),
            techniques=("cycling",),
            outputs=(
                "capacity_retention_percent",
                "capacity_fade_percent_per_cycle",
                "coulombic_efficiency_percent",
                *LIVES.values(),
                "cycle_count",
                "retention_reference_cycle",
                "retention_end_cycle",
                "discharge_capacity_mah",
                "capacity_scatter_mah",
            ),
            run=run,
            not_applicable=("no-current", "too-few-discharges"),
            parameters=(
                Parameter(
                    name="reference_cycle",
                    type=int,
                    default=0,
                    help="Cycle that counts as 100 %; 0: the first of its group.",
                    minimum=0,
                    title="Reference cycle",
                ),
                Parameter(
                    name="end_cycle",
                    type=int,
                    default=0,
                    help="Cycle at which retention is computed; 0: the last of its group.",
                    minimum=0,
                    title="End cycle",
                ),
                Parameter(
                    name="anomaly_window",
                    type=int,
                    default=5,
                    help="Odd number of cycles; the middle one is compared with their median to find anomalies.",
                    minimum=3,
                    maximum=101,
                    title="Window for anomalous cycles",
                ),
                FORMATION,
                FIRST_HALF,
                *GROUP_PARAMETERS,
            ),
            requirements=(
                "rows with the test time, the voltage and the current",
                "or a per-cycle table with the cycle number, the discharge capacity and, for coulombic efficiency, the "
                "charge capacity",
                "for currents per gram or area: the mass or area of the cathode (not for capacities per gram or area)",
                "or a reported capacity retention and cycle count (fade per cycle only)",
            ),
        ),
    )
