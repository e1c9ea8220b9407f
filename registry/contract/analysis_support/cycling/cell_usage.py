"""How a cell was used in a test: hours, throughput, equivalent full cycles; rest and held voltage of each cycle."""

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.usage import (
    constant_voltage_share_percent,
    equivalent_full_cycles,
    rest_hours,
    total_mah,
)
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, rest_threshold_a
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cycling.cycling_table import ROWS, CyclingTable, column
from registry.contract.input_dataset import InputDataset
from registry.contract.outcome import Result
from registry.contract.quantity import Quantity

Array = NDArray[np.float64]

OUTPUTS = ("capacity_throughput_mah", "equivalent_full_cycles", "test_duration_h")
CYCLE_OUTPUTS = ("rest_time_h", "constant_voltage_share_percent")


def usage_results(table: CyclingTable, capacity: Estimate, reference: int) -> tuple[Result, ...]:
    """Return throughput and equivalent full cycles of the whole test, and its hours if the data have rows.

    An interrupted cycle and a discharge before the first charge count, too. All are within the resolution of the data.
    """
    passed = table.passed
    discharged = _total(passed.discharge_mah, passed.discharge_resolution_mah)
    results = []
    if capacity.lower > 0:
        full = propagate(equivalent_full_cycles, discharged_mah=discharged, capacity_mah=capacity)
        results.append(
            Result("equivalent_full_cycles", full, f"sum of all discharges divided by that of cycle {reference}")
        )
    if passed.charge_mah is not None:
        charged = _total(passed.charge_mah, passed.charge_resolution_mah)
        total = propagate(
            lambda charged_mah, discharged_mah: charged_mah + discharged_mah,
            charged_mah=charged,
            discharged_mah=discharged,
        )
        results.append(Result("capacity_throughput_mah", total, "total charge and discharge of the test"))
    if passed.duration_s is not None:
        hours = Estimate.exact(passed.duration_s / SECONDS_PER_HOUR)
        results.append(Result("test_duration_h", hours, "from the first row to the last, rests included"))
    return tuple(results)


def _total(capacity_mah: Array, resolution_mah: Array) -> Estimate:
    """Return the sum of the half-cycles there were, within the sum of their resolutions [mAh]."""
    there = np.isfinite(capacity_mah)
    return Estimate.rounded(total_mah(capacity_mah), float(resolution_mah[there].sum()))


def usage_columns(dataset: InputDataset, table: CyclingTable) -> dict[str, Array]:
    """Return rest and held voltage of each cycle; nothing without rows."""
    if table.summary is None:
        return {}
    time, voltage, current = (column(dataset, name) for name in ROWS)
    return {
        "rest_time_h": rest_hours(time, current, table.summary, rest_threshold_a(current)),
        "constant_voltage_share_percent": constant_voltage_share_percent(time, voltage, current, table.summary),
    }


def usage_quantities() -> tuple[Quantity, ...]:
    """Return the quantities of this module."""
    return (
        Quantity(
            slug="capacity_throughput_mah",
            name="Capacity throughput",
            unit="mA*h",
            unit_label="mAh",
            description="Total charge passed in a test, charge and discharge added.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug="equivalent_full_cycles",
            name="Equivalent full cycles",
            unit="dimensionless",
            description="Total discharge capacity of a test divided by the discharge capacity of the reference cycle.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug="test_duration_h",
            name="Duration of the test",
            unit="h",
            unit_label="h",
            description="Time from the first row of a test to the last, rests included.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug="rest_time_h",
            name="Rest",
            unit="h",
            unit_label="h",
            description="Time at zero current in a cycle.",
            minimum=0,
        ),
        Quantity(
            slug="constant_voltage_share_percent",
            name="Constant-voltage share",
            unit="percent",
            unit_label="%",
            description="Share of the charge capacity of a cycle that passed at constant voltage.",
            minimum=0,
            maximum=100,
        ),
    )
