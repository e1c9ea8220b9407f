"""Units of entered values."""

import pytest

from registry.web.presentation.units import UnitColumn, build_unit_column, format_header, split_unit


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("50 µm", "50", "µm"),
        ("65%", "65", "%"),
        ("0.366 mS cm⁻¹", "0.366", "mS cm⁻¹"),
        ("9.71×10⁻⁶ S cm⁻¹", "9.71×10⁻⁶", "S cm⁻¹"),
        ("3.2×3.2 cm² (exact)", "3.2×3.2 (exact)", "cm²"),
        ("(1.99 ± 0.26)×10⁴ Ω", "(1.99 ± 0.26)×10⁴", "Ω"),
        ("1.64 g/cm³", "1.64", "g/cm³"),
        ("−25 °C", "−25", "°C"),
        ("80 wt.%", "80", "wt.%"),
        ("0.2C", "0.2", "C"),
        ("5 to 20 MPa", "5 to 20 MPa", ""),
        ("15 MPa to 20 MPa", "15 MPa to 20 MPa", ""),
        ("5 min at RT", "5 min at RT", ""),
        ("0.62 V vs. Li", "0.62 V vs. Li", ""),
        ("2000", "2000", ""),
        ("Coin cell", "Coin cell", ""),
        ("", "", ""),
    ],
)
def test_a_value_is_split_into_number_and_unit(text: str, number: str, unit: str) -> None:
    assert split_unit(text) == (number, unit)


def test_a_common_unit_moves_to_the_header() -> None:
    column = build_unit_column("Area", ["3×3 cm² (exact)", "", "4 cm²"])
    assert column.header == format_header("Area", "cm²")
    assert column.cells == ("3×3 (exact)", "", "4")


@pytest.mark.parametrize(
    ("texts", "unit", "cells"),
    [
        (["2 MPa", "5 MPa", "100 bar"], "MPa", ("2", "5", "10.0")),
        (["25 °C", "60 °C", "298 K"], "°C", ("25", "60", "25")),
        (["50 um", "20 µm"], "µm", ("50", "20")),
        (["1.64 g/cm3"], "g cm⁻³", ("1.64",)),
        (["50 µm", "0.06 cm"], "cm", ("0.0050", "0.06")),
    ],
)
def test_a_column_has_one_unit(texts: list[str], unit: str, cells: tuple[str, ...]) -> None:
    assert build_unit_column("Title", texts) == UnitColumn(format_header("Title", unit), cells)


@pytest.mark.parametrize("texts", [["50 µm", "5 MPa"], ["50 µm", "thin"], ["", ""], []])
def test_units_of_other_kinds_stay_with_their_values(texts: list[str]) -> None:
    column = build_unit_column("Thickness", texts)
    assert (column.header, column.cells) == ("Thickness", tuple(texts))


def test_a_unit_with_a_slash_is_in_parentheses() -> None:
    assert format_header("Density", "g/cm³").endswith("(g/cm³)")
