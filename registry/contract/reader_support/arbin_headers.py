"""Column headers of Arbin exports, in CSV files and workbooks."""

import re
from collections.abc import Mapping, Sequence

NAMES = {
    "test time": "test_time_second",
    "voltage": "voltage_volt",
    "current": "current_ampere",
    "datetime": "unix_time_second",
    "step time": "step_time_second",
    "step index": "step_index",
    "cycle index": "cycle_count",
    "charge capacity": "charging_capacity_ah",
    "discharge capacity": "discharging_capacity_ah",
    "charge energy": "charging_energy_wh",
    "discharge energy": "discharging_energy_wh",
    "internal resistance": "internal_resistance_ohm",
    "temperature": "temperature_t1_celsius",
    "aux temperature 1": "temperature_t1_celsius",
}
NEEDED = {"test_time_second": "Test_Time", "voltage_volt": "Voltage", "current_ampere": "Current"}
FIXED_UNITS = {
    "test time": "s", "voltage": "V", "current": "A", "datetime": "s", "step time": "s", "charge capacity": "Ah",
    "discharge capacity": "Ah", "charge energy": "Wh", "discharge energy": "Wh", "internal resistance": "Ohm",
    "temperature": "°C",
}  # fmt: skip
"""Units of Arbin's columns where the headers have none."""


def plain_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return headers with spaces instead of underscores, and °C instead of the C of temperatures."""
    return tuple(re.sub(r"\(C\)$", "(°C)", label.replace("_", " ")) for label in labels)


def fixed_units(labels: Sequence[str]) -> Mapping[str, str]:
    """Return Arbin's own units if no header has one; if some have, a missing one is an error."""
    return {} if any("(" in label for label in labels) else FIXED_UNITS
