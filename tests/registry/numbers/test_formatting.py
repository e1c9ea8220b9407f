"""Printed digits. Known answers: Wu et al. 2025, tables 1, 2 and 4; concise notation as in JCGM 100:2008, 7.2.2."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.uncertainty import Estimate
from registry.numbers import formatting
from registry.numbers.units import UnitError

ENERGY_DENSITY = Estimate(168.5089, 162.8, 174.2)
CONDUCTIVITY = Estimate(6.5857e-5, 6.557e-5, 6.614e-5)


@pytest.mark.parametrize(
    ("estimate", "digits"),
    [
        (ENERGY_DENSITY, "168.5"),
        (CONDUCTIVITY, "6.586e-5"),
        (Estimate.measured(6.5857e-5, 1.7e-7), "6.586e-5"),
        (Estimate.measured(-3.2e-4, 9.96e-6), "-3.20e-4"),
        (Estimate.measured(168500, 3300), "1.685e5"),
        (Estimate.measured(1685, 330), "1.68e3"),
        (Estimate.measured(0.0, 0.5), "0.00"),
        (Estimate.measured(1.0, 3000), "0"),
    ],
)
def test_prints_two_digits_of_the_uncertainty(estimate: Estimate, digits: str) -> None:
    assert formatting.format_digits(estimate) == digits


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        (9, "9"),
        (10.24, "10.24"),
        (2000, "2000"),
        (1e7, "1e7"),
        (0.1 + 0.2, "0.3000"),
        (3.141592653, "3.142"),
        (12345.678, "12346"),
        (123456, "1.23456e5"),
        (0, "0"),
        (0.0005, "5e-4"),
    ],
)
def test_prints_a_number_without_uncertainty_in_full_or_with_four_digits(number: float, digits: str) -> None:
    assert formatting.format_digits(Estimate.exact(number)) == digits


def test_prints_a_count_as_an_integer() -> None:
    assert formatting.format_digits(Estimate.measured(2000.0, 30.0), count=True) == "2000"


def test_prints_scaled_numbers() -> None:
    assert formatting.format_digits(CONDUCTIVITY, scale=1000) == "0.06586"
    assert formatting.format_digits(CONDUCTIVITY, scale=Decimal(1000)) == "0.06586"


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (ENERGY_DENSITY, "168.5 [162.8, 174.2]"),
        (CONDUCTIVITY, "6.586×10⁻⁵ [6.557×10⁻⁵, 6.614×10⁻⁵]"),
        (Estimate.measured(6.5857e-5, 1.7e-7), "6.586(17)×10⁻⁵"),
        (Estimate.measured(11.2, 1.5), "11.2(15)"),
        (Estimate.measured(-0.5, 0.02), "−0.500(20)"),
        (Estimate.exact(9), "9"),
        (Estimate(10.0, 9.0, 11.0, 0.1), "10.0 [8.8, 11.2]"),
    ],
)
def test_shows_scatter_in_brackets_and_rounding_as_an_interval(estimate: Estimate, text: str) -> None:
    assert formatting.format_with_uncertainty(estimate) == text


@pytest.mark.parametrize(
    ("digits", "scale", "moved"),
    [
        ("7.66e-3", "1000", "7.66"),
        ("0.370", "0.001", "3.70e-4"),
        ("7.64e-3", "1e3", "7.64"),
        ("2000", "0.001", "2.000"),
        ("10", "1000", "1.0e4"),
        ("1.00e1", "1", "1.00e1"),
        ("-0.50", "10", "-5.0"),
        ("30x30", "0.01", "3.0x3.0"),
        ("0.0", "1000", "0"),
        ("", "1000", ""),
    ],
)
def test_moves_written_digits_by_a_power_of_ten(digits: str, scale: str, moved: str) -> None:
    assert formatting.rescale_digits(digits, Decimal(scale)) == moved


@pytest.mark.parametrize(("digits", "scale"), [("10", "3.6"), ("3x3", "10"), ("10", "-10")])
def test_refuses_to_move_digits_by_anything_else(digits: str, scale: str) -> None:
    with pytest.raises(ValueError, match=r"digits|sides"):
        formatting.rescale_digits(digits, Decimal(scale))


@pytest.mark.parametrize(
    ("digits", "source", "target", "moved"),
    [
        ("7.18", "mS cm⁻¹", "S/cm", "0.00718"),
        ("9.71e-6", "S cm-1", "mS/cm", "0.00971"),
        ("2000", "cycles", "dimensionless", "2000"),
        ("0.2", "C", "c_rate", "0.2"),
        ("298", "K", "degC", ""),
        ("64.8", "C", "mA*h", ""),
        ("3x3", "cm²", "mm**2", ""),
        ("30x30", "mm²", "cm**2", "3.0x3.0"),
    ],
)
def test_prints_written_digits_in_another_unit_where_the_point_only_moves(
    digits: str, source: str, target: str, moved: str
) -> None:
    assert formatting.digits_in_unit(digits, source, target) == moved


@pytest.mark.parametrize(
    ("magnitude", "digits", "printed"),
    [
        (6.5857e-5, "6.89e-5", "6.59e-5"),
        (168.5089, "170.2", "168.5"),
        (0.09996, "0.123", "0.100"),
        (223.2, "3x3", "2e2"),
        (0.0, "0.123", "0"),
        (-5.678, "0.12", "-5.7"),
    ],
)
def test_prints_as_many_digits_as_the_compared_number(magnitude: float, digits: str, printed: str) -> None:
    assert formatting.format_digits_like(magnitude, Estimate.exact(1.0), digits) == printed


@pytest.mark.parametrize(
    ("digits", "text"),
    [
        ("7.87e3", "7.87×10³"),
        ("1.00e1", "1.00×10¹"),
        ("9.71e-6", "9.71×10⁻⁶"),
        ("-5", "−5"),
        ("3x3", "3×3"),
        ("3.2x3.2", "3.2×3.2"),
        ("0.366", "0.366"),
        ("", ""),
    ],
)
def test_prints_unicode_on_pages(digits: str, text: str) -> None:
    assert formatting.to_typographic(digits) == text


def test_states_by_how_much_reported_exceeds_computed() -> None:
    conductivity = formatting.percent_difference(6.89e-5, 6.586e-5)
    energy_density = formatting.percent_difference(170.2, 168.51)
    assert conductivity is not None
    assert energy_density is not None
    assert round(conductivity, 1) == 4.6
    assert round(energy_density, 1) == 1.0
    assert formatting.percent_difference(1.0, 0.0) is None


def test_converts_units() -> None:
    assert formatting.convert(298, "K", "degC") == 24.85
    assert formatting.convert(0.366, "mS/cm", "S/cm") == 0.000366
    converted = formatting.convert_estimate(Estimate(25.0, 24.5, 25.5, 0.1, inferred=True), "degC", "K")
    assert converted == Estimate(298.15, 297.65, 298.65, 0.1, inferred=True)
    with pytest.raises(UnitError):
        formatting.convert(1, "K", "MPa")


numbers = st.floats(min_value=-1e100, max_value=1e100).filter(lambda x: x == 0 or abs(x) > 1e-100)
uncertainties = st.floats(min_value=0, max_value=1e100).filter(lambda x: x == 0 or x > 1e-100)


@given(numbers, uncertainties)
def test_printed_digits_stay_within_the_uncertainty(magnitude: float, uncertainty: float) -> None:
    digits = formatting.format_digits(Estimate.measured(magnitude, uncertainty))
    allowed = max(
        uncertainty / 10, abs(magnitude) * 5.1e-4 if uncertainty <= 1e-12 * abs(magnitude) else abs(magnitude) * 1e-14
    )
    assert abs(float(digits) - magnitude) <= allowed


@given(st.decimals(min_value="-1e20", max_value="1e20", allow_nan=False, places=6), st.integers(-12, 12))
def test_rescaling_there_and_back_keeps_value_and_significance(number: Decimal, shift: int) -> None:
    digits = f"{number:f}"
    there = formatting.rescale_digits(digits, Decimal(1).scaleb(shift))
    back = formatting.rescale_digits(there, Decimal(1).scaleb(-shift))
    assert Decimal(back) == number
    assert not number or Decimal(back).as_tuple() == number.as_tuple()


@given(numbers, uncertainties)
def test_typographic_text_has_no_ascii_minus_or_letter(magnitude: float, uncertainty: float) -> None:
    text = formatting.format_with_uncertainty(Estimate.measured(magnitude, uncertainty))
    assert set(text) <= set("0123456789.−×⁰¹²³⁴⁵⁶⁷⁸⁹⁻() [],")


@pytest.mark.parametrize(
    ("digits", "with_power"),
    [("0.007639", "7.639e-3"), ("-120", "-1.20e2"), ("5", "5e0"), ("7.64e-3", "7.64e-3"), ("3x3", "3x3"), ("0", "0")],
)
def test_prints_with_a_power_of_ten_whatever_the_size(digits: str, with_power: str) -> None:
    assert formatting.to_scientific(digits) == with_power


def test_an_uncertainty_that_is_round_off_is_not_printed() -> None:
    for uncertainty in (3.5e-16, 4.2e-16):
        assert formatting.format_with_uncertainty(Estimate.measured(0.33, uncertainty)) == "0.33"


@pytest.mark.parametrize(
    ("digits", "short"),
    [
        ("85.17384", "85.174"),
        ("100.0000", "100.00"),
        ("6.58613e-5", "6.5861e-5"),
        ("999999", "1.0000e6"),
        ("3.1", "3.1"),
    ],
)
def test_few_digits_are_kept_of_many(digits: str, short: str) -> None:
    assert formatting.shorten(digits, 5) == short
