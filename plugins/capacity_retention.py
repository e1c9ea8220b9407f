"""Capacity retention and fade from cycling data, or fade per cycle from what a publication reports."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.capacity_retention import (
    Fade,
    coulombic_efficiency_percent,
    fade,
    fade_from_reported,
    retention_percent,
)
from analyses.cycle_life import life_cycles
from analyses.cycle_series import CycleSeries, cycle_series
from analyses.unanswerable import Unanswerable
from analyses.uncertainty import Estimate
from plugins.cycling_curves import capacity_curves
from plugins.cycling_table import (
    CHARGE,
    CYCLE,
    DISCHARGE,
    FIRST_HALF,
    FORMATION,
    ROWS,
    CyclingTable,
    holds_cycles,
    median_words,
    read_cycling,
)
from registry.hookspecs import (
    Analysis,
    Dataset,
    Inputs,
    Message,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    hookimpl,
)

Array = NDArray[np.float64]

RETENTION, CYCLES = "capacity_retention_percent", "cycle_count"
LIVES = {90: "cycles_to_90_percent", 80: "cycles_to_80_percent", 70: "cycles_to_70_percent"}
UNEVEN_FADE = 0.2
"""Relative difference of typical and end-to-end loss per cycle above which the fade is called uneven."""


@dataclass(frozen=True)
class Span:
    """The cycles a retention is taken between."""

    table: CyclingTable
    series: CycleSeries
    charge_mah: Array | None
    """Of the cycles in the series."""
    back_mah: Array | None
    """What came back in each of them."""
    given_mah: Array | None
    """What went in before; nan where nothing did."""
    reference: int
    end: int


def run(inputs: Inputs) -> Outcome:
    """Return retention, fade, efficiency and cycle life, or the fade per cycle a reported retention stands for."""
    dataset = inputs.dataset
    try:
        if dataset is not None and holds_cycles(dataset):
            return _from_dataset(inputs, dataset)
        return _from_reported(inputs, dataset)
    except Unanswerable as error:
        raise Refused(str(error)) from error


def _from_reported(inputs: Inputs, dataset: Dataset | None) -> Outcome:
    retention, cycles = inputs.reported(RETENTION), inputs.reported(CYCLES)
    if retention is None or cycles is None:
        have = f"the data hold {', '.join(dataset.names)}" if dataset else "no data are attached"
        both = (("capacity retention", RETENTION, retention), ("cycle count", CYCLES, cycles))
        lacking = [f"of the {words} {inputs.missing_reason(slug)}" for words, slug, number in both if number is None]
        raise Refused(
            f"needs a per-cycle table with {CYCLE} and {DISCHARGE}, rows of time, voltage and current, or a reported "
            f"capacity retention and cycle count: {have}, and {' and '.join(lacking)}"
        )
    note = "(100 - retention)/cycles, from the reported numbers; end to end, whatever lies between."
    messages = [Message(f"Fade from the reported retention after {cycles.magnitude:g} cycles: an average, end to end.")]
    if dataset is not None:
        messages.append(Message(f"The data attached are no per-cycle table ({', '.join(dataset.names)}); not used."))
    loss = fade_from_reported(retention, cycles)
    return Outcome(values=(Result("capacity_fade_percent_per_cycle", loss, note),), messages=tuple(messages))


def _from_dataset(inputs: Inputs, dataset: Dataset) -> Outcome:
    table = read_cycling(inputs, dataset)
    span = _span(inputs, table)
    retention = retention_percent(span.series, span.reference, span.end)
    loss = fade(span.series, span.reference, span.end)
    life, life_messages = _life(span)
    efficiency, efficiency_messages = _efficiency(span)
    values = (
        Result("capacity_retention_percent", retention, f"cycle {span.end} over cycle {span.reference}"),
        Result("capacity_fade_percent_per_cycle", loss.percent_per_cycle, _fade_note(span)),
        *efficiency,
        *life,
        *_span_values(span),
    )
    messages = (
        *_choice_messages(inputs, span),
        *table.messages,
        *_anomaly_messages(span),
        *_fade_messages(loss),
        *efficiency_messages,
        *life_messages,
    )
    return Outcome(values, capacity_curves(span.series, span.charge_mah, span.reference), messages)


def _span(inputs: Inputs, table: CyclingTable) -> Span:
    """Return the cycles to compare; formation is judged apart unless the reference lies in it."""
    reference = int(inputs.parameter("reference_cycle")) or int(table.cycle[table.first_place])
    end = int(inputs.parameter("end_cycle")) or int(table.cycle[-1])
    if table.interrupted in (reference, end):
        raise Refused(f"cycle {table.interrupted} is interrupted and has no capacity to compare: choose another cycle")
    begin = min(table.first_place, int(np.searchsorted(table.cycle, reference)))
    window = int(inputs.parameter("anomaly_window"))
    series = cycle_series(table.cycle[begin:], table.discharge_mah[begin:], window=window)
    parts = (table.charge_mah, table.back_mah, table.given_mah)
    charge, back, given = (None if part is None else part[begin:] for part in parts)
    return Span(table, series, charge, back, given, reference, end)


def _span_values(span: Span) -> tuple[Result, ...]:
    capacity = span.series.measured_at(span.reference)
    return (
        Result("cycle_count", Estimate.exact(span.end - span.reference + 1), "reference and end cycle both counted"),
        Result("retention_reference_cycle", Estimate.exact(span.reference)),
        Result("retention_end_cycle", Estimate.exact(span.end)),
        Result("discharge_capacity_mah", capacity, f"at cycle {span.reference}"),
    )


def _fade_note(span: Span) -> str:
    pairs = f"median slope between all pairs of good cycles from {span.reference} to {span.end}"
    return f"{pairs}, relative to cycle {span.reference}"


def _life(span: Span) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    found, above, messages = [], [], []
    for percent, slug in LIVES.items():
        try:
            life = life_cycles(span.series, span.reference, span.end, percent / 100)
        except Unanswerable as reason:
            messages.append(Message(f"No cycles to {percent} %: {reason}.", "warning"))
            continue
        if life is None:
            above.append(f"{percent} %")
        else:
            found.append(Result(slug, life, f"cycle number; {percent} % of cycle {span.reference}"))
    if above:
        messages.append(Message(f"Still above {above[0]} at cycle {span.end}: no cycles to {' or '.join(above)}."))
    return tuple(found), tuple(messages)


def _efficiency(span: Span) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    back, given = span.back_mah, span.given_mah
    if back is None or given is None:
        return (), (Message(f"No coulombic efficiency: the data have no column {CHARGE}."),)
    series = span.series
    within = series.clean & (series.cycle >= span.reference) & (series.cycle <= span.end)
    usable = within & (given > 0) & (back > 0)
    messages = []
    if (within & ~usable).any():
        cycles = _names(series.cycle[within & ~usable])
        messages.append(Message(f"Left out of the coulombic efficiency, being without charge: {cycles}.", "warning"))
    if not usable.any():
        return (), (*messages, Message("No coulombic efficiency: no cycle has a charge capacity.", "warning"))
    estimate = coulombic_efficiency_percent(back[usable], given[usable])
    messages += span.table.above_unity("Coulombic efficiency", estimate)
    note = f"{span.table.efficiency_words}, {median_words(int(usable.sum()))}"
    return (Result("coulombic_efficiency_percent", estimate, note),), tuple(messages)


def _choice_messages(inputs: Inputs, span: Span) -> tuple[Message, ...]:
    first = "the first after formation" if span.table.formation else "the first in the data"
    reference = "as chosen" if int(inputs.parameter("reference_cycle")) else first
    end = "as chosen" if int(inputs.parameter("end_cycle")) else "the last in the data"
    return (
        Message(f"Reference is cycle {span.reference} ({reference}), end is cycle {span.end} ({end})."),
        Message(f"Scatter from cycle to cycle {span.series.scatter_mah:.2g} mAh, slow change taken out."),
    )


def _anomaly_messages(span: Span) -> tuple[Message, ...]:
    series = span.series
    messages = []
    if series.cycle.size < 4:
        messages.append(Message(f"{series.cycle.size} cycles are too few to tell an anomaly.", "warning"))
    if series.anomalous.any():
        names = _names(series.cycle[series.anomalous])
        messages.append(Message(f"Far from their neighbours and kept out of every result: {names}.", "warning"))
    for words, cycle in (("reference", span.reference), ("end", span.end)):
        if series.anomalous[series.place(cycle)]:
            stand_in = f"what its neighbours give, {series.capacity_at(cycle):.4g} mAh"
            measured = f"{series.capacity_mah[series.place(cycle)]:.4g} mAh"
            text = f"The {words} cycle {cycle} is an anomaly ({measured}): {stand_in}, stands in."
            messages.append(Message(text, "warning"))
    return tuple(messages)


def _fade_messages(loss: Fade) -> tuple[Message, ...]:
    typical, overall = loss.percent_per_cycle.magnitude, loss.end_to_end_percent_per_cycle
    doubt = 2 * loss.percent_per_cycle.standard_uncertainty
    text = f"{overall:.4g} % per cycle from end to end, {typical:.4g} % in a typical cycle"
    if abs(typical - overall) > max(doubt, UNEVEN_FADE * abs(overall)):
        return (Message(f"The fade is uneven: {text}.", "warning"),)
    return (Message(f"Fade {text}."),)


def _names(cycles: Array, most: int = 20) -> str:
    names = ", ".join(f"{number:.0f}" for number in cycles[:most])
    more = f" and {cycles.size - most} more" if cycles.size > most else ""
    return f"cycle {names}" if cycles.size == 1 else f"cycles {names}{more}"


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the cycle lives beside that to 80 %."""
    return tuple(
        Quantity(
            LIVES[percent],
            f"Cycles to {percent} %",
            "dimensionless",
            symbol=f"N_{percent}",
            description=f"First cycle from which the capacity stays below {percent} % of the reference cycle's.",
            is_count=True,
            minimum=0,
        )
        for percent in (90, 70)
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer capacity retention on cycling measurements."""
    return (
        Analysis(
            name="capacity-retention",
            version="1.4.0",
            title="Capacity retention and fade",
            description="Retention, fade per cycle, coulombic efficiency and cycle life; lone odd cycles do not count.",
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
            ),
            run=run,
            parameters=(
                Parameter("reference_cycle", int, 0, "Cycle that is 100 %; 0 is the first after formation.", minimum=0),
                Parameter("end_cycle", int, 0, "Cycle to give the retention at; 0 is the last in the data.", minimum=0),
                Parameter(
                    "anomaly_window",
                    int,
                    5,
                    "Cycles, an odd number, whose median decides whether the one in the middle is an anomaly.",
                    minimum=3,
                    maximum=101,
                ),
                FORMATION,
                FIRST_HALF,
            ),
            requirements=(
                f"rows with {', '.join(ROWS)}, of which a per-cycle table is made",
                f"or a per-cycle table with {CYCLE}, {DISCHARGE} and, for the coulombic efficiency, {CHARGE}",
                "or a reported capacity retention and cycle count, which give the fade per cycle only",
            ),
        ),
    )
