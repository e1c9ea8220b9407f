"""The mass of a layer that was weighed has the bounds of the balance alone."""

import pytest

from analyses.cell.energy_density import layer_mass_mg
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.weighed_layer import read_weighed_layer
from registry.contract.layer import get_layers
from registry.contract.outcome import Refused
from registry.hookspecs import Fact

LAYER: dict[str, Fact] = {
    "layers.count": 1,
    "layers.1.role": "cathode",
    "layers.1.mass_loading_mg_cm2": Estimate(12.5, 10.0, 15.0),
    "layers.1.area_cm2": Estimate(0.8, 0.7, 0.9),
}


def test_a_mass_that_was_weighed_is_kept() -> None:
    mass = Estimate.measured(10.0, 0.1)
    (layer,) = get_layers((LAYER | {"layers.1.mass_mg": mass}).get)
    result = layer_mass_mg(read_weighed_layer(layer))
    assert (result.magnitude, result.lower, result.upper) == (pytest.approx(10.0),) * 3
    assert result.standard_uncertainty == pytest.approx(0.1)


def test_without_a_mass_it_is_loading_times_area() -> None:
    (layer,) = get_layers(LAYER.get)
    result = layer_mass_mg(read_weighed_layer(layer))
    assert (result.magnitude, result.lower) == (pytest.approx(10.0), pytest.approx(7.0))


def test_a_missing_number_is_named() -> None:
    (layer,) = get_layers({**LAYER, "layers.1.area_cm2": None, "layers.1.mass_mg": Estimate.exact(10.0)}.get)
    with pytest.raises(Refused) as refusal:
        read_weighed_layer(layer)
    assert refusal.value.code == "missing-area"
