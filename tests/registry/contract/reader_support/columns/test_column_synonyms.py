import pytest

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
