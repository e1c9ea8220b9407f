"""Areas of discs and masses on areas. Known answers: π d²/4, and mass over area at the ends of both intervals."""

import math

import pytest

from registry.numbers import catalogue
from registry.numbers.compound import disc, mass_of, mass_on_area
from registry.numbers.parsing import NotationError, ParsedNumber, parse


def read(slug: str, text: str) -> ParsedNumber:
    return parse(text, catalogue.get(slug))


@pytest.mark.parametrize("text", ["⌀10.0 mm", "Ø 10.0 mm", "∅10.0mm", "⌀1.00 cm", "diameter 10.0 mm"])
def test_an_area_is_written_as_the_diameter_of_a_disc(text: str) -> None:
    area = read("area_cm2", text)
    assert area.text == text
    assert area.magnitude == pytest.approx(math.pi / 4)
    assert area.lower == pytest.approx(math.pi / 4 * 0.995**2)
    assert area.upper == pytest.approx(math.pi / 4 * 1.005**2)


def test_the_uncertainty_of_a_diameter_enters_twice() -> None:
    area = read("area_cm2", "⌀10.000(25) mm")
    assert area.magnitude is not None
    assert area.standard_uncertainty / area.magnitude == pytest.approx(2 * 0.0025)
    assert area.lower == area.upper == area.magnitude


def test_a_mass_on_an_area_is_an_areal_mass_with_the_bounds_of_both() -> None:
    loading = read("mass_loading_mg_cm2", "10 mg on 2.0 cm²")
    assert loading.magnitude == pytest.approx(5.0)
    assert loading.lower == pytest.approx(9.5 / 2.05)
    assert loading.upper == pytest.approx(10.5 / 1.95)
    assert not loading.exact


def test_notes_belong_to_the_number_before_them() -> None:
    loading = read("mass_loading_mg_cm2", "10 mg on ⌀10 mm (exact)")
    area = math.pi / 4
    assert (loading.lower, loading.upper) == (pytest.approx(9.5 / area), pytest.approx(10.5 / area))
    assert read("mass_loading_mg_cm2", "10 mg (inferred) on ⌀10 mm (exact)").inferred
    assert read("mass_loading_mg_cm2", "10 mg (exact) on ⌀10 mm (exact)").exact


def test_an_approximate_mass_gives_an_approximate_areal_mass() -> None:
    loading = read("mass_loading_mg_cm2", "~10 mg on 2.0 cm²")
    assert (loading.qualifier, loading.lower, loading.upper) == ("~", None, None)
    assert read("mass_loading_mg_cm2", "<10 mg on 2.0 cm²").is_bound


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("area_cm2", "⌀10"),
        ("area_cm2", "⌀0 mm"),
        ("area_cm2", "⌀10 mg"),
        ("mass_loading_mg_cm2", "10 on ⌀10 mm"),
        ("mass_loading_mg_cm2", "10 mg on ⌀0 mm"),
        ("mass_loading_mg_cm2", "10 mg on 0.00 cm²"),
        ("mass_loading_mg_cm2", "0 mg on ⌀10 mm"),
        ("mass_loading_mg_cm2", "10 mg on <2 cm²"),
        ("thickness_um", "⌀10 mm"),
        ("stack_pressure_mpa", "10 mg on 2 cm²"),
    ],
)
def test_what_is_not_such_a_number_is_refused(slug: str, text: str) -> None:
    with pytest.raises(NotationError):
        read(slug, text)


def test_a_mass_is_found_again_only_if_it_is_on_the_area_of_its_layer() -> None:
    area = disc("10 mm")
    assert mass_of(mass_on_area("10.0 mg", area), area) == "10.0 mg"
    assert mass_of(mass_on_area("10.0 mg", area), "3×3 cm²") == ""
    assert mass_of("11.2 mg/cm²", area) == ""
