from pathlib import Path

import pytest

from registry.contract.dataset_columns import DATASET_COLUMNS, ends_in_unit, nearest_column
from registry.contract.reader_support.columns.column_units import UNITS

NOMENCLATURE = Path(__file__).parents[3] / "docs" / "nomenclature.md"


@pytest.mark.parametrize("name", DATASET_COLUMNS)
def test_a_canonical_column_is_consistent_and_documented(name: str) -> None:
    column = DATASET_COLUMNS[name]
    assert ends_in_unit(name)
    assert nearest_column(name) == ""
    assert column.unit in UNITS
    assert f"| `{name}` | {column.meaning} | {column.unit} |" in NOMENCLATURE.read_text()


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("voltage_volts", "voltage_volt"),
        ("votlage_volt", "voltage_volt"),
        ("voltagevolt", "voltage_volt"),
        ("Voltage_Volt", "voltage_volt"),
        ("voltage_millivolt", "voltage_volt"),
        ("voltage", "voltage_volt"),
        ("cell_voltage_volt", "voltage_volt"),
        ("current_ma", "current_ampere"),
        ("time_s", "test_time_second"),
        ("test_time_s", "test_time_second"),
        ("discharging_capacity_mah", "discharging_capacity_ah"),
        ("charge_capacity_ah", "charging_capacity_ah"),
        ("cycle_number", "cycle_count"),
        ("frequency_hz", "frequency_hertz"),
        ("stack_pressure_mpa", "stack_pressure_megapascal"),
        ("2theta_degree", "two_theta_degree"),
        ("intensity_counts", "intensity_count"),
    ],
)
def test_a_misspelt_column_has_a_nearest_name(written: str, nearest: str) -> None:
    assert nearest_column(written) == nearest


@pytest.mark.parametrize(
    "name",
    [
        "temperature_t2_celsius",
        "surface_temperature_celsius",
        "anode_voltage_volt",
        "ac_voltage_volt",
        "charging_power_watt",
        "strain_percent",
        "gas_flow_litre_per_minute",
        "heat_flow_milliwatt_per_square_centimetre",
    ],
)
def test_another_column_that_ends_in_a_unit_is_allowed(name: str) -> None:
    assert nearest_column(name) == ""
    assert ends_in_unit(name)


@pytest.mark.parametrize("name", ["strain", "gas_flow", "Strain_percent", "strain_ml", "_volt", ""])
def test_a_name_without_a_unit_in_words_does_not_end_in_one(name: str) -> None:
    assert not ends_in_unit(name)
