"""The grammar of written numbers. Expected values are the written ones, by the meaning of decimal notation."""

from decimal import Decimal, localcontext

import pytest

from registry.numbers.grammar import PRECISE, NotationError, number_and_unit


def read(text: str, *, is_area: bool = False) -> tuple[str, Decimal, Decimal, str]:
    number, unit = number_and_unit(text, text, is_area=is_area)
    return number.digits, number.value, (number.upper - number.lower) / 2, unit


@pytest.mark.parametrize(
    ("text", "digits", "value", "half_width"),
    [
        ("7.87×10^3", "7.87e3", "7870", "5"),
        ("7.87x10^3", "7.87e3", "7870", "5"),
        ("7.87*10^3", "7.87e3", "7870", "5"),
        ("7.87 · 10³", "7.87e3", "7870", "5"),
        ("7.87×10^{3}", "7.87e3", "7870", "5"),
        ("7.87*10**3", "7.87e3", "7870", "5"),
        ("7.87E3", "7.87e3", "7870", "5"),
        ("7.87e+03", "7.87e3", "7870", "5"),
        ("9.71×10⁻⁶", "9.71e-6", "0.00000971", "0.000000005"),
        ("1.00×10", "1.00e1", "10.0", "0.05"),
        ("10^3", "1e3", "1000", "500"),
        ("2000", "2000", "2000", "0.5"),
        ("0.370", "0.370", "0.370", "0.0005"),
        ("007", "7", "7", "0.5"),
        (".5", "0.5", "0.5", "0.05"),
        ("5.", "5", "5", "0.5"),
        ("−5", "-5", "-5", "0.5"),
        ("–5", "-5", "-5", "0.5"),
        ("+5", "5", "5", "0.5"),
    ],
)
def test_reads_a_number_to_its_last_written_digit(text: str, digits: str, value: str, half_width: str) -> None:
    assert read(text) == (digits, Decimal(value), Decimal(half_width), "")


def test_keeps_every_digit_of_a_long_number() -> None:
    long = "0." + "123456789" * 20
    with localcontext(PRECISE):
        assert read(long)[:3] == (long, Decimal(long), Decimal("5e-181"))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("10 MPa", "MPa"),
        ("10MPa", "MPa"),
        ("0.366 mS cm⁻¹", "mS cm⁻¹"),
        ("0.366 mS cm−1", "mS cm−1"),
        ("1 mA*h", "mA*h"),
    ],
)
def test_cuts_the_unit_out_as_written(text: str, unit: str) -> None:
    assert read(text)[3] == unit


@pytest.mark.parametrize(
    ("text", "digits", "unit"),
    [
        ("3×3 cm²", "3x3", "cm²"),
        ("3.2 × 3.2 cm^2", "3.2x3.2", "cm^2"),
        ("30mm x 20mm", "30x20", "mm^2"),
        ("3x10 cm²", "3x10", "cm²"),
    ],
)
def test_reads_an_area_by_its_sides(text: str, digits: str, unit: str) -> None:
    number, read_unit = number_and_unit(text, text, is_area=True)
    first, second = (Decimal(side) for side in digits.split("x"))
    assert (number.digits, number.value, read_unit) == (digits, first * second, unit)


def test_bounds_an_area_by_the_rounding_of_both_sides() -> None:
    number, _ = number_and_unit("3×3 cm²", "", is_area=True)
    assert (number.lower, number.upper) == (Decimal("6.25"), Decimal("12.25"))


def test_reads_a_power_of_ten_in_an_area() -> None:
    assert read("1.0×10^2 mm²", is_area=True) == ("1.0e2", Decimal(100), Decimal(5), "mm²")


@pytest.mark.parametrize(
    ("text", "value", "uncertainty"),
    [
        ("12.3 ± 0.4 mg", "12.3", "0.4"),
        ("12.3±0.4 mg", "12.3", "0.4"),
        ("12.3 +/- 0.4 mg", "12.3", "0.4"),
        ("(12.3 ± 0.4) mg", "12.3", "0.4"),
        ("12.3 mg ± 0.4 mg", "12.3", "0.4"),
        ("12.34(5) mg", "12.34", "0.05"),
        ("12.34(56) mg", "12.34", "0.56"),
        ("(7.87 ± 0.02)×10^3 mg", "7870", "20"),
        ("7.87×10^3 ± 0.02×10^3 mg", "7870", "20"),
        ("7.87(2)×10^3 mg", "7870", "20"),
    ],
)
def test_reads_a_standard_uncertainty(text: str, value: str, uncertainty: str) -> None:
    number, unit = number_and_unit(text, text, is_area=False)
    assert (number.value, number.uncertainty, unit) == (Decimal(value), Decimal(uncertainty), "mg")
    assert number.lower == number.value == number.upper


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,5 MPa", "‘12.5 MPa’"),
        ("1,000 MPa", "‘1000 MPa’ or ‘1.000 MPa’"),
        ("1,000,000 Pa", "‘1000000 Pa’"),
        ("1.234,5 Pa", "has a comma"),
        ("10 000 Ω", "one number"),
        ("1.2.3 MPa", "one number"),
        ("2-25 MPa", "looks like a range"),
        ("2–25 MPa", "looks like a range"),
        ("2 to 25 MPa", "looks like a range"),
        ("7.87×10-3 S", "‘×10\\^-3’"),
        ("7.87×103 S", "‘×10\\^3’"),
        ("3×3 MPa", "area"),
        ("MPa 10", "start"),
        ("10 MPa (estimated)", "use \\(exact\\) or \\(inferred\\)"),
        ("12.3 mg ± 0.4", "uncertainty as"),
        ("7.87 ± 0.02×10^3 Ω", "uncertainty as"),
        ("± 0.4 mg", "start"),
        ("12 ±", "after ±: .*‘7.87 ± 0.02 kΩ’"),
        ("7.87 kΩ±", "after ±"),
        ("12 +/- mg", "after ±"),
        ("(7.87 ±)×10^3 Ω", "after ±"),
        ("1e5e3 Ω", "malformed number"),
        ("1×10^5e3 Ω", "malformed number"),
        ("1e3.5 Ω", "malformed number"),
        ("12.3(1) ± 0.4 mg", "uncertainty as"),
        ("10⁺⁻ Ω", "power"),
    ],
)
def test_refuses_and_says_how_to_write_it(text: str, reason: str) -> None:
    with pytest.raises(NotationError, match=reason):
        number_and_unit(text, text, is_area=False)


def test_refuses_sides_in_two_units() -> None:
    with pytest.raises(NotationError, match="different units"):
        number_and_unit("3 cm × 30 mm", "3 cm × 30 mm", is_area=True)
