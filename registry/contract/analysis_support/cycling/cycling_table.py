"""Capacities of a cycling test by cycle, the columns they come from, and the parameters that decide how."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_groups import CycleGroups
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.input_dataset import InputDataset
from registry.contract.outcome import Message

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CYCLE = "cycle_count"
DISCHARGE = "cycle_discharging_capacity_ah"
CHARGE = "cycle_charging_capacity_ah"
EFFICIENCY = "cycle_coulombic_efficiency_percent"
ROWS = ("test_time_second", "voltage_volt", "current_ampere")
STEP = "step_index"
TEMPERATURES = ("temperature_t1_celsius", "ambient_temperature_celsius")
"""Columns of the temperature, that of a sensor at the cell first."""
MAH_PER_AH = 1000.0

FORMATION = Parameter(
    name="formation_cycles",
    type=int,
    default=-1,
    help="Number of formation cycles at the beginning, not compared with the others; −1: detected from current, "
    "voltage window and temperature (rows only).",
    minimum=-1,
    maximum=1000,
    title="Formation cycles",
)
FROM_DATA, CHARGE_FIRST, DISCHARGE_FIRST = "from the data", "charge", "discharge"
FIRST_HALF = Parameter(
    name="first_half",
    type=str,
    default=FROM_DATA,
    help="First half-cycle of the test; efficiencies relate the second half-cycle to it. “From the data”: the first "
    "half-cycle of the rows, or charge for a per-cycle table. Anode half-cells discharge first.",
    choices=(FROM_DATA, CHARGE_FIRST, DISCHARGE_FIRST),
    title="First half-cycle",
)
EFFICIENCY_BOUND = 100 * (1 + 1e-9)


@dataclass(frozen=True)
class Passed:
    """Charge and energy of the whole test, including cycles that are not compared; arrays of shape (cycles,)."""

    discharge_mah: Array
    charge_mah: Array | None
    discharge_resolution_mah: Array
    charge_resolution_mah: Array
    duration_s: float | None
    """From the first row to the last; None for a per-cycle table."""
    first_cycle: float
    """Number of the first cycle."""


@dataclass(frozen=True)
class CyclingTable:
    """Capacities by cycle, without an interrupted last one and a discharge before the first; every array of shape
    (cycles,), nan where a cycle has no charge or no discharge."""

    cycle: Array
    discharge_mah: Array
    charge_mah: Array | None
    discharge_resolution_mah: Array
    """Largest error of each from what the data do not tell [mAh]."""
    charge_resolution_mah: Array
    groups: CycleGroups
    """Groups of comparable cycles; formation that was set is in none."""
    formation: int
    """Number of formation cycles at the beginning."""
    interrupted: int | None
    """Number of the last cycle, if it was interrupted and excluded."""
    summary: CycleSummary | None
    """The same cycles with energies and voltages; None if the data are a per-cycle table."""
    messages: tuple[Message, ...]
    discharges_first: bool
    """True if a charge recovers what the discharge before it stored."""
    passed: Passed

    @property
    def recovered_mah(self) -> Array | None:
        """Capacity recovered in each cycle; None if the data have no charge [mAh]."""
        return self.charge_mah if self.discharges_first or self.charge_mah is None else self.discharge_mah

    @property
    def stored_mah(self) -> Array | None:
        """Capacity of the half-cycle before, nan where there is none; None if the data have no charge [mAh]."""
        if self.charge_mah is None:
            return None
        stored = self.discharge_mah if self.discharges_first else self.charge_mah
        return stored if self.summary is None else self.summary.preceding(stored)

    @property
    def recovered_resolution_mah(self) -> Array:
        """Of the capacity recovered in each cycle [mAh]."""
        return self.charge_resolution_mah if self.discharges_first else self.discharge_resolution_mah

    @property
    def stored_resolution_mah(self) -> Array:
        """Of the capacity of the half-cycle before [mAh]."""
        stored = self.discharge_resolution_mah if self.discharges_first else self.charge_resolution_mah
        return stored if self.summary is None else self.summary.preceding(stored)

    @property
    def spans_numbers(self) -> bool:
        """True if a half-cycle and the one before it that it is compared with have different cycle numbers."""
        return self.summary is not None and self.summary.spans_numbers

    @property
    def first_index(self) -> int:
        """Index of the first cycle with a discharge in the main group, or else after formation; 0 if none has one."""
        among = self.groups.main.members if self.groups.main else np.arange(self.formation, self.cycle.size)
        having = among[self.discharge_mah[among] > 0]
        return int(having[0]) if having.size else 0

    @property
    def first_complete(self) -> int | None:
        """Index of the first cycle that has an efficiency, if the data begin with the first cycle; else None."""
        recovered, stored = self.recovered_mah, self.stored_mah
        if recovered is None or stored is None or self.passed.first_cycle > 1:
            return None
        both = np.flatnonzero((stored > 0) & (recovered > 0))
        return int(both[0]) if both.size else None

    def without_first(self, rows: Flags) -> Flags:
        """Return the cycles flagged without the first, whose efficiency is a result of its own, if others remain."""
        rest = rows.copy()
        if self.first_complete is not None:
            rest[self.first_complete] = False
        return rest if rest.any() else rows

    @property
    def efficiency_definition(self) -> str:
        """How coulombic efficiency is defined for this test."""
        if self.spans_numbers:
            stored, recovered = self._halves
            return f"{recovered} over the {stored} of the cycle before (the test begins with a {stored})"
        if self.discharges_first:
            return "charge over discharge of the same cycle (the test begins with a discharge)"
        return "discharge over charge of the same cycle"

    @property
    def energy_definition(self) -> str:
        """Which two half-cycles energy efficiency compares."""
        return "the same two half-cycles" if self.spans_numbers else "the same cycle"

    @property
    def _halves(self) -> tuple[str, str]:
        return (DISCHARGE_FIRST, CHARGE_FIRST) if self.discharges_first else (CHARGE_FIRST, DISCHARGE_FIRST)

    def above_unity(self, name: str, efficiency: Estimate) -> tuple[Message, ...]:
        """Return a warning with the likely cause if an efficiency exceeds 100 % beyond its uncertainty."""
        if efficiency.interval()[0] <= EFFICIENCY_BOUND:
            return ()
        stored, recovered = self._halves
        return (
            Message(
                "efficiency-above-100-percent",
                "{name} is {efficiency_percent:.4g} %, above 100 %: if the test begins with a {recovered}, set "
                "{parameter} to “{recovered}”; otherwise the cell was not empty at the start, or the {stored} and "
                "{recovered} capacities have different units.",
                "warning",
                name=name,
                efficiency_percent=efficiency.magnitude,
                stored=stored,
                recovered=recovered,
                parameter=FIRST_HALF.name,
            ),
        )


def column(dataset: InputDataset, name: str) -> Array:
    """Return a column as floating-point numbers."""
    return np.asarray(dataset.column(name), dtype=float)


def median_words(cycles: int, without_first: bool = False) -> str:
    """Return how many cycles a median is taken over, as text."""
    words = "of one cycle" if cycles == 1 else f"median of {cycles} cycles"
    return f"{words}, without the first" if without_first else words
