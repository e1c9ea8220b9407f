"""Spellings of units. Factors follow from the SI prefixes and the defined units (BIPM, SI Brochure, 9th edition)."""

import subprocess
import sys
from decimal import Decimal

import pytest

from registry.numbers import units
from registry.numbers.builtin_quantities import BUILTIN_QUANTITIES
from registry.numbers.known_units import KNOWN_FACTORS

SPELLINGS = {
    "S/cm": [
        "S cm-1",
        "S cm^-1",
        "S cm⁻¹",
        "S cm −1",
        "S·cm⁻¹",
        "S.cm-1",
        "S*cm**-1",
        "S cm^{-1}",
        "S cm ⁻¹",
        "Ω⁻¹ cm⁻¹",
    ],
    "mA*h/g": ["mAh/g", "mAh g-1", "mAh g−1", "mAh g⁻¹", "mA h g^-1", "mAhg-1", "mA·h·g⁻¹", "Ah/kg", "mAhr/g"],
    "W*h/kg": ["Wh/kg", "Wh kg⁻¹", "W h kg-1", "Whkg-1"],
    "mg/cm**2": ["mg/cm2", "mg/cm²", "mg cm-2", "mg cm⁻²", "mg·cm^-2", "mg per cm²"],
    "um": ["µm", "μm", "um", "micron", "㎛"],
    "ohm": ["Ω", "Ω", "ohm", "Ohm", "ohms"],
    "degC": ["°C", "℃", "degC", "deg C", "º C", "celsius"],
    "percent": ["%", "percent", "wt%", "wt.%", "wt. %", "％"],
    "percent/cycle": ["%/cycle", "% per cycle", "% cycle⁻¹", "percent per cycle"],
    "c_rate": ["C", "C-rate"],
    "dimensionless": ["", "cycles", "cycle"],
}


@pytest.mark.parametrize(("unit", "written"), [(unit, text) for unit, texts in SPELLINGS.items() for text in texts])
def test_reads_every_usual_spelling_as_the_same_unit(unit: str, written: str) -> None:
    assert units.factor(written, unit) == (1, 0)


@pytest.mark.parametrize(
    ("written", "unit", "scale"),
    [
        ("mS cm⁻¹", "S/cm", "0.001"),
        ("cm", "um", "10000"),
        ("kΩ", "ohm", "1000"),
        ("bar", "MPa", "0.1"),
        ("Ah", "mA*h", "1000"),
        ("mm²", "cm**2", "0.01"),
        ("ppm", "percent", "0.0001"),
        ("%", "dimensionless", "0.01"),
        ("kg/m3", "g/cm**3", "0.001"),
    ],
)
def test_converts_by_an_exact_decimal_factor(written: str, unit: str, scale: str) -> None:
    assert units.factor(written, unit) == (Decimal(scale), 0)


def test_converts_coulombs_into_milliampere_hours() -> None:
    scale, offset = units.factor("C", "mA*h")
    assert offset == 0
    assert float(scale) == 1 / 3.6


def test_kelvin_and_fahrenheit_have_an_offset() -> None:
    assert units.factor("K", "degC") == (1, Decimal("-273.15"))
    scale, offset = units.factor("°F", "degC")
    assert float(scale) == 5 / 9
    assert float(offset) == -160 / 9


def test_temperature_in_a_product_is_a_difference() -> None:
    assert units.factor("mV/°C", "mV/K") == (1, 0)


def test_error_names_both_dimensions() -> None:
    with pytest.raises(units.UnitError, match=r"‘mA’.* current;.* pressure .*\bMPa\b"):
        units.factor("mA", "MPa")


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("mAh g", "mA*h/g"),
        ("S cm", "S/cm"),
        ("Wh/L", "MPa"),
        ("MPa", "W*h/L"),
        ("rad", "percent"),
        ("mol/mol", "percent"),
        ("%", "percent/cycle"),
        ("%/cycle", "percent"),
        ("C", "degC"),
        ("1/h", "c_rate"),
        ("%", "MPa"),
        ("dBm", "W"),
        ("dBu m", "MPa"),
        ("octave g", "dimensionless"),
        ("", "MPa"),
        ("blob blob", "MPa"),
        ("m^999", "m"),
        ("S^0", "MPa"),
        ("mA/cm² g", "mA/cm**2"),
    ],
)
def test_refuses_a_unit_of_wrong_dimension(written: str, unit: str) -> None:
    with pytest.raises(units.UnitError):
        units.factor(written, unit)


def test_suggests_the_right_capitals() -> None:
    with pytest.raises(units.UnitError, match="‘MPa’"):
        units.factor("Mpa", "MPa")


@pytest.mark.parametrize(
    "reason", ["Coin cell", "not measured", "unknown", "varied", "spring", "short circuit", "ambient"]
)
def test_does_not_mistake_text_for_units(reason: str) -> None:
    assert not units.is_unit(reason)


@pytest.mark.parametrize("unit", ["MPa", "%", "mS/cm", "wt%", "cycles", "C"])
def test_knows_a_bare_unit(unit: str) -> None:
    assert units.is_unit(unit)


@pytest.mark.parametrize("unit", sorted({quantity.unit for quantity in BUILTIN_QUANTITIES}))
def test_short_labels_can_be_read_back(unit: str) -> None:
    if unit != "dimensionless":
        assert units.factor(units.short_label(unit), unit) == (1, 0)


def test_starts_without_loading_the_unit_library() -> None:
    code = "import sys; from registry.numbers import catalogue, formatting, parsing; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("unit", "spelling", "scale"),
    [(unit, *row) for unit, spellings in KNOWN_FACTORS.items() for row in spellings.items()],
)
def test_known_conversions_agree_with_pint(unit: str, spelling: str, scale: str) -> None:
    assert units._factor(spelling, unit) == (Decimal(scale), Decimal(0))


@pytest.mark.parametrize("unit", ["% MPa", "% Ω", "%·mAh/g", "rad Ω", "MPa C/C", "ppm mg", "deg V"])
def test_a_percentage_or_angle_inside_a_unit_is_refused(unit: str) -> None:
    assert not units.is_unit(unit)


@pytest.mark.parametrize("unit", ["% per cycle", "%/h", "mAh/g", "1/h"])
def test_a_percentage_per_something_is_a_unit(unit: str) -> None:
    assert units.is_unit(unit)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("J/(mol K)", "J/(mol*K)"),
        ("J/(mol·K)", "J/(mol*K)"),
        ("J mol⁻¹ K⁻¹", "J/(mol*K)"),
        ("J/mol/K", "J/(mol*K)"),
        ("J/( mol K )", "J/(mol*K)"),
        ("J (mol K)⁻¹", "J/(mol*K)"),
        ("(J)/(mol*K)", "J/(mol*K)"),
        ("W m⁻¹ K⁻¹", "W/(m*K)"),
        ("S cm² mol⁻¹", "S*cm**2/(mol)"),
        ("(S cm²)/mol", "S*cm**2/(mol)"),
        ("ohm/s**0.5", "ohm/s**0.5"),
        ("Ω s⁻⁰·⁵", "ohm/s**0.5"),
        ("Ω s^-0.5", "ohm/s**0.5"),
        ("Ω s^(-1/2)", "ohm/s**0.5"),
        ("Ω s^{-1/2}", "ohm/s**0.5"),
        ("Ω/√s", "ohm/s**0.5"),
        ("Ω/√(s)", "ohm/s**0.5"),
        ("1/(s*V)", "1/(s*V)"),
        ("g/(cm²·h)", "g/(cm**2*h)"),
        ("Ω/s^0.25", "ohm/s**0.25"),
    ],
)
def test_brackets_and_fractional_powers_are_read(written: str, unit: str) -> None:
    assert units.factor(written, unit) == (1, 0)


@pytest.mark.parametrize(
    "written", ["J/mol*K", "J/(mol", "J/((mol)", "J/()", "s^(1/3)", "J/(mol*K)^0", "(J/mol)*(", "√(s"]
)
def test_ambiguous_and_broken_brackets_are_refused(written: str) -> None:
    assert not units.is_unit(written)


def test_a_unit_is_shown_with_its_powers_raised() -> None:
    assert units.short_label("ohm/s**0.5") == "Ω/s⁰·⁵"
    assert units.short_label("cm**2") == "cm²"


@pytest.mark.parametrize(
    ("unit", "label"),
    [
        ("uW", "µW"),
        ("uA/cm**2", "µA/cm²"),
        ("uA*h", "µA h"),
        ("ug", "µg"),
        ("um**2/um", "µm²/µm"),
        ("1/um", "1/µm"),
        ("u", "u"),
        ("mAh g⁻¹", "mAh g⁻¹"),
        ("cm^2", "cm²"),
        ("turn", "turn"),
        ("lumen", "lumen"),
    ],
)
def test_micro_is_shown_as_its_letter(unit: str, label: str) -> None:
    assert units.short_label(unit) == label
