"""The catalogue of quantities. Names and suffixes come from DESIGN.md and docs/nomenclature.md."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from registry.hookspecs import Quantity
from registry.numbers import catalogue, parsing, units
from registry.numbers.builtin_quantities import BUILTIN_QUANTITIES, CONDITIONS, POSITIVE
from registry.numbers.slug_endings import full_suffix, unit_suffix


@pytest.fixture(autouse=True)
def _fresh_catalogue() -> Iterator[None]:
    before, sources = dict(catalogue.catalogue), dict(catalogue._sources)
    catalogue.reset()
    yield
    catalogue.catalogue.clear()
    catalogue.catalogue.update(before)
    catalogue._sources.clear()
    catalogue._sources.update(sources)


@pytest.mark.parametrize("quantity", BUILTIN_QUANTITIES, ids=lambda quantity: quantity.slug)
def test_every_slug_ends_in_its_unit(quantity: Quantity) -> None:
    suffix = unit_suffix(quantity.unit)
    assert quantity.slug.replace("_per_", "_").endswith(suffix)


@pytest.mark.parametrize("quantity", BUILTIN_QUANTITIES, ids=lambda quantity: quantity.slug)
def test_every_label_reads_as_the_unit(quantity: Quantity) -> None:
    assert units.factor(quantity.unit_label, quantity.unit) == (1, 0)


def test_slugs_are_unique_and_conditions_among_them() -> None:
    slugs = [quantity.slug for quantity in BUILTIN_QUANTITIES]
    assert len(slugs) == len(set(slugs))
    assert set(CONDITIONS) <= set(slugs)
    assert POSITIVE.issubset(slugs)


def test_suggests_the_closest_quantity() -> None:
    with pytest.raises(catalogue.UnknownQuantityError, match=r"‘stack_presure_mpa’.*‘stack_pressure_mpa’"):
        catalogue.get("stack_presure_mpa")


def test_accepts_a_quantity_of_a_plugin_and_forgets_it_on_reset() -> None:
    added = Quantity(slug="activation_energy_ev", name="Activation energy", unit="eV", unit_label="eV", per_cell=True)
    catalogue.register(added, "arrhenius")
    assert catalogue.get("activation_energy_ev") is added
    assert catalogue.source_of("activation_energy_ev") == "arrhenius"
    catalogue.reset()
    with pytest.raises(catalogue.UnknownQuantityError):
        catalogue.get("activation_energy_ev")


def test_registering_the_same_twice_is_harmless() -> None:
    added = Quantity(slug="activation_energy_ev", name="Activation energy", unit="eV", unit_label="eV")
    catalogue.register(added, "arrhenius")
    catalogue.register(added, "arrhenius")
    assert catalogue.get("activation_energy_ev") == added


def test_names_both_sides_of_a_duplicate() -> None:
    with pytest.raises(catalogue.InvalidQuantityError, match=r"‘stack_pressure_mpa’ of plugin .* Cellar\b"):
        catalogue.register(
            Quantity(slug="stack_pressure_mpa", name="Stack pressure", unit="MPa", unit_label="MPa"), "plugin"
        )


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        (Quantity(slug="peak_height_v", name="Peak height", unit="MPa", unit_label="MPa"), "‘_mpa’"),
        (
            Quantity(slug="peak_height_mpa", name="Peak height", unit="dimensionless"),
            "none",
        ),
        (
            Quantity(slug="peak_height_zorks", name="Peak height", unit="zorks", unit_label="zorks"),
            "‘zorks’ is not a unit Cellar knows",
        ),
        (Quantity(slug="peak_height_v", name="Peak height", unit="V", unit_label="mV"), "‘mV’"),
        (Quantity(slug="peak_height_v", name="Peak height", unit="V", unit_label="A"), "is a current"),
        (Quantity(slug="Peak-Height_v", name="Peak height", unit="V", unit_label="V"), "lower-case letters"),
    ],
)
def test_refuses_a_quantity_that_contradicts_itself(quantity: Quantity, reason: str) -> None:
    with pytest.raises(catalogue.InvalidQuantityError, match=reason):
        catalogue.register(quantity, "plugin")
    assert quantity.slug not in catalogue.catalogue


@pytest.mark.parametrize(
    ("unit", "suffix"),
    [
        ("mA*h/g", "mah_g"),
        ("cm**2", "cm2"),
        ("mA/cm**2", "ma_cm2"),
        ("S*cm**-1", "s_cm"),
        ("kJ/mol", "kj_mol"),
        ("Ω", "ohm"),
        ("dimensionless", ""),
        ("ohm/s**0.5", "ohm_s0p5"),
        ("ohm*s**-0.5", "ohm_s0p5"),
        ("ohm/s**(1/2)", "ohm_s0p5"),
        ("J/(mol*K)", "j_mol_k"),
        ("J/mol/K", "j_mol_k"),
        ("W/(m*K)", "w_m_k"),
        ("S*cm**2/(mol)", "scm2_mol"),
        ("h", "h"),
        ("1/h", "per_h"),
        ("h**-1", "per_h"),
        ("1/(s*V)", "per_s_v"),
    ],
)
def test_derives_the_suffix_of_a_slug_from_the_unit(unit: str, suffix: str) -> None:
    assert unit_suffix(unit) == suffix


@pytest.mark.parametrize(
    ("slug", "magnitude", "reason"),
    [
        ("thickness_um", 0.0, "above 0 µm"),
        ("stack_pressure_mpa", -1.0, "at least 0 MPa"),
        ("temperature_degc", -300.0, "at least -273.15 °C"),
        ("mass_fraction_percent", 101.0, "at most 100 %"),
        ("cycle_count", 1.5, "whole number"),
        ("c_rate", -1.0, "above 0 C"),
    ],
)
def test_explains_why_a_number_is_impossible(slug: str, magnitude: float, reason: str) -> None:
    assert (catalogue.range_error(catalogue.get(slug), magnitude) or "").endswith(reason)


@pytest.mark.parametrize(
    ("slug", "magnitude"),
    [
        ("stack_pressure_mpa", 0.0),
        ("capacity_retention_percent", 101.0),
        ("coulombic_efficiency_percent", 100.2),
        ("capacity_fade_percent_per_cycle", -0.01),
        ("pressure_change_mpa", -0.5),
    ],
)
def test_accepts_unusual_but_possible_numbers(slug: str, magnitude: float) -> None:
    assert catalogue.range_error(catalogue.get(slug), magnitude) == ""


def test_a_plugin_quantity_can_be_written_at_once() -> None:
    catalogue.register(
        Quantity(
            slug="area_specific_resistance_ohm_cm2",
            name="Area-specific resistance",
            unit="ohm*cm**2",
            unit_label="Ω cm²",
        ),
        "x",
    )
    quantity = catalogue.get("area_specific_resistance_ohm_cm2")
    assert parsing.parse("12.5 Ω cm²", quantity).magnitude == 12.5


SHARE_AN_ENDING = [("mPa", "MPa"), ("S", "s"), ("mS", "ms"), ("s/cm", "S/cm"), ("MV", "mV")]


@pytest.mark.parametrize(("unit", "other"), SHARE_AN_ENDING)
def test_an_ending_stands_for_one_unit(unit: str, other: str) -> None:
    """The second of two units that lower case makes alike is written out."""
    with catalogue.catalogue_restored():
        if other not in {quantity.unit for quantity in catalogue.catalogue.values()}:
            catalogue.register(Quantity(slug=f"first_{unit_suffix(other)}", name="First", unit=other), "plugin")
        with pytest.raises(catalogue.InvalidQuantityError, match=f"‘_{full_suffix(unit)}’"):
            catalogue.register(Quantity(slug=f"second_{unit_suffix(unit)}", name="Second", unit=unit), "plugin")
        catalogue.register(Quantity(slug=f"second_{full_suffix(unit)}", name="Second", unit=unit), "plugin")


@pytest.mark.parametrize(
    ("slug", "unit", "is_valid"),
    [
        ("decay_per_h", "1/h", True),
        ("decay_h", "1/h", False),
        ("decay_per_h", "h", False),
        ("duration_h", "h", True),
        ("drift_mv_per_h", "mV/h", True),
        ("drift_mv_h", "mV/h", True),
        ("capacity_mah_g", "g", False),
        ("heat_capacity_j_mol_k", "J/(mol*K)", True),
        ("heat_capacity_j_per_mol_per_k", "J/(mol*K)", True),
        ("warburg_coefficient_ohm_s0p5", "ohm/s**0.5", True),
        ("warburg_coefficient_ohm_s05", "ohm/s**0.5", False),
        ("relaxation_time_s", "s", True),
        ("conductance_s", "S", False),
        ("conductance_siemens", "S", True),
    ],
)
def test_a_slug_ends_in_its_unit_and_in_no_other(slug: str, unit: str, is_valid: bool) -> None:
    with catalogue.catalogue_restored():
        if is_valid:
            catalogue.register(Quantity(slug=slug, name="Name", unit=unit), "plugin")
            assert catalogue.get(slug).unit == unit
        else:
            with pytest.raises(catalogue.InvalidQuantityError):
                catalogue.register(Quantity(slug=slug, name="Name", unit=unit), "plugin")


def test_built_in_endings_are_one_to_one() -> None:
    units_by_ending: dict[str, set[str]] = {}
    for quantity in BUILTIN_QUANTITIES:
        units_by_ending.setdefault(unit_suffix(quantity.unit), set()).add(quantity.unit)
    assert all(len(units) == 1 or ending == "" for ending, units in units_by_ending.items())


def test_the_name_of_a_quantity_from_outside_stays_as_it_is() -> None:
    shift = Quantity(slug="raman_shift_per_cm", name="Raman shift", unit="1/cm", unit_label="cm⁻¹")
    with catalogue.catalogue_restored():
        catalogue.register(shift, "lab", is_from_outside=True)
        assert catalogue.in_sentence(shift) == "Raman shift"
    assert catalogue.in_sentence(catalogue.get("stack_pressure_mpa")) == "stack pressure"


@pytest.mark.parametrize(
    ("slug", "unit"),
    [
        ("brightness_count_mw", "count/mW"),
        ("brightness_counts_mw", "counts/mW"),
        ("rate_count_per_second", "count/s"),
        ("rate_counts_per_second", "counts_per_second"),
        ("height_count", "count"),
    ],
)
def test_counts_are_a_unit(slug: str, unit: str) -> None:
    quantity = Quantity(slug=slug, name="Light", unit=unit, unit_label="counts")
    with catalogue.catalogue_restored():
        catalogue.register(replace(quantity, unit_label=""), "lab")
        assert parsing.parse(f"5 {unit}", quantity).magnitude == 5


def test_a_slug_that_is_not_near_is_not_suggested() -> None:
    with pytest.raises(catalogue.UnknownQuantityError) as error:
        catalogue.get("laser_power_mw")
    assert "voltage" not in str(error.value)
