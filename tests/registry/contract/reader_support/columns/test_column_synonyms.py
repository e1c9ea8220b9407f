from pathlib import Path

import pytest

from plugins.readers import declared_csv
from registry.contract.reader_support.columns.column_headers import (
    COLUMNS,
    named_column,
    parse_header,
    synonym_error,
)
from registry.contract.reader_support.columns.column_synonyms import SYNONYMS
from registry.contract.reader_support.columns.column_units import HeaderError


def test_synonyms_are_written_as_they_are_compared_and_name_one_column_each() -> None:
    names = [name for names in SYNONYMS.values() for name in names]
    assert set(SYNONYMS) <= set(COLUMNS)
    assert all(name == name.casefold().replace("_", " ") for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "canonical", "factor"),
    [
        ("t / s", "test_time_second", 1.0),
        ("Zeit (h)", "test_time_second", 3600.0),
        ("U / mV", "voltage_volt", 1e-3),
        ("E [V]", "voltage_volt", 1.0),
        ("-I / mA", "current_ampere", -1e-3),
        ("电流(mA)", "current_ampere", 1e-3),
        ("Zyklus", "cycle_count", 1.0),
        ("f_Hz", "frequency_hertz", 1.0),
        ("|Z| / Ω", "impedance_modulus_ohm", 1.0),
        ("-Phase (°)", "impedance_phase_degree", -1.0),
    ],
)
def test_a_synonym_is_known_with_a_unit_that_fits(text: str, canonical: str, factor: float) -> None:
    head = parse_header(text)
    assert head
    assert (head.canonical, head.factor, head.is_synonym) == (canonical, pytest.approx(factor), True)


@pytest.mark.parametrize("text", ["t", "E / Wh", "I", "phase", "f", "re", "E (kJ)", "|Z|"])
def test_a_synonym_without_a_unit_that_fits_is_no_error(text: str) -> None:
    assert parse_header(text) is None
    assert synonym_error(text)


def test_the_column_of_a_header_whose_unit_cannot_be_read() -> None:
    assert named_column("Z' / Ω cm²") == "real_impedance_ohm"
    assert named_column("remark") == ""
    with pytest.raises(HeaderError):
        parse_header("Z' / Ω cm²")


@pytest.mark.parametrize(
    ("text", "canonical", "factor"),
    [
        ("Pressure (bar)", "stack_pressure_megapascal", 0.1),
        ("p / kPa", "stack_pressure_megapascal", 1e-3),
        ("Pressure / Psi", "stack_pressure_megapascal", 0.00689476),
        ("Druck [N/mm²]", "stack_pressure_megapascal", 1.0),
        ("Pressure (kgf/cm2)", "stack_pressure_megapascal", 0.0980665),
        ("Force / N", "stack_force_newton", 1.0),
        ("F / N", "stack_force_newton", 1.0),
        ("Load (kg)", "stack_force_newton", 9.80665),
        ("Kraft / kN", "stack_force_newton", 1000.0),
        ("Load / lbf", "stack_force_newton", 4.44822),
        ("F / Hz", "frequency_hertz", 1.0),
    ],
)
def test_units_of_pressure_and_force(text: str, canonical: str, factor: float) -> None:
    head = parse_header(text)
    assert head is not None
    assert (head.canonical, head.factor) == (canonical, pytest.approx(factor, rel=1e-5))


def test_a_pressure_next_to_a_current_may_be_that_of_a_gas(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Time / s,Voltage / V,Current / A,Pressure (bar)\n0,3,0.1,1\n60,3.1,0.1,1\n")
    (dataset,) = declared_csv.read(file)
    assert "stack_pressure_megapascal" not in dataset.columns
    file.write_text("Time / s,Force / kgf\n0,80\n60,81\n")
    (dataset,) = declared_csv.read(file)
    assert (dataset.technique, list(dataset.columns)) == ("pressure", ["test_time_second", "stack_force_newton"])
    file.write_text("Date,Pressure (bar)\n2024-03-30 20:00:00,100\n2024-03-30 20:01:00,101\n")
    (dataset,) = declared_csv.read(file)
    assert dataset.technique == "pressure"
    assert dataset.columns["stack_pressure_megapascal"].tolist() == pytest.approx([10, 10.1])
    assert dataset.columns["test_time_second"].tolist() == [0, 60]
