"""How a cell was used in a test: hours, throughput, equivalent full cycles; rest and held voltage of each cycle."""

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.half_cycles import SECONDS_PER_HOUR, rest_threshold_a
from analyses.cycling.usage import (
    constant_voltage_share_percent,
    equivalent_full_cycles,
    rest_hours,
    throughput_mah,
)
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling_table import ROWS, CyclingTable, column
from registry.contract.input_dataset import InputDataset
from registry.contract.outcome import Result
from registry.contract.quantity import Quantity

Array = NDArray[np.float64]

OUTPUTS = ("capacity_throughput_mah", "equivalent_full_cycles", "test_duration_h")
CYCLE_OUTPUTS = ("rest_time_h", "constant_voltage_share_percent")


def usage_results(table: CyclingTable, capacity_mah: float, reference: int) -> tuple[Result, ...]:
    """Return throughput and equivalent full cycles of all cycles, and the hours they took if the data have rows."""
    charge = np.zeros(0) if table.charge_mah is None else table.charge_mah
    results = [
        Result(
            "equivalent_full_cycles",
            Estimate.exact(equivalent_full_cycles(table.discharge_mah, capacity_mah)),
            f"all discharges over that of cycle {reference}",
        )
    ]
    if charge.size:
        total = Estimate.exact(throughput_mah(charge, table.discharge_mah))
        results.append(Result("capacity_throughput_mah", total, "charge and discharge of all cycles"))
    if table.summary is not None:
        hours = Estimate.exact(float(table.summary.duration_s.sum()) / SECONDS_PER_HOUR)
        results.append(Result("test_duration_h", hours, "all cycles, rests included"))
    return tuple(results)


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
            description="All charge that passed in a test, charged and discharged.",
            minimum=0,
        ),
        Quantity(
            slug="equivalent_full_cycles",
            name="Equivalent full cycles",
            unit="dimensionless",
            description="All discharged capacity of a test over the discharge capacity of the reference cycle.",
            minimum=0,
        ),
        Quantity(
            slug="test_duration_h",
            name="Duration of the test",
            unit="h",
            unit_label="h",
            description="Time of all cycles of a test, rests included.",
            minimum=0,
        ),
        Quantity(
            slug="rest_time_h",
            name="Rest",
            unit="h",
            unit_label="h",
            description="Time without current in a cycle.",
            minimum=0,
        ),
        Quantity(
            slug="constant_voltage_share_percent",
            name="Constant-voltage share",
            unit="percent",
            unit_label="%",
            description="Share of the charge of a cycle that passed while the voltage was held.",
            minimum=0,
            maximum=100,
        ),
    )
