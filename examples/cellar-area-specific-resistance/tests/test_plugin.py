"""Inputs, results and refusals of the plugin."""

import math

import pytest
from cellar_area_specific_resistance import plugin

from analyses.uncertainty import Estimate
from registry.hookspecs import Fact, Inputs, Refused
from registry.testing import Golden, assert_plugin_conforms

DIE = {"setup.die_diameter_mm": Estimate.exact(10.0)}
SAMPLE = {"layers.count": 1, "layers.1.role": "sample", "layers.1.area_cm2": Estimate.exact(0.5)}
REPORTED = {"reported.resistance_ohm": Estimate.exact(100.0)}
COMPUTED = {"computed.resistance_ohm": Estimate.exact(90.0)}


def run(facts: dict[str, Fact], faces: int = 1) -> float:
    (result,) = plugin.run(Inputs(facts, parameters={"faces": faces}, depends_on=("resistance_ohm",))).values
    assert result.quantity == plugin.SLUG
    return result.estimate.magnitude


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (REPORTED | SAMPLE, 50.0),
        (REPORTED | DIE, 100 * math.pi / 4),
        (COMPUTED | SAMPLE, 45.0),
        (COMPUTED | REPORTED | SAMPLE, 50.0),
        (REPORTED | SAMPLE | DIE, 50.0),
    ],
    ids=["area of the layer", "area of the die", "computed", "reported before computed", "layer before die"],
)
def test_reported_values_and_layers_take_precedence(facts: dict[str, Fact], expected: float) -> None:
    assert run(facts) == pytest.approx(expected)


def test_a_symmetric_cell_has_two_interfaces() -> None:
    assert run(REPORTED | SAMPLE, faces=2) == 25.0


@pytest.mark.parametrize(("facts", "code"), [(SAMPLE, "missing-resistance"), (REPORTED, "missing-area")])
def test_refusals_name_the_missing_input(facts: dict[str, Fact], code: str) -> None:
    with pytest.raises(Refused) as caught:
        run(facts)
    assert caught.value.code == code


def test_quantity_analysis_and_table_match() -> None:
    (quantity,), (analysis,), (table,) = (
        plugin.register_quantities(),
        plugin.register_analyses(),
        plugin.register_tables(),
    )
    assert analysis.outputs == table.require == (quantity.slug,)
    assert quantity.slug in [column.key for column in table.columns]


def test_conforms_to_the_contract_of_plugins(golden: Golden) -> None:
    assert_plugin_conforms(plugin, golden)
