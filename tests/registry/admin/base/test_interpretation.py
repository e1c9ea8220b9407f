"""What the form says of a number as it is typed."""

import pytest

from registry.admin.base.interpretation import interpret


@pytest.mark.parametrize(
    ("quantity", "text", "effect"),
    [
        ("die_diameter_mm", "10 mm", "±10 % in area and conductivity"),
        ("thickness_um", "0.6 mm", "±8.3 % in conductivity"),
        ("area_cm2", "0.8 cm2", "±6.2 % in conductivity"),
    ],
)
def test_the_effect_of_the_last_digit_on_results_is_shown(quantity: str, text: str, effect: str) -> None:
    assert effect in interpret(quantity, text).text


@pytest.mark.parametrize("text", ["10.00 mm", "10 mm (exact)", "10.00 ± 0.02 mm", "<10 mm"])
def test_numbers_that_are_well_known_have_no_such_remark(text: str) -> None:
    assert "in area" not in interpret("die_diameter_mm", text).text


def test_the_example_it_gives_is_understood() -> None:
    example = interpret("die_diameter_mm", "10 mm").text.rpartition("such as ")[2]
    assert "standard uncertainty 0.02" in interpret("die_diameter_mm", example).text
