from pathlib import Path

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins import cycling_summary
from plugins.consistency import REPORTED, main_layer, run
from plugins.readers import declared_csv
from registry.hookspecs import Inputs, Outcome
from registry.testing import example_inputs
from tests.coded import message_of

rounded, exact = Estimate.rounded, Estimate.exact
CATHODE = {
    "layers.count": 1,
    "layers.1.role": "cathode",
    "layers.1.name": "composite",
    "layers.1.active_material": "NCM90",
    "layers.1.mass_loading_mg_cm2": rounded(10.0, 0.05),
    "layers.1.area_cm2": rounded(0.785, 0.0005),
    "layers.1.active_fraction_percent": rounded(70.0, 0.5),
    "layers.1.theoretical_capacity_mah_g": rounded(275.0, 0.5),
    "measurement.technique": "cycling",
}
PELLET = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "pellet",
    "layers.1.thickness_um": rounded(600.0, 0.5),
    "measurement.technique": "eis",
    "setup.die_diameter_mm": exact(10.0),
}


def reported(**numbers: Estimate) -> dict:
    return {
        "reported.keys": tuple(sorted(numbers)),
        **{f"reported.{slug}": number for slug, number in numbers.items()},
    }


def warnings(outcome: Outcome) -> list[str]:
    return [message.code for message in outcome.messages if message.level == "warning"]


def test_names_the_ratio_to_the_theoretical_capacity_and_the_unit() -> None:
    """The integral of a current in mA taken as A: 2.7×10⁵ mAh/g, 993 times 275 mAh/g."""
    outcome = run(Inputs(CATHODE | {"computed.specific_capacity_mah_g": rounded(273_000.0, 2_000.0)}))
    message = message_of(outcome.messages, "not-within-theoretical-capacity", ratio="993", factor=1e-3, culprit="")
    assert message.text.endswith("current in mA (× 10⁻³)?")


def test_a_file_of_milliamperes_read_as_amperes_is_named() -> None:
    """A cathode of 10 mg/cm², 0.785 cm² and 70 % NCM, in the columns of a cycler under the wrong unit."""
    path = Path(__file__).parents[1] / "data" / "cases" / "06-milliamperes-under-ampere" / "c_mA_as_A.csv"
    (dataset,) = declared_csv.read(path)
    (analysis,) = cycling_summary.register_analyses()
    defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
    facts = CATHODE | {"dataset.sha256": "ab"}
    summary = cycling_summary.run(Inputs(facts, lambda: dataset.columns, defaults))
    computed = {f"computed.{result.key}": result.estimate for result in summary.values if not result.at}
    outcome = run(Inputs(facts | computed, lambda: dataset.columns))
    conflicts = {
        (message.code, message.parameters["factor"])
        for message in outcome.messages
        if message.level == "warning" and "specific_capacity_mah_g" in message.parameters["quantities"]
    }
    assert conflicts == {("not-within-theoretical-capacity", 1e-3)}
    (ratio,) = [
        m.parameters["ratio"] for m in outcome.messages if "ratio" in m.parameters and m.code.startswith("not")
    ][:1]
    assert float(ratio) == pytest.approx(993, rel=0.01)


def test_a_capacity_in_the_range_of_its_material_is_no_conflict() -> None:
    outcome = run(Inputs(CATHODE | {"computed.specific_capacity_mah_g": rounded(215.0, 2.0)}))
    assert warnings(outcome) == []
    assert message_of(outcome.messages, "numbers-compared", count=1, conflicts=0)


def test_a_known_family_limits_a_material_without_theoretical_capacity() -> None:
    facts = CATHODE | {"layers.1.theoretical_capacity_mah_g": None}
    assert warnings(run(Inputs(facts | {"computed.specific_capacity_mah_g": rounded(942.0, 3.0)}))) == [
        "not-within-theoretical-capacity"
    ]
    unknown = facts | {"layers.1.active_material": "Sx", "computed.specific_capacity_mah_g": rounded(942.0, 3.0)}
    assert warnings(run(Inputs(unknown))) == []


@pytest.mark.parametrize(
    ("slug", "value", "code"),
    [
        ("capacity_retention_percent", 156.78, "retention-implausible"),
        ("capacity_retention_percent", 0.88, "retention-implausible"),
        ("coulombic_efficiency_percent", 130.0, "efficiency-implausible"),
        ("coulombic_efficiency_percent", 0.998, "efficiency-implausible"),
        ("first_cycle_efficiency_percent", 104.0, "efficiency-implausible"),
        ("energy_efficiency_percent", 103.0, "efficiency-implausible"),
        ("mean_discharge_voltage_v", 3600.0, "voltage-implausible"),
    ],
)
def test_a_number_beyond_its_limit_is_named(slug: str, value: float, code: str) -> None:
    for facts in ({f"computed.{slug}": exact(value)}, reported(**{slug: exact(value)})):
        assert warnings(run(Inputs(CATHODE | facts))) == [code]


@pytest.mark.parametrize("slug", ["capacity_retention_percent", "coulombic_efficiency_percent"])
def test_a_fraction_in_place_of_a_percentage_is_suggested(slug: str) -> None:
    outcome = run(Inputs(CATHODE | reported(**{slug: exact(0.9)})))
    assert [message.parameters["factor"] for message in outcome.messages if message.level == "warning"] == [100.0]


@pytest.mark.parametrize(
    ("degc", "sigma", "codes"), [(-25.0, 0.58, 1), (25.0, 0.58, 1), (25.0, 0.025, 0), (60.0, 0.03, 0)]
)
def test_a_conductivity_is_held_against_the_highest_at_its_temperature(degc: float, sigma: float, codes: int) -> None:
    facts = PELLET | {
        "measurement.temperature_degc": rounded(degc, 0.5),
        "computed.ionic_conductivity_s_cm": exact(sigma),
    }
    assert len(warnings(run(Inputs(facts)))) == codes


def test_reported_capacity_mass_and_specific_capacity_must_agree() -> None:
    good = reported(discharge_capacity_mah=rounded(1.18, 0.005), specific_capacity_mah_g=rounded(215.0, 0.5))
    assert warnings(run(Inputs(CATHODE | good))) == []
    bad = reported(discharge_capacity_mah=rounded(1.5, 0.005), specific_capacity_mah_g=rounded(215.0, 0.5))
    outcome = run(Inputs(CATHODE | bad))
    assert warnings(outcome) == ["numbers-contradict"]
    (message,) = [message for message in outcome.messages if message.level == "warning"]
    assert set(message.parameters["quantities"]) == {
        "discharge_capacity_mah",
        "specific_capacity_mah_g",
        "mass_loading_mg_cm2",
        "area_cm2",
        "active_fraction_percent",
    }


def test_a_culprit_is_named_with_its_factor() -> None:
    facts = reported(
        discharge_capacity_mah=rounded(1.18, 0.005),
        specific_capacity_mah_g=rounded(215.0, 0.5),
        areal_capacity_mah_cm2=rounded(1505.0, 0.5),
    )
    outcome = run(Inputs(CATHODE | facts))
    assert message_of(outcome.messages, "number-contradicts-others", culprit="areal_capacity_mah_cm2", factor=1e-3)


def test_the_conductivity_of_a_pellet_follows_from_its_resistance() -> None:
    good = reported(ionic_conductivity_s_cm=rounded(7.64e-3, 0.005e-3), resistance_ohm=rounded(10.0, 0.05))
    bad = reported(ionic_conductivity_s_cm=rounded(8.0e-3, 0.005e-3), resistance_ohm=rounded(10.0, 0.05))
    assert warnings(run(Inputs(PELLET | good))) == []
    assert warnings(run(Inputs(PELLET | bad))) == ["numbers-contradict"]


@pytest.mark.parametrize(("blocks", "count"), [("ions", 0), ("electrons", 1), (None, 1)])
def test_a_resistance_counts_for_what_its_electrodes_let_through(blocks: str | None, count: int) -> None:
    facts = PELLET | {"measurement.technique": "chronoamperometry", "setup.blocks": blocks}
    facts |= reported(ionic_conductivity_s_cm=rounded(8.0e-3, 0.005e-3), resistance_ohm=rounded(10.0, 0.05))
    assert len(warnings(run(Inputs(facts)))) == count


def test_the_current_of_the_data_is_held_against_the_recorded_density() -> None:
    facts = CATHODE | {"dataset.sha256": "ab", "measurement.current_density_ma_cm2": rounded(0.5, 0.005)}
    amperes = {"current_ampere": np.tile([0.5e-3 * 0.785, 0.0, -0.5e-3 * 0.785, 0.0], 50)}
    assert warnings(run(Inputs(facts, lambda: amperes))) == []
    milliamperes = {"current_ampere": 1000 * amperes["current_ampere"]}
    outcome = run(Inputs(facts, lambda: milliamperes))
    assert message_of(outcome.messages, "numbers-contradict", factor=1e-3)


def test_the_c_rate_is_held_against_current_density_and_mass() -> None:
    facts = CATHODE | {
        "measurement.c_rate": rounded(0.1, 0.005),
        "measurement.current_density_ma_cm2": rounded(0.19, 0.005),
    }
    assert warnings(run(Inputs(facts))) == []
    outcome = run(Inputs(facts | {"measurement.current_density_ma_cm2": rounded(190.0, 0.5)}))
    assert warnings(outcome) == ["nominal-capacity-implausible"]
    nominal = facts | reported(nominal_specific_capacity_mah_g=rounded(200.0, 0.5))
    assert warnings(run(Inputs(nominal))) == ["numbers-contradict"]


def test_a_mean_voltage_lies_in_its_window() -> None:
    window = {"measurement.voltage_lower_v": rounded(2.5, 0.05), "measurement.voltage_upper_v": rounded(4.3, 0.05)}
    facts = CATHODE | window
    assert warnings(run(Inputs(facts | {"computed.mean_discharge_voltage_v": exact(3.7)}))) == []
    assert warnings(run(Inputs(facts | {"computed.mean_discharge_voltage_v": exact(4.5)}))) == [
        "outside-voltage-window"
    ]
    assert warnings(run(Inputs(facts | {"computed.mean_discharge_voltage_v": exact(2.2)}))) == [
        "outside-voltage-window"
    ]


def test_retention_is_last_over_first() -> None:
    facts = reported(capacity_retention_percent=rounded(80.0, 0.5), cycle_count=exact(100))
    at_cycles = {
        "reported.specific_capacity_mah_g@cycle:1": rounded(200.0, 0.5),
        "reported.specific_capacity_mah_g@cycle:100": rounded(160.0, 0.5),
    }
    facts["reported.keys"] += tuple(path.removeprefix("reported.") for path in at_cycles)
    assert warnings(run(Inputs(CATHODE | facts | at_cycles))) == []
    at_cycles["reported.specific_capacity_mah_g@cycle:100"] = rounded(120.0, 0.5)
    assert warnings(run(Inputs(CATHODE | facts | at_cycles))) == ["numbers-contradict"]


def test_a_density_reported_at_a_layer_is_held_against_its_thickness_and_loading() -> None:
    facts = CATHODE | {
        "layers.1.thickness_um": rounded(60.0, 0.5),
        "reported.keys": ("porosity_percent@layer:1", "layer_density_g_cm3@layer:1"),
        "reported.porosity_percent@layer:1": rounded(42.0, 0.5),
        "reported.layer_density_g_cm3@layer:1": rounded(1.67, 0.005),
        "layers.1.density_g_cm3": rounded(2.88, 0.005),
    }
    assert warnings(run(Inputs(facts))) == []
    assert warnings(run(Inputs(facts | {"reported.layer_density_g_cm3@layer:1": rounded(2.5, 0.05)}))) != []
    outcome = run(Inputs(facts | {"reported.porosity_percent@layer:1": rounded(20.0, 0.5)}))
    assert warnings(outcome) == ["numbers-contradict"]


def test_bounds_are_intervals_and_approximate_numbers_are_left_out() -> None:
    facts = (
        CATHODE
        | reported(specific_capacity_mah_g=rounded(215.0, 0.5))
        | {"reported.discharge_capacity_mah": ">1.5 mAh"}
    )
    facts["reported.keys"] = ("discharge_capacity_mah", "specific_capacity_mah_g")
    facts["reported.discharge_capacity_mah.least"] = 1.5
    assert warnings(run(Inputs(facts))) == ["numbers-contradict"]
    facts["reported.discharge_capacity_mah.least"] = 1.1
    assert warnings(run(Inputs(facts))) == []
    facts["reported.discharge_capacity_mah"] = rounded(1.5, 0.05)
    facts["reported.discharge_capacity_mah.about"] = True
    assert warnings(run(Inputs(facts))) == []


def test_a_measurement_without_related_numbers_says_so() -> None:
    outcome = run(Inputs({"layers.count": 0, "measurement.technique": "photograph"}))
    assert [message.code for message in outcome.messages] == ["nothing-to-compare"]


def test_what_is_read_is_recorded() -> None:
    inputs = example_inputs("cycling")
    run(inputs)
    assert {"reported.keys", "layers.1.mass_loading_mg_cm2", "measurement.c_rate"} <= set(inputs.reads)


def test_a_sample_is_the_main_layer_before_a_cathode() -> None:
    inputs = Inputs({"layers.count": 2, "layers.1.role": "cathode", "layers.2.role": "sample"})
    layer = main_layer(inputs.layers)
    assert layer is not None
    assert layer.position == 2
    assert (
        main_layer(Inputs({"layers.count": 2, "layers.1.role": "cathode", "layers.2.role": "cathode"}).layers) is None
    )


def test_every_quantity_it_reads_is_registered() -> None:
    from registry.numbers import catalogue

    assert set(catalogue.catalogue) >= REPORTED


def test_a_capacity_is_that_of_all_repeat_units() -> None:
    facts = CATHODE | reported(discharge_capacity_mah=rounded(4.72, 0.005), specific_capacity_mah_g=rounded(215.0, 0.5))
    assert len(warnings(run(Inputs(facts)))) == 1
    assert warnings(run(Inputs(facts | {"cell.repeat_units": 4}))) == []


def test_a_window_against_a_reference_is_not_that_of_the_cell() -> None:
    facts = CATHODE | {"measurement.voltage_upper_v": rounded(3.7, 0.05)}
    facts |= {"computed.mean_discharge_voltage_v": exact(3.9)}
    assert warnings(run(Inputs(facts))) == ["outside-voltage-window"]
    assert warnings(run(Inputs(facts | {"measurement.potential_scale": "li_in"}))) == []


def test_the_recorded_current_of_1c_is_the_nominal_capacity() -> None:
    facts = CATHODE | {
        "measurement.c_rate": rounded(0.1, 0.0005),
        "measurement.one_c_ma_g": rounded(200.0, 0.5),
        "measurement.current_density_ma_cm2": rounded(0.14, 0.002),
    }
    assert warnings(run(Inputs(facts))) == []
    facts["measurement.current_density_ma_cm2"] = rounded(0.2, 0.005)
    assert warnings(run(Inputs(facts))) == ["numbers-contradict"]


def test_a_radius_entered_as_the_diameter_of_a_die_is_larger_than_the_die() -> None:
    facts = PELLET | reported(resistance_ohm=rounded(100.0, 0.5), ionic_conductivity_s_cm=rounded(7.64e-4, 5e-7))
    outcome = run(Inputs(facts | {"setup.die_diameter_mm": exact(5.0)}))
    message = message_of(outcome.messages, "larger-than-the-die", ratio="4")
    assert message.parameters["limit"].endswith("die")


def test_a_factor_of_one_of_several_numbers_names_it() -> None:
    facts = PELLET | reported(resistance_ohm=rounded(100.0, 0.5), ionic_conductivity_s_cm=rounded(7.64e-4, 5e-7))
    outcome = run(Inputs(facts | {"layers.1.thickness_um": rounded(0.6, 0.05)}))
    message = message_of(outcome.messages, "numbers-contradict", factor=1e-3)
    assert "reported ionic conductivity" in message.parameters["hint"]


def test_what_a_limit_compares_with_is_not_among_the_numbers_compared() -> None:
    numbers = reported(discharge_capacity_mah=rounded(1180.0, 5.0), specific_capacity_mah_g=rounded(214.7, 0.5))
    outcome = run(Inputs(CATHODE | numbers))
    message = message_of(outcome.messages, "not-within-theoretical-capacity", factor=1e-3)
    assert "theoretical" not in message.parameters["subject"]


def symmetric(current_a: float, **facts: object) -> list[tuple[str, float]]:
    """The warnings of a symmetric cell at a current, with the factor that resolves each."""
    current = np.tile([current_a, current_a, 0.0, -current_a, -current_a], 20)
    columns = {"current_ampere": current, "test_time_second": np.arange(100.0), "voltage_volt": 40 * current}
    layers = {"layers.count": 2, "layers.1.role": "anode", "layers.2.role": "anode", "layers.1.name": "Li"}
    known = {"layers.2.name": "Li", "layers.1.area_cm2": exact(0.785), "dataset.sha256": "ab"}
    record = {"measurement.technique": "symmetric_cycling", **layers, **known, **facts}
    outcome = run(Inputs(record, lambda: columns))
    return [(item.code, item.parameters["factor"]) for item in outcome.messages if item.level == "warning"]


def test_the_current_of_a_symmetric_cell_is_held_against_its_density() -> None:
    density = {"measurement.current_density_ma_cm2": rounded(0.5, 0.05)}
    assert symmetric(0.4e-3, **density) == []
    ((_, factor),) = symmetric(0.4e-6, **density)
    assert factor == 1e3


def test_an_overpotential_in_millivolts_is_named() -> None:
    assert symmetric(0.4e-3, **{"computed.overpotential_v": exact(0.034)}) == []
    assert symmetric(0.4e-3, **{"computed.overpotential_v": exact(34.0)}) == [("voltage-implausible", 1e-3)]
