import pytest

from analyses.uncertainty import Estimate
from plugins.cell_design import run
from registry.hookspecs import Inputs, Outcome
from tests.coded import message_of, refuses

rounded, exact = Estimate.rounded, Estimate.exact


def cell(**changes) -> dict:
    facts = {
        "layers.count": 3,
        "layers.1.role": "cathode",
        "layers.1.name": "NCM90 composite",
        "layers.1.mass_loading_mg_cm2": rounded(12.74, 0.005),
        "layers.1.area_cm2": exact(0.785),
        "layers.1.thickness_um": rounded(60.0, 0.5),
        "layers.1.active_fraction_percent": exact(70.0),
        "layers.1.theoretical_capacity_mah_g": exact(275.0),
        "layers.1.density_g_cm3": rounded(3.66, 0.005),
        "layers.2.role": "separator",
        "layers.2.name": "Li6PS5Cl",
        "layers.2.mass_loading_mg_cm2": rounded(15.7, 0.05),
        "layers.2.thickness_um": exact(100.0),
        "layers.2.density_g_cm3": rounded(1.86, 0.005),
        "layers.3.role": "anode",
        "layers.3.name": "Li",
        "layers.3.mass_loading_mg_cm2": exact(2.67),
        "layers.3.area_cm2": exact(0.785),
        "layers.3.active_fraction_percent": exact(100.0),
        "layers.3.theoretical_capacity_mah_g": exact(3861.0),
    }
    return facts | changes


def values(outcome: Outcome) -> dict[str, float]:
    return {result.key: result.estimate.magnitude for result in outcome.values}


def test_computes_what_the_numbers_of_each_layer_lead_to() -> None:
    computed = values(run(Inputs(cell())))
    assert computed["electrode_mass_mg@layer:1"] == pytest.approx(10.0, abs=0.01)
    assert computed["active_mass_mg@layer:1"] == pytest.approx(7.0, abs=0.01)
    assert computed["electrode_capacity_mah@layer:1"] == pytest.approx(1.925, abs=0.01)
    assert computed["porosity_percent@layer:1"] == pytest.approx(42.0, abs=0.1)
    assert computed["relative_density_percent@layer:2"] == pytest.approx(84.4, abs=0.1)
    assert computed["layer_density_g_cm3@layer:2"] == pytest.approx(1.57)
    assert computed["np_ratio"] == pytest.approx(2.67 * 3861 / (12.74 * 0.7 * 275))
    assert "electrode_mass_mg@layer:2" not in computed


def test_a_layer_denser_than_its_solid_is_named() -> None:
    outcome = run(Inputs(cell(**{"layers.2.thickness_um": exact(50.0)})))
    message = message_of(outcome.messages, "porosity-impossible")
    assert set(message.parameters["quantities"]) == {"mass_loading_mg_cm2", "thickness_um", "density_g_cm3"}
    assert "porosity_percent@layer:2" not in values(outcome)
    assert values(outcome)["relative_density_percent@layer:2"] > 100


def test_numbers_within_their_intervals_are_no_conflict() -> None:
    outcome = run(Inputs(cell(**{"layers.2.thickness_um": rounded(84.0, 1.0)})))
    assert outcome.messages == ()


def test_a_quantity_of_no_layer_has_its_reason() -> None:
    without = {f"layers.{number}.density_g_cm3": None for number in (1, 2)}
    outcome = run(Inputs(cell(**without)))
    assert {(missing.quantity, missing.code) for missing in outcome.not_computed} == {
        ("relative_density_percent", "missing-density"),
        ("porosity_percent", "missing-density"),
    }


def test_a_cell_without_numbers_is_refused() -> None:
    empty = {path: None for path in cell() if path.endswith(("_cm2", "_um", "_percent", "_g", "_cm3"))}
    with refuses("missing-design-numbers"):
        run(Inputs(cell(**empty)))
    with refuses("missing-layers"):
        run(Inputs({"layers.count": 0}))


def test_one_electrode_has_no_np_ratio() -> None:
    outcome = run(Inputs(cell(**{"layers.3.role": "interlayer"})))
    assert "np_ratio" not in values(outcome)
    assert message_of(outcome.not_computed, "missing-layer-role")


def test_asks_for_numbers_of_the_electrolyte_and_not_of_its_current_collectors() -> None:
    pellet = {
        "layers.count": 3,
        "layers.1.role": "current_collector",
        "layers.1.name": "steel",
        "layers.2.role": "separator",
        "layers.2.name": "LPSCl",
        "layers.2.mass_loading_mg_cm2": rounded(110.0, 0.5),
        "layers.2.thickness_um": rounded(700.0, 0.5),
        "layers.3.role": "current_collector",
        "layers.3.name": "steel",
    }
    outcome = run(Inputs(pellet))
    assert list(values(outcome)) == ["layer_density_g_cm3@layer:2"]
    assert {reason.parameters["layer"] for reason in outcome.not_computed} == {2}
    with refuses("no-positive-electrode", codes=["missing-mass-loading"]):
        run(Inputs({"layers.count": 1, "layers.1.role": "current_collector", "layers.1.name": "steel"}))
