"""The data of a symmetric-cell test: its rows, half-cycles and events."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.cycling.rows.gaps import find_gaps, gap_remarks
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, Runs
from analyses.cycling.rows.row_checks import known_steps
from analyses.symmetric_cells.events import Events, find_events
from analyses.symmetric_cells.overpotential import HalfCycles, half_cycle_runs, symmetric_half_cycles
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.contract.analysis_support.cycling.cycling_table import ROWS, STEP, TEMPERATURES, column
from registry.contract.analysis_support.cycling.recorded_scale import AREA, RecordedScale, scale_of
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SymmetricTest:
    """A symmetric-cell test; every array of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    runs: Runs
    """All half-cycles, however short."""
    halves: HalfCycles
    """Those with an overpotential."""
    events: Events
    messages: tuple[Message, ...]
    """On files that were joined and rows that are missing."""
    scale: RecordedScale | None = None
    """What a current per area was multiplied by, or the rounding of a current of few digits."""

    def area_of_density(self, area: Estimate | Remark) -> Estimate | Remark:
        """Return the area by which currents are divided to be current densities [cm²].

        It cancels where the file has the current per area, and holds the rounding of a current of few digits.
        """
        if isinstance(area, Remark) or self.scale is None or self.scale.size is None:
            return area
        if self.scale.per == AREA:
            return Estimate.exact(area.magnitude, inferred=area.inferred)
        return propagate(lambda cm2, size: cm2 * size, cm2=area, size=self.scale.size)

    def hours(self, second: float) -> float:
        """Return a time of the data as hours since the first current."""
        return (second - float(self.time_s[self.runs.first_row[0]])) / SECONDS_PER_HOUR

    @property
    def sound_halves(self) -> HalfCycles:
        """The whole half-cycles before the first short circuit in which the electrodes had contact."""
        halves = self.halves.before(self.events.first_short_row)
        lost = np.zeros(halves.current_a.size, dtype=bool)
        for loss in self.events.contact_losses:
            end = self.time_s.size if loss.end_row is None else loss.end_row
            lost |= (halves.runs.last_row >= loss.row) & (halves.runs.first_row < end)
        return halves.selected(~lost).whole() if halves.current_a.size else halves


def read_symmetric_test(inputs: Inputs, last_share: float) -> SymmetricTest:
    """Return the test of the measurement, its files joined.

    Parameters
    ----------
    inputs : Inputs
        Of the run.
    last_share : float
        Share of the duration of half-cycles, counted from the end, that is averaged.

    Returns
    -------
    SymmetricTest

    Raises
    ------
    Refused
        Without data, or without the columns of the rows.
    InsufficientData
        If the rows cannot be used, or several files are not pieces of one test.
    """
    dataset, joined = read_pieces(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload the file of a symmetric-cell test")
    time, voltage, current = (column(dataset, name) for name in ROWS)
    step = known_steps(column(dataset, STEP)) if STEP in dataset.names else None
    temperature = _temperature(dataset)
    runs = half_cycle_runs(time, voltage, current, step)
    halves = symmetric_half_cycles(
        time, voltage, current, last_share=last_share, step=step, temperature_celsius=temperature
    )
    events = find_events(time, voltage, current, runs, temperature)
    gaps = tuple(Message.of(remark) for remark in gap_remarks(find_gaps(time, voltage, current, runs)))
    return SymmetricTest(time, voltage, current, runs, halves, events, (*joined, *gaps), scale_of(dataset))


def _temperature(dataset: InputDataset) -> Array | None:
    """Return the temperature, that of a sensor at the cell first; None if no column has one."""
    for name in TEMPERATURES:
        if name in dataset.names:
            temperature = column(dataset, name)
            if np.isfinite(temperature).any():
                return temperature
    return None
