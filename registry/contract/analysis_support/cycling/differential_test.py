"""Inputs of dQ/dV of a cycling test: the rows of its half-cycles, the cycles compared, the smoothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_series import cycle_not_in_data
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.differential.voltage_smoothing import FEWEST_ROWS, Smoothing, voltage_smoothing
from analyses.cycling.voltage.half_cycle_rows import CycleRows, HalfCycleRows, cycle_rows
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import read_cycling
from registry.contract.analysis_support.cycling.cycling_table import FIRST_HALF, FORMATION, ROWS, CyclingTable, column
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MV_PER_V = 1000.0
SIGNS = {"charge": 1, "discharge": -1}
LIKELY_SHARE = 0.01
"""Share of the charge at a held voltage from which it is mentioned."""

SMOOTHING = Parameter(
    name="smoothing_width_mv",
    type=float,
    default=0.0,
    help="Full width at half maximum to which dQ/dV is smoothed; 0: selected from the noise, resolution and spacing "
    "of the voltage, at least 2 mV.",
    unit="mV",
    minimum=0.0,
    maximum=200.0,
    title="Smoothing of the differential capacity",
)
REFERENCE = Parameter(
    name="reference_cycle",
    type=int,
    default=0,
    help="Cycle whose peaks are reported and tracked through the comparable cycles; 0: the first of the largest "
    "group, or the first after formation.",
    minimum=0,
    title="Reference cycle",
)
PARAMETERS = (REFERENCE, SMOOTHING, FORMATION, FIRST_HALF, *GROUP_PARAMETERS[1:])
REASONS = {
    "noise": "at which the noise is 2 % of the average dQ/dV",
    "step": "twice the step of the voltage column",
    "spacing": "twice the voltage difference between rows",
    "narrowest": "the narrowest by default",
}


FEWEST_PULSES = 3
"""Interruptions from which a half-cycle consists of pulses."""


@dataclass(frozen=True)
class Direction:
    """The charges, or the discharges, of a test."""

    word: str
    """`charge` or `discharge`."""
    halves: CycleRows
    comparable: Rows
    """Indices of the half-cycles of the cycles comparable with the reference cycle, rising."""
    reference: int | None
    """Index of the half-cycle of the reference cycle; None if it has none."""

    @property
    def sign(self) -> int:
        """1 for charges, -1 for discharges."""
        return SIGNS[self.word]

    def of_cycles(self, indices: Sequence[int]) -> list[tuple[int, int]]:
        """Return index in the table and index of the half-cycle of those of these cycles that have one with rows."""
        pairs = [(index, np.flatnonzero(self.halves.cycle_index == index)) for index in indices]
        there = [(index, int(half[0])) for index, half in pairs if half.size]
        return [
            (index, half)
            for index, half in there
            if self.halves.rows.rows[half] >= FEWEST_ROWS and self.halves.interruptions[half] < FEWEST_PULSES
        ]


@dataclass(frozen=True)
class DifferentialTest:
    """A test, its reference cycle and its smoothing."""

    dataset: InputDataset
    table: CyclingTable
    summary: CycleSummary
    reference: int
    """Number of the reference cycle."""
    reference_index: int
    """Its index in the table."""
    directions: tuple[Direction, ...]
    smoothing: Smoothing
    """Smoothing width required by noise and resolution of the voltage."""
    width_v: float
    """The smoothing used [V]."""
    is_set: bool
    """True if it was set by the parameter."""
    messages: tuple[Message, ...]
    """On the data and the smoothing."""


def read_differential_test(inputs: Inputs) -> DifferentialTest:
    """Return what is computed from; refuse data without rows or without the reference cycle."""
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload {data}", data="the file of a cycling test")
    if not set(ROWS) <= set(dataset.names):
        raise Refused(
            "missing-cycling-data",
            "needs rows with {rows}: the data have the columns {names}",
            rows=", ".join(ROWS),
            names=", ".join(dataset.names),
        )
    table = read_cycling(inputs, dataset, joined)
    if table.summary is None:
        raise Refused("voltage-not-in-table", "a per-cycle table of capacities has no voltage: upload the rows")
    reference = int(inputs.parameter(REFERENCE.name)) or int(table.cycle[table.first_index])
    index = int(np.searchsorted(table.cycle, reference))
    if index >= table.cycle.size or table.cycle[index] != reference:
        raise cycle_not_in_data(table.cycle, reference)
    series = tuple(column(dataset, name) for name in ROWS)
    directions = tuple(_direction(word, series, table, table.summary, index) for word in SIGNS)
    _check_pulses(directions, index, reference)
    smoothing = _smoothing(directions)
    width_mv = float(inputs.parameter(SMOOTHING.name))
    width_v = width_mv / MV_PER_V or smoothing.width_v
    return DifferentialTest(
        dataset=dataset,
        table=table,
        summary=table.summary,
        reference=reference,
        reference_index=index,
        directions=directions,
        smoothing=smoothing,
        width_v=width_v,
        is_set=width_mv > 0,
        messages=(
            *table.messages,
            *_smoothing_messages(smoothing, width_v, is_set=width_mv > 0),
            *_half_messages(directions, table, index),
        ),
    )


def _direction(
    word: str, series: tuple[Array, ...], table: CyclingTable, summary: CycleSummary, index: int
) -> Direction:
    time, voltage, current = series
    halves = cycle_rows(time, voltage, current, summary, SIGNS[word])
    group = table.groups.number
    like = np.flatnonzero(group == group[index]) if group[index] else np.array([index])
    is_continuous = halves.interruptions < FEWEST_PULSES
    comparable = np.flatnonzero(np.isin(halves.cycle_index, like) & is_continuous)
    own = np.flatnonzero((halves.cycle_index == index) & is_continuous)
    return Direction(word, halves, comparable, int(own[0]) if own.size else None)


def _pulses(part: Direction, index: int) -> int:
    """Return how often the half-cycle of a cycle was interrupted, if it consists of pulses; else 0."""
    own = part.halves.interruptions[part.halves.cycle_index == index]
    return int(own[0]) if own.size and own[0] >= FEWEST_PULSES else 0


def _check_pulses(directions: tuple[Direction, ...], index: int, cycle: int) -> None:
    """Refuse a reference cycle whose half-cycles are all pulses."""
    pulses = [_pulses(part, index) for part in directions if index in part.halves.cycle_index]
    if pulses and all(pulses):
        raise Refused(
            "pulsed-current",
            "the current of cycle {cycle} is interrupted {pulses} times a half-cycle, as in a titration: after each "
            "rest the voltage runs through the same range again, which makes a peak in dQ/dV; choose a reference cycle "
            "at constant current",
            cycle=cycle,
            pulses=max(pulses),
        )


def _smoothing(directions: tuple[Direction, ...]) -> Smoothing:
    """Return the wider of the smoothings that comparable charges and discharges ask for."""
    rows = [part.halves.rows.selected(part.comparable) for part in directions if part.comparable.size]
    if not rows:
        raise Refused(
            "reference-cycle-without-rows",
            "the reference cycle has neither charge nor discharge rows: choose another reference cycle",
        )
    return max((voltage_smoothing(each) for each in rows), key=lambda smoothing: smoothing.width_v)


def _smoothing_messages(smoothing: Smoothing, width_v: float, *, is_set: bool) -> tuple[Message, ...]:
    messages = [
        Message(
            "differential-smoothing",
            "dQ/dV is the charge per voltage bin, smoothed to a full width at half maximum of {width_mv:.3g} mV "
            "({reason}); voltage noise {noise_mv:.2g} mV, spacing between rows {spacing_mv:.2g} mV.",
            width_mv=MV_PER_V * width_v,
            reason="as set" if is_set else REASONS[smoothing.reason],
            noise_mv=MV_PER_V * smoothing.noise_v,
            spacing_mv=MV_PER_V * smoothing.spacing_v,
        )
    ]
    if smoothing.width_v > width_v:
        messages.append(
            Message(
                "smoothing-below-resolution",
                "A smoothing width of {width_mv:.3g} mV is less than the {needed_mv:.3g} mV required by the noise and "
                "resolution of the voltage: small peaks may be noise.",
                "warning",
                width_mv=MV_PER_V * width_v,
                needed_mv=MV_PER_V * smoothing.width_v,
            )
        )
    if smoothing.is_limited and not is_set:
        messages.append(
            Message(
                "smoothing-limited",
                "The voltage noise, {noise_mv:.2g} mV, requires a larger smoothing width than the {width_mv:.3g} mV "
                "used: small peaks may be noise.",
                "warning",
                noise_mv=MV_PER_V * smoothing.noise_v,
                width_mv=MV_PER_V * width_v,
            )
        )
    return tuple(messages)


def _half_messages(directions: tuple[Direction, ...], table: CyclingTable, index: int) -> tuple[Message, ...]:
    """Return messages on missing half-cycles, held voltages and several currents of the reference cycle."""
    messages = []
    group = next((group for group in table.groups.groups if group.number == table.groups.number[index]), None)
    for part in directions:
        if pulses := _pulses(part, index):
            messages.append(
                Message(
                    "pulsed-half-cycle-left-out",
                    "No dQ/dV of the {half} of cycle {cycle:.0f}: its current is interrupted {pulses} times.",
                    "warning",
                    half=part.word,
                    cycle=table.cycle[index],
                    pulses=pulses,
                )
            )
            continue
        if part.reference is None:
            messages.append(
                Message(
                    "reference-half-cycle-missing",
                    "No peaks of the {half}: cycle {cycle:.0f} has no {half} with rows.",
                    "warning",
                    half=part.word,
                    cycle=table.cycle[index],
                )
            )
            continue
        held = float(part.halves.held_share[part.reference])
        if held > LIKELY_SHARE:
            messages.append(
                Message(
                    "held-voltage-left-out",
                    "{percent:.2g} % of the {half} capacity of cycle {cycle:.0f} passed at constant voltage and is "
                    "excluded.",
                    percent=100 * held,
                    half=part.word,
                    cycle=table.cycle[index],
                )
            )
        if interruptions := int(part.halves.interruptions[part.reference]):
            messages.append(
                Message(
                    "interrupted-half-cycle",
                    "The {half} of cycle {cycle:.0f} is interrupted {times} times: where the voltage relaxed and came "
                    "back, dQ/dV has a peak of its own.",
                    "warning",
                    half=part.word,
                    cycle=table.cycle[index],
                    times=interruptions,
                )
            )
        currents = getattr(group, f"{part.word}_currents", np.nan)
        if currents > 1:
            messages.append(
                Message(
                    "several-currents-in-half-cycle",
                    "The {half} has {currents:.0f} currents: each current change shifts the voltage, which causes an "
                    "artificial peak or gap.",
                    "warning",
                    half=part.word,
                    currents=currents,
                )
            )
    return tuple(messages)


def selected_rows(part: Direction, half: int) -> HalfCycleRows:
    """Return the rows of one half-cycle."""
    return part.halves.rows.selected(np.array([half]))
