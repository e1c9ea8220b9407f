import math

import pytest

from analyses.consistency.conflicts import find_conflicts
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.recorded_numbers import (
    conflict_messages,
    layer_numbers,
    mass_of_layers,
    number_of,
    solid_share,
    theoretical_areal_capacity,
    times,
)
from registry.hookspecs import Inputs


def layers(**changes):
    facts = {
        "layers.count": 2,
        "layers.1.role": "cathode",
        "layers.1.name": "composite",
        "layers.1.active_material": "NCM811",
        "layers.1.mass_loading_mg_cm2": Estimate.rounded(10.0, 0.5),
        "layers.1.area_cm2": Estimate.exact(2.0),
        "layers.1.active_fraction_percent": Estimate.exact(80.0),
        "layers.1.theoretical_capacity_mah_g": Estimate.exact(200.0),
        "layers.2.role": "anode",
        "layers.2.name": "Li",
        "layers.2.mass_loading_mg_cm2": Estimate.exact(5.0),
        "layers.2.area_cm2": Estimate.exact(3.0),
    }
    return Inputs(facts | changes).layers


def test_the_interval_holds_rounding_and_expanded_uncertainty() -> None:
    estimate = Estimate(10.0, 9.5, 10.5, 0.1)
    number = number_of(estimate.interval(), estimate, "loading")
    assert number is not None
    assert (number.lower, number.upper) == pytest.approx((9.5 - 0.196, 10.5 + 0.196), abs=1e-3)


def test_a_bound_has_the_magnitude_of_its_end() -> None:
    least = number_of((1.5, math.inf), None, "capacity")
    most = number_of((-math.inf, 600.0), None, "thickness")
    assert least is not None
    assert most is not None
    assert (least.magnitude, most.magnitude) == (1.5, 600.0)
    assert number_of(None, None, "missing") is None


def test_a_porosity_is_the_complement_of_the_solid() -> None:
    number = number_of((41.0, 43.0), Estimate.rounded(42.0, 1.0), "porosity")
    assert number is not None
    share = solid_share(number)
    assert (share.lower, share.magnitude, share.upper) == (57.0, 58.0, 59.0)
    assert share.text("solid_share_percent") == "porosity 42 %"


def test_reads_what_is_recorded_of_a_layer() -> None:
    numbers = layer_numbers(layers()[0])
    assert set(numbers) == {
        "mass_loading_mg_cm2",
        "area_cm2",
        "active_fraction_percent",
        "theoretical_capacity_mah_g",
    }
    assert all(number.is_recorded for number in numbers.values())


def test_a_bound_of_a_layer_is_an_interval() -> None:
    (cathode, _) = layers(**{"layers.1.thickness_um": "<600 µm", "layers.1.thickness_um.most": 600.0})
    thickness = layer_numbers(cathode)["thickness_um"]
    assert (thickness.lower, thickness.upper) == (-math.inf, 600.0)


def test_the_mass_of_the_layers_is_the_sum_of_loading_times_area() -> None:
    mass = mass_of_layers(layers())
    assert mass is not None
    assert (mass.lower, mass.magnitude, mass.upper) == (34.0, 35.0, 36.0)
    assert mass_of_layers(layers(**{"layers.2.area_cm2": None})) is None


def test_the_areal_capacity_is_that_of_the_active_material() -> None:
    cathode, anode = layers()
    capacity = theoretical_areal_capacity(cathode, "areal capacity")
    assert capacity is not None
    assert capacity.magnitude == pytest.approx(10.0 * 0.8 * 0.2)
    assert theoretical_areal_capacity(anode, "areal capacity") is None


def test_a_family_without_recorded_capacity_has_no_areal_capacity() -> None:
    (cathode, _) = layers(**{"layers.1.theoretical_capacity_mah_g": None})
    assert layer_numbers(cathode)["theoretical_capacity_mah_g"].upper == 280.0
    assert theoretical_areal_capacity(cathode, "areal capacity") is None


def test_each_conflict_is_a_warning() -> None:
    too_thin = {"layers.1.density_g_cm3": Estimate.exact(4.0), "layers.1.thickness_um": Estimate.exact(10.0)}
    numbers = layer_numbers(layers(**too_thin)[0])
    (message,) = conflict_messages(find_conflicts(numbers, with_recorded=True), numbers)
    assert (message.level, message.code) == ("warning", "porosity-impossible")


def test_an_apparent_density_is_that_of_the_layer() -> None:
    (cathode, _) = layers(**{"layers.1.apparent_density_g_cm3": Estimate.exact(2.1)})
    assert layer_numbers(cathode)["layer_density_g_cm3"].magnitude == 2.1


def test_several_equal_parts_have_several_times_the_number() -> None:
    area = times(layer_numbers(layers()[0])["area_cm2"], 4, "repeat units")
    assert (area.lower, area.magnitude, area.upper) == (8.0, 8.0, 8.0)
