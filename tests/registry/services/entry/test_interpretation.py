"""What the form says of a number as it is typed."""

import pytest

from registry.services.entry.interpretation import interpret, rounding_effect_percent
from registry.services.value import parse_value


def effect(quantity: str, text: str) -> float:
    known, written = parse_value(quantity, text)
    return rounding_effect_percent(written, known)


@pytest.mark.parametrize(
    ("quantity", "text", "percent"),
    [
        ("die_diameter_mm", "10 mm", 10.0),
        ("thickness_um", "0.6 mm", 100 * 0.05 / 0.6),
        ("area_cm2", "0.8 cm2", 6.25),
        ("die_diameter_mm", "10 mm (exact)", 0.0),
        ("die_diameter_mm", "10.00 ± 0.02 mm", 0.0),
        ("temperature_degc", "25 °C", 0.0),
    ],
)
def test_the_effect_of_the_last_digit_on_results(quantity: str, text: str, percent: float) -> None:
    assert effect(quantity, text) == pytest.approx(percent)


def test_the_effect_is_shown_where_it_matters_with_an_example_that_is_understood() -> None:
    short, long = (interpret("die_diameter_mm", text).text for text in ("10.00 mm", "10 mm"))
    assert len(long) > 2 * len(short)
    assert effect("die_diameter_mm", long.rpartition("such as ")[2]) == 0
