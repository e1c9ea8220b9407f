"""Numbers as people write them. Known answers: tables 1 to 4 of Wu et al. 2025 as printed, and decimal notation."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyses.uncertainty import Estimate
from registry.hookspecs import Quantity
from registry.numbers import catalogue
from registry.numbers.builtin_quantities import BUILTIN_QUANTITIES
from registry.numbers.parsing import NotationError, ParsedNumber, number_as_text, parse


def read(slug: str, text: str) -> ParsedNumber:
    return parse(text, catalogue.get(slug))


PRINTED = [
    ("resistance_ohm", "7.87×10^3 Ω", 7870, 7865, 7875, "7.87e3"),
    ("resistance_ohm", "1.00×10 Ω", 10, 9.95, 10.05, "1.00e1"),
    ("resistance_ohm", "1.30 Ω", 1.3, 1.295, 1.305, "1.30"),
    ("electronic_conductivity_s_cm", "6.89×10⁻⁵ S cm⁻¹", 6.89e-5, 6.885e-5, 6.895e-5, "6.89e-5"),
    ("ionic_conductivity_s_cm", "0.366 mS cm⁻¹", 0.000366, 0.0003655, 0.0003665, "0.366"),
    ("capacity_retention_percent", "90.9%", 90.9, 90.85, 90.95, "90.9"),
    ("stack_pressure_mpa", "2.5 MPa", 2.5, 2.45, 2.55, "2.5"),
    ("c_rate", "0.33 C", 0.33, 0.325, 0.335, "0.33"),
    ("specific_capacity_mah_g", "169.5 mAh g⁻¹", 169.5, 169.45, 169.55, "169.5"),
    ("mass_loading_mg_cm2", "11.2 mg cm⁻²", 11.2, 11.15, 11.25, "11.2"),
    ("discharge_capacity_mah", "18 mAh", 18, 17.5, 18.5, "18"),
    ("mean_discharge_voltage_v", "3.11V", 3.11, 3.105, 3.115, "3.11"),
    ("gravimetric_energy_density_wh_kg", "170.2 Wh kg⁻¹", 170.2, 170.15, 170.25, "170.2"),
    ("thickness_um", "0.060 cm", 600, 595, 605, "0.060"),
    ("temperature_degc", "25°C", 25, 24.5, 25.5, "25"),
    ("temperature_degc", "298 K", 24.85, 24.35, 25.35, "298"),
    ("mass_fraction_percent", "0.2wt%", 0.2, 0.15, 0.25, "0.2"),
    ("area_cm2", "3×3 cm²", 9, 6.25, 12.25, "3x3"),
    ("area_cm2", "3x3 cm", 9, 6.25, 12.25, "3x3"),
    ("area_cm2", "45 x 55mm", 24.75, 24.2525, 25.2525, "45x55"),
]


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row[1])
def test_reads_numbers_as_printed_in_papers(row: tuple[str, str, float, float, float, str]) -> None:
    slug, text, magnitude, lower, upper, digits = row
    written = read(slug, text)
    assert (written.magnitude, written.lower, written.upper) == (magnitude, lower, upper)
    assert (written.text, written.digits, written.qualifier, written.missing) == (text, digits, "=", "")


def test_keeps_what_was_typed_and_its_unit() -> None:
    written = read("ionic_conductivity_s_cm", "  0.366 mS cm⁻¹ ")
    assert (written.text, written.unit) == ("0.366 mS cm⁻¹", "mS cm⁻¹")


@pytest.mark.parametrize(
    ("text", "exact", "inferred"),
    [
        ("3.2×3.2 cm² (exact)", True, False),
        ("3.2×3.2 cm² (inferred)", False, True),
        ("3.2×3.2 cm² (exact, inferred)", True, True),
        ("3.2×3.2 cm² (inferred) (exact)", True, True),
        ("3.2×3.2 cm² exact", True, False),
        ("3.2×3.2 cm² EXACT inferred", True, True),
    ],
)
def test_takes_notes_at_the_end(text: str, exact: bool, inferred: bool) -> None:
    written = read("area_cm2", text)
    assert (written.exact, written.inferred, written.digits) == (exact, inferred, "3.2x3.2")
    assert (written.lower == written.upper == 10.24) is exact
    estimate = written.estimate()
    assert estimate is not None
    assert estimate.inferred is inferred


@pytest.mark.parametrize(
    ("text", "sign"), [("99 %", ""), (">99 %", ">"), ("at least 99 %", "≥"), ("<= 99 %", "≤"), ("ca. 99 %", "~")]
)
def test_displays_an_inclusive_bound(text: str, sign: str) -> None:
    assert read("capacity_retention_percent", text).sign == sign


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        (">99.5%", ">"),
        ("≥ 99.5 %", "≥"),
        (">= 99.5 %", "≥"),
        ("at least 99.5 %", "≥"),
        ("<99.5%", "<"),
        ("≤99.5%", "≤"),
        ("at most 99.5%", "≤"),
        ("~99.5%", "~"),
        ("≈ 99.5%", "~"),
        ("ca. 99.5%", "~"),
        ("about 99.5%", "~"),
        ("approx. 99.5 %", "~"),
        ("= 99.5 %", "="),
    ],
)
def test_reads_qualifiers(text: str, qualifier: str) -> None:
    written = read("coulombic_efficiency_percent", text)
    assert (written.qualifier, written.magnitude, written.digits) == (qualifier, 99.5, "99.5")


@pytest.mark.parametrize(
    ("slug", "text", "lower", "upper"),
    [
        ("ionic_conductivity_s_cm", "<1E-10 S/cm", 0.0, 1e-10),
        ("ionic_conductivity_s_cm", "≥1E-10 S/cm", 1e-10, None),
        ("capacity_retention_percent", "≥80 %", 80.0, None),
        ("porosity_percent", ">80 %", 80.0, 100.0),
        ("voltage_v", "<4 V", None, 4.0),
        ("voltage_v", "~4 V", None, None),
        ("temperature_degc", "> RT", 25.0, None),
        ("temperature_degc", "RT", 20.0, 30.0),
    ],
)
def test_a_bound_is_open_on_its_other_side(slug: str, text: str, lower: float | None, upper: float | None) -> None:
    number = read(slug, text)
    assert (number.lower, number.upper) == (lower, upper)


@pytest.mark.parametrize(("text", "is_bound"), [(">4 V", True), ("≤4 V", True), ("~4 V", False), ("4 V", False)])
def test_only_a_number_that_is_no_bound_is_computed_with(text: str, is_bound: bool) -> None:
    number = read("voltage_v", text)
    assert number.is_bound is is_bound
    assert (number.estimate() is None) is is_bound
    assert number.digits_estimate() == Estimate(4.0, 3.5, 4.5)


def test_reads_an_uncertainty_instead_of_rounding() -> None:
    for text in ("12.3 ± 0.4 mg/cm²", "12.3(4) mg cm-2"):
        written = read("mass_loading_mg_cm2", text)
        assert (written.lower, written.magnitude, written.upper) == (12.3, 12.3, 12.3)
        assert written.standard_uncertainty == 0.4


def test_refuses_an_exact_number_with_an_uncertainty() -> None:
    with pytest.raises(NotationError, match="exact"):
        read("mass_loading_mg_cm2", "12.3 ± 0.4 mg/cm² (exact)")


@pytest.mark.parametrize(
    ("text", "rate", "digits"),
    [("C/10", 0.1, "0.1"), ("C/3", 1 / 3, "0.333"), ("1/3 C", 1 / 3, "0.333"), ("C/20", 0.05, "0.05")],
)
def test_reads_a_fraction_of_a_c_rate_as_exact(text: str, rate: float, digits: str) -> None:
    written = read("c_rate", text)
    assert (written.magnitude, written.lower, written.upper, written.digits) == (rate, rate, rate, digits)
    assert written.exact


def test_reads_room_temperature_as_twenty_to_thirty_degrees() -> None:
    for text in ("RT", "room temperature", "~ RT"):
        written = read("temperature_degc", text)
        assert (written.lower, written.magnitude, written.upper, written.qualifier) == (20, 25, 30, "~")


@pytest.mark.parametrize("text", ["2000", "2000 cycles", "2e3"])
def test_counts_are_not_rounded(text: str) -> None:
    written = read("cycle_count", text)
    assert (written.lower, written.magnitude, written.upper) == (2000, 2000, 2000)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Coin cell", "Coin cell"),
        ("not reported", "not reported"),
        ("Not reported", "not reported"),
        ("N/A", "not applicable"),
        ("–", "not reported"),
        ("—", "not reported"),
        ("about to be measured", "about to be measured"),
        ("one cell shorted", "one cell shorted"),
        ("Unknown", "Unknown"),
        ("shorted", "shorted"),
    ],
)
def test_keeps_text_as_the_reason_for_a_missing_number(text: str, reason: str) -> None:
    written = read("stack_pressure_mpa", text)
    assert (written.missing, written.magnitude, written.digits) == (reason, None, "")
    assert written.estimate() is None


REFUSED = [
    ("stack_pressure_mpa", "10", "write, for example, ‘10 MPa’"),
    ("stack_pressure_mpa", "10 mA", "‘10 mA’ is a current; stack pressure needs a pressure such as MPa"),
    ("mass_fraction_percent", "5 vol%", "‘5 vol%’ is a fraction by volume; mass fraction needs wt%"),
    ("capacity_retention_percent", "90 vol%", "is a fraction by volume; capacity retention needs a plain %"),
    ("stack_pressure_mpa", "168 Wh/L", "is an energy per volume"),
    ("stack_pressure_mpa", "10 Mpa", "did you mean ‘MPa’"),
    ("stack_pressure_mpa", "12,5 MPa", "write ‘12.5 MPa’"),
    ("stack_pressure_mpa", "12,5", "write ‘12.5’"),
    ("stack_pressure_mpa", "-1 MPa", "must be at least 0 MPa"),
    ("stack_pressure_mpa", "ten MPa", "is a number in words: write it in digits"),
    *(
        ("resistance_ohm", written, "is a number in words: write it in digits")
        for written in ("eleven Ω", "seven kΩ", "ten", "about seven Ω")
    ),
    ("stack_pressure_mpa", "10±5% MPa", "% MPa"),
    ("resistance_ohm", "5±50% Ω", "% Ω"),
    ("stack_pressure_mpa", "MPa", "has no number"),
    ("stack_pressure_mpa", "mA", "has no number"),
    ("stack_pressure_mpa", "-", "has no number"),
    ("stack_pressure_mpa", "~", "has no number"),
    ("stack_pressure_mpa", "> Coin cell", "has no number"),
    ("stack_pressure_mpa", "Coin cell (exact)", "has no number"),
    ("stack_pressure_mpa", "(inferred)", "has no number"),
    ("stack_pressure_mpa", "2032 coin cell", "‘coin cell’ is not a unit"),
    ("stack_pressure_mpa", "", "nothing was entered"),
    ("stack_pressure_mpa", "  ", "nothing was entered"),
    ("stack_pressure_mpa", "10\tMPa", "U\\+0009"),
    ("stack_pressure_mpa", "10\u200bMPa", "U\\+200B"),
    ("stack_pressure_mpa", "Coin\ncell", "U\\+000A"),
    ("stack_pressure_mpa", "1" * 201, "at most 200"),
    ("resistance_ohm", "7.87x10^3", "write, for example, ‘7.87×10\\^3 Ω’"),
    ("resistance_ohm", "1.00×10", "write, for example, ‘1.00×10\\^1 Ω’"),
    ("resistance_ohm", "10 V", "‘10 V’ is a voltage; resistance needs a unit such as Ω"),
    ("resistance_ohm", "1e999 Ω", "too large or too small"),
    ("resistance_ohm", "1e-999 Ω", "too large or too small"),
    ("resistance_ohm", "nan", "not a finite number"),
    ("resistance_ohm", "-inf", "not a finite number"),
    ("thickness_um", "-5 µm", "thickness must be above 0 µm"),
    ("thickness_um", "0 µm", "thickness must be above 0 µm"),
    ("capacity_retention_percent", "0.909", "‘90.9 %’ or ‘0.909 %’$"),
    ("capacity_retention_percent", "90.9 wt%", "needs a plain %"),
    ("capacity_fade_percent_per_cycle", "0.02 %", "such as %/cycle"),
    ("mass_fraction_percent", "101 %", "at most 100 %"),
    ("specific_capacity_mah_g", "223 mAh g", "needs a charge per mass"),
    ("area_cm2", "3×3 cm^-2", "needs a unit such as cm²"),
    ("area_cm2", "3×3 kg", "is a mass"),
    ("area_cm2", "3 cm", "is a length"),
    ("area_cm2", "3×3", "write, for example, ‘3×3 cm²’$"),
    ("area_cm2", "10", "‘10 cm²’ \\(area\\) or ‘⌀10 mm’ \\(diameter\\)$"),
    ("mass_loading_mg_cm2", "10", "‘10 mg cm⁻²’ \\(per area\\) or ‘10 mg on ⌀10.0 mm’ "),
    ("c_rate", "1", "write, for example, ‘1 C’"),
    ("c_rate", "C/0", "divides by zero"),
    ("cycle_count", "2,000", "write ‘2000’"),
    ("cycle_count", "20.5", "whole number"),
    ("temperature_degc", "25 C", "is an electric charge; .* °C \\(did you mean ‘25 °C’\\?\\)"),
    (
        "temperature_degc",
        "77 ± 1 F (inferred)",
        "is a capacitance; .* \\(did you mean ‘77 ± 1 °F \\(inferred\\)’\\?\\)",
    ),
    ("temperature_degc", "-300 °C", "at least -273.15"),
]


@pytest.mark.parametrize(("slug", "text", "reason"), REFUSED)
def test_refuses_and_says_how_to_write_it(slug: str, text: str, reason: str) -> None:
    with pytest.raises(NotationError, match=reason):
        read(slug, text)


def test_rounding_does_not_reach_past_what_is_possible() -> None:
    assert read("stack_pressure_mpa", "0 MPa").lower == 0
    assert read("mass_fraction_percent", "100 %").upper == 100


def test_writes_a_bare_number_in_the_unit_of_the_quantity() -> None:
    assert number_as_text(10, catalogue.get("stack_pressure_mpa")) == "10 MPa"
    assert number_as_text(2000.0, catalogue.get("cycle_count")) == "2000"
    assert number_as_text(1e-5, catalogue.get("ionic_conductivity_s_cm")) == "1e-05 S cm⁻¹"


def test_does_not_round_a_bare_count() -> None:
    quantity = catalogue.get("cycle_count")
    with pytest.raises(NotationError, match="whole number"):
        parse(number_as_text(20.5, quantity), quantity)


def test_keeps_a_qualifier_before_room_temperature() -> None:
    assert read("temperature_degc", "> RT").qualifier == ">"


@pytest.mark.parametrize("value", [math.nan, math.inf, True, 10**400])
def test_refuses_a_bare_number_that_is_not_finite(value: float) -> None:
    with pytest.raises(NotationError, match="finite number"):
        number_as_text(value, catalogue.get("stack_pressure_mpa"))


every_quantity = st.sampled_from(BUILTIN_QUANTITIES)


@given(every_quantity, st.floats(min_value=1e-200, max_value=1e200))
def test_reads_back_every_bare_number(quantity: Quantity, value: float) -> None:
    if quantity.is_count:
        value = float(math.floor(min(value, 1e15)) + 1)
    if quantity.maximum is not None:
        value = min(value, quantity.maximum)
    written = parse(number_as_text(value, quantity), quantity)
    assert written.magnitude == value
    assert written.lower is not None
    assert written.upper is not None
    assert written.lower <= value <= written.upper


@given(every_quantity, st.text(max_size=40))
def test_raises_nothing_but_its_own_error_on_any_text(quantity: Quantity, text: str) -> None:
    _read_or_refuse(text, quantity)


NUMBER_PIECES = """
0 1 12 3.4 .5 5. e E x × · * ^ ** 10 ⁻ ³ ¹ - − + ± +/- ( ) (5) (exact) inferred { } / , . % C C/ RT ~ > ≥ ca.
S cm mS mAh Ω µm ° °C K MPa Wh kg g cycle per wt% 1/ dB Np deg 10^ ×10 e5 _ ' ½ ٣ ² ∞
"""
pieces = st.sampled_from([*NUMBER_PIECES.split(), " ", "\u00a0"])


@given(every_quantity, st.lists(pieces, max_size=9))
def test_raises_nothing_but_its_own_error_on_near_misses(quantity: Quantity, parts: list[str]) -> None:
    _read_or_refuse("".join(parts), quantity)


def _read_or_refuse(text: str, quantity: Quantity) -> None:
    with contextlib.suppress(NotationError):
        written = parse(text, quantity)
        assert (written.magnitude is None) is bool(written.missing)
        assert written.text == text.strip()
        assert parse(written.text, quantity) == written
        if written.magnitude is not None:
            assert catalogue.range_error(quantity, written.magnitude) == ""
            assert (written.estimate() is None) is written.is_bound


@pytest.mark.parametrize("text", ["ten MPa", "about ten MPa", "high MPa"])
def test_a_unit_without_a_number_is_not_a_reason(text: str) -> None:
    with pytest.raises(NotationError, match="‘10 MPa’"):
        parse(text, catalogue.get("stack_pressure_mpa"))


@pytest.mark.parametrize("text", ["250 1/cm", "250 cm-1", "250 cm⁻¹", "25 1/mm"])
def test_an_inverse_unit_may_have_its_one(text: str) -> None:
    shift = Quantity(slug="raman_shift_per_cm", name="Raman shift", unit="1/cm", unit_label="cm⁻¹")
    assert parse(text, shift).magnitude == 250


@pytest.mark.parametrize("text", ["abc", "x", "Mpa.s", "stack", "ten-ish"])
def test_a_single_word_that_gives_no_reason_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        parse(text, catalogue.get("stack_pressure_mpa"))


@pytest.mark.parametrize("text", ["Coin cell", "not measured at RT", "constant gap", "springs of unknown force"])
def test_text_without_a_unit_is_a_reason(text: str) -> None:
    assert parse(text, catalogue.get("stack_pressure_mpa")).missing
