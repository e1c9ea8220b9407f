"""Values of one quantity in one unit and one style of numbers."""

import pytest

from registry.models import Value
from registry.web.presentation.value_column import build_value_column, format_with_unit

SIGMA = "ionic_conductivity_s_cm"


def _reported(written: str, slug: str = SIGMA) -> Value:
    return Value(origin="reported", quantity=slug, written=written)


def _computed(magnitude: float, half_width: float = 0.0, scatter: float = 0.0, slug: str = SIGMA) -> Value:
    return Value(
        origin="computed",
        quantity=slug,
        magnitude=magnitude,
        lower=magnitude - half_width,
        upper=magnitude + half_width,
        standard_uncertainty=scatter,
    )


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ([_reported("0.366 mS cm-1"), _reported("0.370 mS/cm")], "mS cm⁻¹", ["0.366", "0.370"]),
        ([_reported("3.2(4) mS/cm"), _reported("0.0041 S/cm")], "S cm⁻¹", ["0.0032(4)", "0.0041"]),
        ([_computed(2.6849e-4, scatter=2e-7), _computed(0.0024018, scatter=1.8e-6)], "S cm⁻¹",
         ["2.6849(20)×10⁻⁴", "2.4018(18)×10⁻³"]),
        ([_computed(6.5857e-5, scatter=1.7e-7), _computed(0.05876, scatter=1e-4), _reported("6.89e-5 S/cm")], "S cm⁻¹",
         ["6.586(17)×10⁻⁵", "5.876(10)×10⁻²", "6.89×10⁻⁵"]),
        ([_reported("5 MPa", "stack_pressure_mpa"), _reported(">100 bar", "stack_pressure_mpa")], "MPa",
         ["5", ">10.0"]),
        ([_reported("200 cycles", "cycle_count"), _reported("1000", "cycle_count")], "", ["200", "1000"]),
        ([_reported("0.75 %", "capacity_retention_percent")], "%", ["0.75"]),
    ],
)  # fmt: skip
def test_values_are_in_one_unit_and_style(values: list[Value], unit: str, texts: list[str]) -> None:
    column = build_value_column(values[0].quantity, values)
    assert (column.unit_label, [column.format(value) for value in values]) == (unit, texts)


def test_a_reason_stays_as_written() -> None:
    value = Value(origin="reported", quantity=SIGMA, missing="Coin cell")
    assert build_value_column(SIGMA, [value, _reported("1 mS/cm")]).format(value) == "Coin cell"


def test_a_single_value_has_its_typed_unit_typeset() -> None:
    assert format_with_unit(_reported("1.5 mS/cm")) == "1.5 mS cm⁻¹"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("7.87x10^3 Ohm", "7.87×10³ Ω"),
        ("7.87*10^3 ohm", "7.87×10³ Ω"),
        ("approx. 50 ohm", "~50 Ω"),
        ("ca. 50(2) Ω", "~50(2) Ω"),
        ("at least 50 Ohm", "≥50 Ω"),
        ("about 0.05 kOhm (inferred)", "~0.05 kΩ"),
        ("-5 Ω", "−5 Ω"),
        ("50 Ω (exact)", "50 (exact) Ω"),
        ("1.5(2) Ω", "1.5(2) Ω"),
    ],
)
def test_a_unit_is_printed_once_however_the_number_was_written(written: str, text: str) -> None:
    assert format_with_unit(_reported(written, "resistance_ohm")) == text


def test_an_interval_has_two_digits_of_its_half_width_and_at_most_six() -> None:
    retention = _computed(91.7700787, 0.00113, slug="capacity_retention_percent")
    assert format_with_unit(retention) == "91.7701 [91.7689, 91.7712] %"
    efficiency = _computed(1.4, 0.000089, slug="capacity_retention_percent")
    assert format_with_unit(efficiency) == "1.40000 [1.39991, 1.40009] %"
