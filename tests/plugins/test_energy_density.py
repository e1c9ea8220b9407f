import pytest

from analyses.uncertainty import Estimate
from plugins.energy_density import register_analyses, run
from registry.hookspecs import Inputs, NotComputed, Outcome, Refused
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


COLLECTOR = "current_collector"
ELECTRODES = "gravimetric_energy_density_electrodes_wh_kg"
PACKAGED = "gravimetric_energy_density_packaged_wh_kg"
THICKNESSES = {f"layers.{position}.thickness_um": Estimate.exact(50.0) for position in (1, 2, 3)}


def values_of(outcome: Outcome) -> dict[str, Estimate]:
    return {result.quantity: result.estimate for result in outcome.values}


def reasons_of(outcome: Outcome) -> dict[str, NotComputed]:
    return {reason.quantity: reason for reason in outcome.not_computed}


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
    (reason,) = [item for item in outcome.not_computed if item.quantity == "volumetric_energy_density_wh_l"]
    assert (reason.code, reason.parameters["layers"]) == ("missing-thickness", ["layer 2 (separator, LPSCl)"])


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
    outcome = run(Inputs(pouch(**THICKNESSES)))
    assert {*values_of(outcome), *(item.quantity for item in outcome.not_computed)} == set(analysis.outputs)


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
def test_refuses_a_bound_of_an_electrode(slug: str) -> None:
    with pytest.raises(Refused, match="<12"):
        run(Inputs(pouch(**(THICKNESSES | {f"layers.1.{slug}": "<12"}))))


@pytest.mark.parametrize("slug", ["mass_loading_mg_cm2", "area_cm2"])
def test_gives_only_the_electrodes_if_the_separator_has_only_a_bound(slug: str) -> None:
    """By hand: 55.98 mWh / (11.2 × 9 + 14.3 × 10.24) mg = 226.4 Wh/kg."""
    outcome = run(Inputs(pouch(**{f"layers.2.{slug}": "<12"})))
    assert set(values_of(outcome)) == {ELECTRODES, "specific_capacity_mah_g", "areal_capacity_mah_cm2"}
    assert values_of(outcome)[ELECTRODES].magnitude == pytest.approx(226.4, abs=0.05)
    assert "<12" in reasons_of(outcome)["cell_mass_mg"].text


def test_computes_no_volume_with_a_bound_and_quotes_it() -> None:
    outcome = run(Inputs(pouch(**(THICKNESSES | {"layers.2.thickness_um": "<600 µm"}))))
    assert "volumetric_energy_density_wh_l" not in values_of(outcome)
    assert "<600 µm" in reasons_of(outcome)["volumetric_energy_density_wh_l"].text


def case_35(**changes) -> dict:
    """Return the facts of an anode-free pouch: cathode, separator, copper."""
    facts = {
        "layers.count": 3,
        "cell.format": "pouch",
        "reported.discharge_capacity_mah": Estimate.rounded(30.0, 0.005),
        "reported.mean_discharge_voltage_v": Estimate.rounded(3.6, 0.0005),
    }
    stack = (
        ("cathode", "NCM", 20.0, 9.0, 60),
        ("separator", "LPSCl", 6.0, 10.24, 30),
        (COLLECTOR, "Cu", 8.96, 10.24, 10),
    )
    for position, layer in enumerate(stack, start=1):
        facts |= layer_facts(position, layer)
    return facts | changes


def layer_facts(position: int, layer: tuple[str, str, float, float, float]) -> dict:
    role, name, loading, area, thickness = layer
    return {
        f"layers.{position}.role": role,
        f"layers.{position}.name": name,
        f"layers.{position}.mass_loading_mg_cm2": Estimate.rounded(loading, 0.005),
        f"layers.{position}.area_cm2": Estimate.exact(area),
        f"layers.{position}.thickness_um": Estimate.rounded(thickness, 0.5),
    }


def test_an_anode_free_cell_has_a_bare_collector_across_the_separator() -> None:
    """Case 35: 333.19 mg, 324.1 Wh/kg. By hand: 108 mWh / 0.09496 cm³ = 1137 Wh/L; cathode alone 600 Wh/kg."""
    outcome = run(Inputs(case_35()))
    values = values_of(outcome)
    assert round(values["cell_mass_mg"].magnitude, 2) == 333.19
    assert round(values["gravimetric_energy_density_wh_kg"].magnitude, 1) == 324.1
    assert values["volumetric_energy_density_wh_l"].magnitude == pytest.approx(1137.3, abs=0.05)
    assert values[ELECTRODES].magnitude == pytest.approx(600.0)
    assert message_of(outcome.messages, "electrode-without-layer", role="anode")
    assert reasons_of(outcome)["gravimetric_energy_density_stack_wh_kg"].code == "missing-current-collector"


def test_a_cathode_and_a_separator_are_no_cell() -> None:
    with refuses("missing-layer-role", Refused, role="anode"):
        run(Inputs(case_35(**{"layers.count": 2})))


def test_a_collector_on_the_side_of_the_cathode_makes_no_cell() -> None:
    facts = case_35(**layer_facts(3, ("separator", "LPSCl", 6.0, 10.24, 30)), **{"layers.2.role": COLLECTOR})
    with refuses("missing-layer-role", Refused, role="anode"):
        run(Inputs(facts))


STACK = (
    (COLLECTOR, "Al", 3.24, 10.0, 12),
    ("cathode", "NCM", 20.0, 10.0, 60),
    ("separator", "LPSCl", 6.0, 10.0, 30),
    ("anode", "Li", 2.67, 10.0, 50),
    (COLLECTOR, "Cu", 7.168, 10.0, 8),
)


def stacked(units: int, al: int | None, cu: int | None, **changes) -> dict:
    """Return the facts of a stack of repeat units with a capacity of 40 mAh each."""
    facts = {
        "layers.count": 5,
        "cell.format": "pouch",
        "cell.repeat_units": units,
        "reported.discharge_capacity_mah": Estimate.exact(40.0 * units),
        "reported.mean_discharge_voltage_v": Estimate.exact(3.75),
        "layers.1.coated_sides": al,
        "layers.2.active_fraction_percent": Estimate.exact(80.0),
        "layers.5.coated_sides": cu,
    }
    for position, layer in enumerate(STACK, start=1):
        facts |= layer_facts(position, layer)
    return facts | changes


def test_repeat_units_share_collectors_coated_on_both_sides() -> None:
    """By hand, four units: 2 × 32.4 + 4 × (200 + 60 + 26.7 + 71.68) = 1498.32 mg; 600 mWh, 400.4 Wh/kg."""
    values = values_of(run(Inputs(stacked(4, 2, 1))))
    assert values["cell_mass_mg"].magnitude == pytest.approx(1498.32)
    assert values["gravimetric_energy_density_stack_wh_kg"].magnitude == pytest.approx(400.4, abs=0.05)
    assert values["gravimetric_energy_density_electrodes_wh_kg"].magnitude == pytest.approx(661.7, abs=0.05)
    assert values["gravimetric_energy_density_electrodes_separator_wh_kg"].magnitude == pytest.approx(523.2, abs=0.05)


def test_capacities_of_a_stack_are_per_area_and_gram_of_all_its_cathodes() -> None:
    """By hand: 160 mAh / (4 × 10 cm²) = 4 mAh/cm²; / (4 × 160 mg) = 250 mAh/g."""
    values = values_of(run(Inputs(stacked(4, 2, 1))))
    assert values["areal_capacity_mah_cm2"].magnitude == pytest.approx(4.0)
    assert values["specific_capacity_mah_g"].magnitude == pytest.approx(250.0)


def test_the_packaged_cell_counts_packaging_and_tabs() -> None:
    """By hand: 600 mWh / (1498.32 + 800 + 100) mg = 250.2 Wh/kg; 24 µm Al, 4 × 148 µm, 184 µm of packaging: 0.08 cm,
    600 mWh / (14 cm² × 0.08 cm) = 535.7 Wh/L."""
    of_cell = {
        "cell.packaging_mass_mg": Estimate.exact(800.0),
        "cell.tab_mass_mg": Estimate.exact(100.0),
        "cell.footprint_cm2": Estimate.exact(14.0),
        "cell.packaging_thickness_um": Estimate.exact(184.0),
    }
    outcome = run(Inputs(stacked(4, 2, 1, **of_cell)))
    assert outcome.not_computed == ()
    assert values_of(outcome)[PACKAGED].magnitude == pytest.approx(250.2, abs=0.05)
    assert values_of(outcome)["volumetric_energy_density_packaged_wh_l"].magnitude == pytest.approx(535.7, abs=0.05)
    without_tabs = run(Inputs(stacked(4, 2, 1, **(of_cell | {"cell.tab_mass_mg": None}))))
    assert reasons_of(without_tabs)[PACKAGED].code == "missing-packaging"


def test_a_coin_cell_needs_no_tabs() -> None:
    facts = stacked(1, None, None, **{"cell.format": "coin", "cell.packaging_mass_mg": Estimate.exact(3000.0)})
    assert values_of(run(Inputs(facts)))[PACKAGED].magnitude == pytest.approx(150 / 3390.78 * 1000, abs=0.01)


def test_refuses_a_shared_collector_without_the_number_of_repeat_units() -> None:
    with refuses("missing-repeat-units", Refused, layer="layer 1 (current collector, Al)"):
        run(Inputs(stacked(4, 2, 1, **{"cell.repeat_units": None})))


def test_refuses_a_stack_with_collectors_of_unknown_sides() -> None:
    with refuses("missing-coated-sides", Refused, layer="layer 5 (current collector, Cu)"):
        run(Inputs(stacked(4, 2, None)))


def test_takes_the_loading_of_a_foil_from_thickness_and_density_of_its_material() -> None:
    """By hand: 8.96 g/cm³ × 10 µm = 8.96 mg/cm²."""
    changes = {
        "layers.3.mass_loading_mg_cm2": None,
        "layers.3.density_g_cm3": Estimate.rounded(8.96, 0.005),
        "layers.3.material_kind": "current_collector",
    }
    outcome = run(Inputs(case_35(**changes)))
    assert round(values_of(outcome)["cell_mass_mg"].magnitude, 2) == 333.19
    assert message_of(outcome.messages, "loading-from-density", layer="layer 3 (current collector, Cu)")


def test_does_not_take_the_loading_of_a_porous_layer_from_the_density_of_its_material() -> None:
    changes = {
        "layers.2.mass_loading_mg_cm2": None,
        "layers.2.density_g_cm3": Estimate.rounded(1.86, 0.005),
        "layers.2.material_kind": "solid_electrolyte",
    }
    assert reasons_of(run(Inputs(case_35(**changes))))["cell_mass_mg"].code == "missing-mass-loading"
    apparent = {"layers.2.apparent_density_g_cm3": Estimate.rounded(1.57, 0.005)}
    mass = values_of(run(Inputs(case_35(**changes, **apparent))))["cell_mass_mg"]
    assert mass.magnitude == pytest.approx(180 + 91.7504 + 1.57 * 3.0 * 10.24)


def test_a_half_cell_entered_as_two_anodes_is_a_cell_without_capacity_per_cathode() -> None:
    outcome = run(Inputs(pouch(**{"layers.1.role": "anode"})))
    assert round(values_of(outcome)["cell_mass_mg"].magnitude, 1) == 332.2
    assert message_of(outcome.messages, "missing-cathode")


@pytest.mark.parametrize(("anode_cm2", "density", "agrees"), [(10.24, 168.5, True), (9.0, 178.0, False)])
def test_the_printed_number_agrees_with_the_anode_of_the_membrane_only(
    anode_cm2: float, density: float, agrees: bool
) -> None:
    """Table 4 prints 170.2 Wh/kg (170.15 to 170.25), which an anode of 3 × 3 cm² does not give."""
    facts = pouch(**{"layers.3.area_cm2": Estimate.exact(anode_cm2)})
    computed = values_of(run(Inputs(facts)))["gravimetric_energy_density_wh_kg"]
    assert round(computed.magnitude, 1) == density
    assert (computed.lower <= 170.25 and computed.upper >= 170.15) is agrees


def test_the_area_of_a_weighed_layer_adds_nothing_to_the_uncertainty_of_its_mass() -> None:
    """A cathode of 100.8 ± 0.05 mg on 9 ± 0.5 cm²: the sum of masses keeps the 0.05 mg of the balance."""
    area = Estimate.rounded(9.0, 0.5)
    weighed = {
        "layers.1.area_cm2": area,
        "layers.1.mass_loading_mg_cm2": Estimate(11.2, 100.75 / 9.5, 100.85 / 8.5),
        "layers.1.mass_mg": Estimate.rounded(100.8, 0.05),
    }
    others = sum((14.3 if position == 3 else 8.3) * 10.24 for position in (2, 3))
    spread = 0.05 * 10.24 * 2
    mass = values_of(run(Inputs(pouch(**weighed))))["cell_mass_mg"]
    assert mass.interval() == pytest.approx((100.75 + others - spread, 100.85 + others + spread))
