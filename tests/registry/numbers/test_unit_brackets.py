"""Units with brackets and fractional powers, as people write them."""

import pytest

from registry.hookspecs import Quantity
from registry.numbers.parsing import NotationError, parse


@pytest.mark.parametrize(
    ("unit", "written", "magnitude"),
    [
        ("J/(mol*K)", "12.5 J/(mol K)", 12.5),
        ("J/(mol*K)", "12.5(3) J/(mol·K)", 12.5),
        ("J/(mol*K)", "(12.5 ± 0.3) kJ/(mol K)", 12500.0),
        ("J/(mol*K)", "~12 J mol-1 K-1 (exact)", 12.0),
        ("ohm/s**0.5", "3.2 Ω s⁻⁰·⁵", 3.2),
        ("ohm/s**0.5", "3.2 mΩ s-0.5", 0.0032),
        ("ohm/s**0.5", "<3 Ω s^(-1/2)", 3.0),
        ("ohm/s**0.5", "3.2×10^-3 Ω/√s (inferred)", 0.0032),
    ],
)
def test_units_with_brackets_and_fractional_powers(unit: str, written: str, magnitude: float) -> None:
    quantity = Quantity(slug="test_of_a_unit", name="Test", unit=unit)
    assert parse(written, quantity).magnitude == pytest.approx(magnitude)


@pytest.mark.parametrize("written", ["12.5 J/(mol K) (guess)", "12.5 (J mol K)", "12.5 J (mol K)"])
def test_a_bracket_that_is_no_unit_is_a_remark_or_refused(written: str) -> None:
    with pytest.raises(NotationError):
        parse(written, Quantity(slug="test_of_a_unit", name="Test", unit="J/(mol*K)"))
