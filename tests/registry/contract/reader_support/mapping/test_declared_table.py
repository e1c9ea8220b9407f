import numpy as np
import pytest

from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.mapping.declared_table import (
    optional_columns,
    read_headers,
    settled_headers,
    table_datasets,
    technique_of,
)
from registry.hookspecs import UnreadableFile
from tests.coded import refuses


def names(*labels: str) -> list[str]:
    return [head.canonical for head in read_headers(labels, 1).values()]


def test_a_plain_name_goes_before_a_synonym() -> None:
    assert names("E / V", "Voltage / V", "t / s", "Current / mA") == [
        "voltage_volt",
        "test_time_second",
        "current_ampere",
    ]
    assert 0 not in read_headers(("E / V", "Voltage / V"), 1)


def test_two_synonyms_of_one_column_are_refused() -> None:
    with refuses("duplicate-column", UnreadableFile, canonical="voltage_volt"):
        read_headers(("E / V", "U / V"), 1)


def test_a_column_that_cannot_be_read_is_left_out_if_another_one_has_its_name() -> None:
    assert names("f / Hz", "Z' / Ω", "Z'' / Ω", "Re(Z) / Ω cm²") == [
        "frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm",
    ]  # fmt: skip
    with refuses("invalid-column", UnreadableFile, line=7, column=2):
        read_headers(("f / Hz", "Z' / Ω cm²", "Z'' / Ω cm²"), 7)


@pytest.mark.parametrize(
    ("columns", "technique"),
    [
        (("angular_frequency_radian_per_second", "impedance_modulus_ohm", "impedance_phase_degree"), "eis"),
        (("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"), "eis"),
        (("test_time_second", "voltage_volt", "current_ampere"), ""),
        (("cycle_count", "cycle_discharging_capacity_ah"), "cycling"),
        (("two_theta_degree", "intensity_count"), "xrd"),
    ],
)
def test_the_columns_decide_the_technique(columns: tuple[str, ...], technique: str) -> None:
    headers = {index: KnownColumn(name, 1.0, "") for index, name in enumerate(columns)}
    assert technique_of(headers, columns, "line 1") == technique


def test_columns_that_are_only_compared_are_optional() -> None:
    names = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm", "impedance_modulus_ohm")
    headers = {index: KnownColumn(name, 1.0, "") for index, name in enumerate(names)}
    assert optional_columns(headers) == {3}
    del headers[1]
    assert optional_columns(headers) == set()


def test_capacities_of_a_table_without_time_are_those_of_a_cycle() -> None:
    headers = {0: KnownColumn("cycle_count", 1.0, ""), 1: KnownColumn("discharging_capacity_ah", 1e-3, "mAh")}
    settled = settled_headers(headers, ("cycle", "discharge capacity / mAh"), "line 1")
    assert settled[1].canonical == "cycle_discharging_capacity_ah"


def test_a_spectrum_has_a_dataset_for_each_sweep() -> None:
    frequency = np.array([100.0, 10, 1, 0.1, 1, 10, 100])
    columns = {"frequency_hertz": frequency, "real_impedance_ohm": frequency, "imaginary_impedance_ohm": -frequency}
    assert len(table_datasets("eis", columns, {}, ())) == 2
