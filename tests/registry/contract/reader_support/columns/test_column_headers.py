import numpy as np
import pytest

from registry.contract.reader_support.columns.column_headers import (
    COLUMNS,
    KnownColumn,
    names_known_column,
    parse_header,
)
from registry.contract.reader_support.columns.column_units import HeaderError
from tests.coded import refuses


@pytest.mark.parametrize("canonical", COLUMNS)
def test_reads_a_canonical_name(canonical: str) -> None:
    head = parse_header(canonical)
    assert head is not None
    assert (head.canonical, head.factor, head.is_machine_name) == (canonical, 1.0, True)


@pytest.mark.parametrize(
    ("text", "canonical", "factor"),
    [
        ("Test Time / s", "test_time_second", 1.0),
        ("time/h", "test_time_second", 3600.0),
        ("Time (min)", "test_time_second", 60.0),
        ("Voltage [mV]", "voltage_volt", 1e-3),
        ("Current (µA)", "current_ampere", 1e-6),
        ("Current (μA)", "current_ampere", 1e-6),
        ("current / uA", "current_ampere", 1e-6),
        ("Cycle", "cycle_count", 1.0),
        ("Cycle Count / 1", "cycle_count", 1.0),
        ("Discharge capacity / mA h", "discharging_capacity_ah", 1e-3),
        ("Cycle charge capacity (mA·h)", "cycle_charging_capacity_ah", 1e-3),
        ("Frequency / kHz", "frequency_hertz", 1e3),
        ("Frequency / mHz", "frequency_hertz", 1e-3),
        ("Frequency / MHz", "frequency_hertz", 1e6),
        ("Re(Z)/Ohm", "real_impedance_ohm", 1.0),
        ("Z' (kΩ)", "real_impedance_ohm", 1e3),
        ("Z'' / Ω", "imaginary_impedance_ohm", 1.0),
        ("-Im(Z)/Ohm", "imaginary_impedance_ohm", -1.0),
        ("−Z'' / mΩ", "imaginary_impedance_ohm", -1e-3),
        ("Ambient temperature / °C", "ambient_temperature_celsius", 1.0),
        ("test_time_s", "test_time_second", 1.0),
        ("run_time_h", "test_time_second", 3600.0),
        ("current_mA", "current_ampere", 1e-3),
        ("discharge_capacity_Ah", "discharging_capacity_ah", 1.0),
        ("Run Time (h)", "test_time_second", 3600.0),
    ],
)
def test_reads_a_plain_name_with_its_unit(text: str, canonical: str, factor: float) -> None:
    head = parse_header(text)
    assert head is not None
    assert (head.canonical, head.factor) == (canonical, factor)


@pytest.mark.parametrize(
    "text",
    ["", "Comment", "Power / W", "current_ma", "Voltage, V", "(V)", "/ V", "voltage_1", "step_1", "temperature_1_C"],
)
def test_ignores_unknown_names(text: str) -> None:
    assert parse_header(text) is None


@pytest.mark.parametrize("text", ["Voltage", "current", "Time", "Discharge capacity", "Voltage ()", "Time / "])
def test_refuses_a_name_without_unit(text: str) -> None:
    with refuses("missing-unit", HeaderError):
        parse_header(text)


def test_refuses_a_unit_of_wrong_dimension() -> None:
    with refuses("unit-of-another-kind", HeaderError, unit="mA", kind="A", column="voltage_volt"):
        parse_header("Voltage / mA")


@pytest.mark.parametrize(
    "text", ["Discharge capacity / mAh/V", "Voltage (furlong)", "Time / fortnight", "Current / hh:mm:ss"]
)
def test_refuses_an_unknown_unit(text: str) -> None:
    with refuses("unknown-unit", HeaderError):
        parse_header(text)


def test_recognises_a_column_without_unit() -> None:
    assert names_known_column("Voltage")
    assert not names_known_column("Comment")


def test_milliampere_hours_come_back_as_written() -> None:
    head = KnownColumn("cycle_charging_capacity_ah", 1e-3, "mAh")
    assert (head.converted(np.array([2.1])) * 1000).tolist() == [2.1]


SPECIFIC = "cycle_discharging_specific_capacity_ah_per_gram"
AREAL = "cycle_discharging_areal_capacity_ah_per_square_centimetre"
CURRENT_DENSITY = "current_density_ampere_per_square_centimetre"


@pytest.mark.parametrize(
    ("text", "canonical", "factor"),
    [
        ("Specific capacity (mAh/g)", SPECIFIC, 1e-3),
        ("Cap_DChg(mAh/g)", SPECIFIC, 1e-3),
        ("DChg. Spec. Cap.(mAh/g)", SPECIFIC, 1e-3),
        ("Discharge capacity / mAh/g", SPECIFIC, 1e-3),
        ("Discharge Capacity [mAh g⁻¹]", SPECIFIC, 1e-3),
        ("Capacity (Ah/kg)", SPECIFIC, 1e-3),
        ("Capacity / mA h g^-1", SPECIFIC, 1e-3),
        ("Charge capacity (mAh g-1)", "cycle_charging_specific_capacity_ah_per_gram", 1e-3),
        ("Areal capacity (mAh cm⁻²)", AREAL, 1e-3),
        ("Capacity (mAh/cm²)", AREAL, 1e-3),
        ("Current (mA/g)", "specific_current_ampere_per_gram", 1e-3),
        ("-Current / A/kg", "specific_current_ampere_per_gram", -1e-3),
        ("Current density (mA/cm2)", CURRENT_DENSITY, 1e-3),
        ("Current / µA cm⁻²", CURRENT_DENSITY, 1e-6),
        ("Current density (A/m²)", CURRENT_DENSITY, 1e-4),
    ],
)
def test_a_unit_per_mass_or_area_makes_another_column(text: str, canonical: str, factor: float) -> None:
    head = parse_header(text)
    assert head
    assert (head.canonical, head.factor) == (canonical, pytest.approx(factor))


@pytest.mark.parametrize("text", ["Capacity (mAh)", "Capacity", "Capacity / %"])
def test_a_capacity_that_is_neither_per_gram_nor_per_area_is_not_known(text: str) -> None:
    assert parse_header(text) is None


@pytest.mark.parametrize(
    ("text", "canonical", "factor"),
    [
        ("log(freq/Hz)", "frequency_hertz", 1.0),
        ("log (f / kHz)", "frequency_hertz", 1e3),
        ("lg f / Hz", "frequency_hertz", 1.0),
        ("log10(ω / rad/s)", "angular_frequency_radian_per_second", 1.0),
        ("Log(|Z|/Ohm)", "impedance_modulus_ohm", 1.0),
        ("log |Z| / kΩ", "impedance_modulus_ohm", 1e3),
    ],
)
def test_reads_decimal_logarithms(text: str, canonical: str, factor: float) -> None:
    head = parse_header(text)
    assert head is not None
    assert (head.canonical, head.factor, head.is_logarithm) == (canonical, factor, True)
    np.testing.assert_allclose(head.converted(np.array([0.0, 3.0])), [factor, 1000 * factor])


@pytest.mark.parametrize(
    "text", ["log(Z' / Ω)", "log", "log()", "log file", "login / s", "log(" * 500 + "f / Hz" + ")" * 500]
)
def test_no_other_logarithm_is_known(text: str) -> None:
    assert parse_header(text) is None


def test_a_logarithm_without_a_unit_says_how_to_write_it() -> None:
    with refuses("missing-unit", HeaderError, header="freq", unit="Hz"):
        parse_header("log(freq)")
