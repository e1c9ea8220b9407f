"""A cycling test with its pressure log: the changes of the pressure in its cycles, and which cycles are compared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from analyses.cycling.cycles.cycle_series import cycle_not_in_data
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.voltage.voltage_curve import cycle_indices, evenly_spaced
from analyses.stack_pressure.half_cycle_pressure import (
    FEWEST_ROWS,
    CyclingPressures,
    half_cycle_bounds,
    pressures_of_test,
)
from analyses.stack_pressure.pressure_changes import CycleChange, cycle_changes
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_reading import read_cycling
from registry.contract.analysis_support.cycling.cycling_table import ROWS, CyclingTable, column
from registry.contract.analysis_support.stack_pressure.pressure_input import PressureInput, read_pressure
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused

Array = NDArray[np.float64]

CHOSEN = Parameter(
    name="cycles",
    type=str,
    default="",
    help="Cycles whose pressure changes are reported separately and whose curves are plotted: numbers and ‘last’, "
    "separated by commas; if empty, the first, the middle and the last.",
    title="Cycles",
)
BY_DEFAULT, MOST_CHOSEN = 3, 20
LARGEST_CYCLE = 1e9


@dataclass(frozen=True)
class StackPressureTest:
    """A test and the pressure in it."""

    dataset: InputDataset
    table: CyclingTable
    summary: CycleSummary
    pressure: PressureInput
    ends: CyclingPressures
    changes: tuple[CycleChange, ...]
    """Of each cycle of the table."""
    compared: tuple[int, ...]
    """Indices of the comparable cycles of the largest group whose changes are known; of all cycles without a group."""
    chosen: tuple[int, ...]
    """Indices of the chosen cycles."""
    messages: tuple[Message, ...]

    def rows(self, name: str) -> Array:
        """Return a column of the test."""
        return column(self.dataset, name)


def read_stack_pressure_test(inputs: Inputs) -> StackPressureTest:
    """Return the test; refuse data without cycles or without a pressure on its clock."""
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload {data}", data="the file of a cycling test")
    if not set(ROWS) <= set(dataset.names):
        raise Refused(
            "missing-cycling-data",
            "needs rows with {rows}: the data have the columns {names}; add a separate pressure log to the "
            "measurement with the cycling test, with the role pressure log",
            rows=", ".join(ROWS),
            names=", ".join(dataset.names),
        )
    table = read_cycling(inputs, dataset, joined)
    if table.summary is None:
        raise Refused("current-not-in-table", "a per-cycle table of capacities has no current: upload the rows")
    summary = table.summary
    if (bad := summary.cycle[(summary.cycle < 0) | (summary.cycle > LARGEST_CYCLE)]).size:
        raise Refused("invalid-cycle-number", "{cycle:g} is not the number of a cycle: correct it", cycle=bad[0])
    time, current = column(dataset, ROWS[0]), column(dataset, ROWS[2])
    pressure = read_pressure(inputs, dataset, _half_cycle_s(time, current, summary))
    ends = pressures_of_test(pressure.log, time, current, summary)
    changes = tuple(cycle_changes(ends, summary.discharge_first, pressure.clock_s))
    known = [change.index for change in changes if change.reversible_mpa is not None]
    if not known:
        raise Refused(
            "no-complete-cycle",
            "no cycle has {needed} rows of the pressure log in both charge and discharge: log the pressure more "
            "often, or check the clock shift",
            needed=FEWEST_ROWS,
        )
    compared = _compared(table, known)
    chosen, remarks = _chosen(inputs, summary, known)
    return StackPressureTest(
        dataset=dataset,
        table=table,
        summary=summary,
        pressure=pressure,
        ends=ends,
        changes=changes,
        compared=compared,
        chosen=chosen,
        messages=(*pressure.messages, *remarks, *_missing(summary, known), *table.messages),
    )


def _half_cycle_s(time: Array, current: Array, summary: CycleSummary) -> float:
    bounds = np.concatenate([half_cycle_bounds(time, current, summary, sign) for sign in (1, -1)])
    lengths = np.diff(bounds, axis=1)[:, 0]
    lengths = lengths[lengths > 0]
    return float(np.median(lengths)) if lengths.size else float(np.ptp(time))


def _compared(table: CyclingTable, known: list[int]) -> tuple[int, ...]:
    main = table.groups.main
    of_main = [index for index in known if main is not None and index in set(main.members.tolist())]
    return tuple(of_main or known)


def _chosen(inputs: Inputs, summary: CycleSummary, known: list[int]) -> tuple[tuple[int, ...], tuple[Message, ...]]:
    text = str(inputs.parameter(CHOSEN.name)).strip()
    if not text:
        return tuple(known[position] for position in evenly_spaced(len(known), BY_DEFAULT)), ()
    indices = cycle_indices(summary, text)
    if not indices:
        raise cycle_not_in_data(summary.cycle, 0)
    if len(indices) > MOST_CHOSEN:
        raise Refused(
            "too-many-cycles",
            "{count} cycles are selected: select at most {most}",
            count=len(indices),
            most=MOST_CHOSEN,
        )
    lacking = [index for index in indices if index not in known]
    if not lacking:
        return indices, ()
    message = Message(
        "chosen-cycles-without-pressure",
        "The pressure log does not cover the chosen cycles {cycles:g}.",
        "warning",
        cycles=Listed(summary.cycle[lacking]),
    )
    return tuple(index for index in indices if index in known), (message,)


def _missing(summary: CycleSummary, known: list[int]) -> tuple[Message, ...]:
    lacking = np.setdiff1d(np.arange(summary.cycle.size), known)
    if not lacking.size:
        return ()
    return (
        Message(
            "cycles-without-pressure",
            "{count} of {cycles} cycles have no pressure change: a half-cycle is missing, or has fewer than {needed} "
            "rows of the pressure log.",
            count=lacking.size,
            cycles=summary.cycle.size,
            needed=FEWEST_ROWS,
        ),
    )
