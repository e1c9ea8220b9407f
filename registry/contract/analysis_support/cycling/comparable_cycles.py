"""The comparable cycles from which retention, fade and cycle life are computed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_groups import CycleGroup
from analyses.cycling.cycles.cycle_series import CycleSeries, cycle_series
from registry.contract.analysis_support.cycling.cycle_group_choice import chosen_group, describe
from registry.contract.analysis_support.cycling.cycling_table import CyclingTable
from registry.contract.inputs import Inputs
from registry.contract.outcome import Refused

Array = NDArray[np.float64]

FEWEST_CYCLES = 2


@dataclass(frozen=True)
class Span:
    """The comparable cycles between which a retention is computed."""

    table: CyclingTable
    group: CycleGroup
    rows: NDArray[np.intp]
    """Indices in the table of the cycles in the series."""
    series: CycleSeries
    reference: int
    end: int

    def of(self, numbers: Array | None) -> Array | None:
        """Return numbers of the table at the cycles in the series."""
        return None if numbers is None else numbers[self.rows]


def span_of(inputs: Inputs, table: CyclingTable) -> Span:
    """Return the cycles to compare: those of one group that have a discharge."""
    first, last = int(inputs.parameter("reference_cycle")), int(inputs.parameter("end_cycle"))
    if table.interrupted is not None and table.interrupted in (first, last):
        raise Refused(
            "interrupted-cycle",
            "cycle {interrupted} is interrupted: choose another cycle",
            interrupted=table.interrupted,
        )
    group = chosen_group(inputs, table.groups, table.cycle)
    rows = group.members[table.discharge_mah[group.members] > 0]
    if rows.size < FEWEST_CYCLES:
        raise Refused(
            "too-few-discharges",
            "retention needs two comparable cycles with a discharge: {group} has {count}",
            group=describe(group, table.cycle),
            count=rows.size,
        )
    for cycle in (first, last):
        if cycle and cycle in table.cycle and cycle not in table.cycle[rows]:
            raise Refused(
                "cycle-of-another-group",
                "cycle {cycle} is not comparable with those of {group}: choose another",
                cycle=cycle,
                group=describe(group, table.cycle),
            )
    series = cycle_series(
        table.cycle[rows],
        table.discharge_mah[rows],
        window=int(inputs.parameter("anomaly_window")),
        resolution_mah=table.discharge_resolution_mah[rows],
    )
    return Span(table, group, rows, series, first or int(series.cycle[0]), last or int(series.cycle[-1]))
