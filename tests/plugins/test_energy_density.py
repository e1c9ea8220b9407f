import pytest

from analyses.uncertainty import Estimate
from plugins.energy_density import register_analyses, run
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import message_of, refuses


def pouch(**changes) -> dict:
    """Return the facts of the pouch cell of Wu et al. 2025, Table 4; a change to None removes one."""
    facts = {
        "layers.count": 3,
        "reported.discharge_capacity_mah": Estimate.rounded(18.0, 0.5),
        "reported.mean_discharge_voltage_v": Estimate.rounded(3.11, 0.005),
        "layers.1.active_fraction_percent": Estimate.rounded(80.0, 0.5),
    }
    stack = (("cathode", "NCM90", 11.2, 9.0), ("separator", "LPSCl", 8.3, 10.24), ("anode", "Li", 14.3, 10.24))
    for position, (role, name, loading, area) in enumerate(stack, start=1):
        facts |= {
            f"layers.{position}.role": role,
            f"layers.{position}.name": name,
            f"layers.{position}.mass_loading_mg_cm2": Estimate.rounded(loading, 0.05),
            f"layers.{position}.area_cm2": Estimate.exact(area),
        }
    return facts | changes


THICKNESSES = {f"layers.{position}.thickness_um": Estimate.exact(50.0) for position in (1, 2, 3)}


def values_of(outcome: Outcome) -> dict[str, Estimate]:
    return {result.quantity: result.estimate for result in outcome.values}


def texts_of(outcome: Outcome) -> str:
    return " ".join(message.text for message in outcome.messages)


def test_computes_the_numbers_of_wu2025_table_4() -> None:
    """Table 4: 168.5 Wh/kg in [162.8, 174.2] from its rounded inputs, 223 mAh/g, 2.0 mAh/cm², 332.2 mg."""
    values = values_of(run(Inputs(pouch())))
    density = values["gravimetric_energy_density_wh_kg"]
    assert [round(number, 1) for number in (density.lower, density.magnitude, density.upper)] == [162.8, 168.5, 174.2]
    assert round(values["specific_capacity_mah_g"].magnitude) == 223
    assert round(values["areal_capacity_mah_cm2"].magnitude, 1) == 2.0
    assert round(values["cell_mass_mg"].magnitude, 1) == 332.2


def test_breaks_the_mass_down_by_layer() -> None:
    outcome = run(Inputs(pouch()))
    assert "Layer 3 (anode, Li): 146.4 mg, 44.1 % of 332.2 mg." in texts_of(outcome)
    (curve,) = outcome.curves
    assert [series.name for series in curve.series] == ["1 NCM90", "2 LPSCl", "3 Li"]
    assert sum(series.y[0] for series in curve.series) == pytest.approx(332.2, abs=0.05)


def test_computes_energy_per_volume_where_every_thickness_is_known() -> None:
    """By hand: 55.98 mWh / (29.48 cm² × 0.005 cm) = 379.8 Wh/L."""
    outcome = run(Inputs(pouch(**THICKNESSES)))
    assert values_of(outcome)["volumetric_energy_density_wh_l"].magnitude == pytest.approx(379.8, abs=0.05)


def test_names_the_layer_without_thickness() -> None:
    outcome = run(Inputs(pouch(**(THICKNESSES | {"layers.2.thickness_um": None}))))
    assert "volumetric_energy_density_wh_l" not in values_of(outcome)
    assert message_of(outcome.messages, "missing-thickness", layers=["layer 2 (separator, LPSCl)"])


def test_names_the_cathode_without_active_fraction() -> None:
    outcome = run(Inputs(pouch(**{"layers.1.active_fraction_percent": None})))
    assert "specific_capacity_mah_g" not in values_of(outcome)
    assert message_of(outcome.messages, "missing-active-fraction", layer="layer 1 (cathode, NCM90)")


def test_a_layer_that_is_a_sample_does_not_count() -> None:
    facts = pouch(**{"layers.count": 4, "layers.4.role": "sample", "layers.4.name": "spare"})
    assert round(values_of(run(Inputs(facts)))["cell_mass_mg"].magnitude, 1) == 332.2


def test_does_not_read_what_it_does_not_use() -> None:
    inputs = Inputs(pouch())
    run(inputs)
    assert "layers.2.active_fraction_percent" not in inputs.reads
    assert not [path for path in inputs.reads if path.startswith(("setup.", "measurement.", "dataset."))]


def test_refuses_with_everything_that_is_missing() -> None:
    facts = pouch(**{"layers.2.area_cm2": None, "reported.mean_discharge_voltage_v": None})
    with pytest.raises(Refused) as refusal:
        run(Inputs(facts))
    assert refusal.value.code == "several-missing-inputs"
    voltage, area = refusal.value.parameters["missing"]
    assert (voltage["code"], voltage["parameters"]["quantity"]) == ("missing-value", "mean_discharge_voltage_v")
    assert (area["code"], area["parameters"]["layer"]) == ("missing-area", 2)


@pytest.mark.parametrize("role", ["cathode", "anode"])
def test_refuses_a_cell_without_electrode(role: str) -> None:
    position = {"cathode": 1, "anode": 3}[role]
    with refuses("missing-layer-role", Refused, role=role):
        run(Inputs(pouch(**{f"layers.{position}.role": "interlayer"})))


@pytest.mark.parametrize("path", ["layers.1.mass_loading_mg_cm2", "reported.discharge_capacity_mah"])
def test_refuses_a_number_that_may_be_zero(path: str) -> None:
    with refuses("zero-within-rounding", Refused, number=0.3, quantity=path.rpartition(".")[2]):
        run(Inputs(pouch(**{path: Estimate.rounded(0.3, 0.5)})))


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert set(values_of(run(Inputs(pouch(**THICKNESSES))))) == set(analysis.outputs)


COMPUTED = {
    "computed.discharge_capacity_mah": Estimate.measured(17.6, 0.02),
    "computed.mean_discharge_voltage_v": Estimate.measured(3.60, 0.001),
}


def test_takes_capacity_and_voltage_of_the_data_before_reported_ones() -> None:
    """By hand: 17.6 mAh × 3.60 V / 332.2 mg = 190.7 Wh/kg."""
    outcome = run(Inputs(pouch(**COMPUTED)))
    assert values_of(outcome)["gravimetric_energy_density_wh_kg"].magnitude == pytest.approx(190.7, abs=0.05)
    assert message_of(outcome.messages, "capacity-and-voltage-computed", capacity_mah=17.6, voltage_v=3.6)


def test_leaves_capacities_per_gram_and_area_of_the_data_to_the_cycling_summary() -> None:
    assert not {"specific_capacity_mah_g", "areal_capacity_mah_cm2"} & set(values_of(run(Inputs(pouch(**COMPUTED)))))


@pytest.mark.parametrize("path", list(COMPUTED))
def test_never_takes_one_of_the_data_and_one_as_reported(path: str) -> None:
    outcome = run(Inputs(pouch(**(COMPUTED | {path: None}))))
    assert round(values_of(outcome)["gravimetric_energy_density_wh_kg"].magnitude, 1) == 168.5
    assert message_of(outcome.messages, "capacity-and-voltage-reported", capacity_mah=18.0, voltage_v=3.11)


def test_names_the_missing_one_of_capacity_and_voltage() -> None:
    facts = pouch(
        **{"computed.discharge_capacity_mah": Estimate.exact(18.0), "reported.mean_discharge_voltage_v": None}
    )
    with pytest.raises(Refused) as refusal:
        run(Inputs(facts))
    mixed, voltage = refusal.value.parameters["missing"]
    assert (mixed["code"], mixed["parameters"]) == ("computed-and-reported-mixed", {"computed": "discharge capacity"})
    assert (voltage["code"], voltage["parameters"]["quantity"]) == ("missing-value", "mean_discharge_voltage_v")


@pytest.mark.parametrize("slug", ["mass_loading_mg_cm2", "area_cm2"])
def test_refuses_a_bound_of_a_layer(slug: str) -> None:
    with pytest.raises(Refused, match="<12"):
        run(Inputs(pouch(**(THICKNESSES | {f"layers.2.{slug}": "<12"}))))


def test_computes_no_volume_with_a_bound_and_quotes_it() -> None:
    outcome = run(Inputs(pouch(**(THICKNESSES | {"layers.2.thickness_um": "<600 µm"}))))
    assert "volumetric_energy_density_wh_l" not in values_of(outcome)
    assert "<600 µm" in texts_of(outcome)
