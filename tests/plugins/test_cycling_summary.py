import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.cycling_summary import MOST_POINTS, register_analyses, register_quantities, run
from registry.hookspecs import Inputs, Outcome, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of, refuses

CAPACITY = 0.018 * (1 - 0.001 * np.arange(12))
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
CATHODE = {
    "layers.count": 1,
    "layers.1.role": "cathode",
    "layers.1.name": "NCM90 composite",
    "layers.1.mass_loading_mg_cm2": Estimate.exact(11.2),
    "layers.1.area_cm2": Estimate.exact(9.0),
    "layers.1.active_fraction_percent": Estimate.exact(80.0),
}


def run_on(columns, facts=None, **parameters) -> Outcome:
    return run(Inputs({"dataset.sha256": "ab"} | CATHODE | (facts or {}), lambda: columns, PARAMETERS | parameters))


def values_of(outcome) -> dict[str, float]:
    return {result.quantity: result.estimate.magnitude for result in outcome.values}


def texts_of(outcome) -> str:
    return " ".join(message.text for message in outcome.messages)


def test_computes_energy_voltages_and_efficiencies_of_the_first_cycle() -> None:
    """18 mAh at a mean of 3.55 V are 63.9 mWh; charge at 3.65 V; CE 99 %, EE 99 % × 3.55/3.65 = 96.288 %."""
    values = values_of(run_on(cycling_rows(CAPACITY)))
    assert values["discharge_energy_mwh"] == pytest.approx(63.9, rel=1e-3)
    assert values["mean_discharge_voltage_v"] == pytest.approx(3.55, rel=1e-3)
    assert values["mean_charge_voltage_v"] == pytest.approx(3.65, rel=1e-3)
    assert values["energy_efficiency_percent"] == pytest.approx(96.288, rel=1e-3)
    assert values["first_cycle_efficiency_percent"] == pytest.approx(99.0)


def test_computes_capacity_per_gram_and_per_area() -> None:
    """Wu et al. 2025, Table 4: 18 mAh / (11.2 mg/cm² × 0.80 × 9 cm²) = 223 mAh/g, and 2.0 mAh/cm²."""
    values = values_of(run_on(cycling_rows(CAPACITY)))
    assert values["specific_capacity_mah_g"] == pytest.approx(223.2, abs=0.1)
    assert values["areal_capacity_mah_cm2"] == pytest.approx(2.0)


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert set(values_of(run_on(cycling_rows(CAPACITY)))) == set(analysis.outputs)


def test_its_own_quantities_are_described() -> None:
    assert all(
        quantity.slug.rsplit("_", 1)[1] in {"mwh", "mah", "g", "cm2", "h", "v", "percent", "cycles"}
        for quantity in register_quantities()
    )


def test_the_values_are_those_of_the_first_cycle_after_formation() -> None:
    """The third cycle has 18 × 0.998 mAh; the first-cycle efficiency is still that of cycle 1."""
    rows = cycling_rows(CAPACITY, efficiency=[0.8] + [0.99] * 11, current_a=[2e-4] * 2 + [1e-3] * 10)
    values = values_of(run_on(rows))
    assert values["areal_capacity_mah_cm2"] == pytest.approx(18 * 0.998 / 9)
    assert values["first_cycle_efficiency_percent"] == pytest.approx(80.0)
    assert message_of(run_on(rows).messages, "cycle-of-values", reference=3)


def test_the_values_are_those_of_a_chosen_cycle() -> None:
    values = values_of(run_on(cycling_rows(CAPACITY), reference_cycle=11))
    assert values["areal_capacity_mah_cm2"] == pytest.approx(18 * 0.99 / 9)


def test_states_the_definition_of_efficiency() -> None:
    full_cell = run_on(cycling_rows(CAPACITY))
    definition = message_of(full_cell.messages, "cycle-of-values").parameters["efficiency_definition"]
    assert definition.startswith("discharge over charge ")
    half_cell = run_on(cycling_rows(CAPACITY, efficiency=1.25, discharge_first=True))
    definition = message_of(half_cell.messages, "cycle-of-values").parameters["efficiency_definition"]
    assert definition.startswith("charge over discharge ")
    assert values_of(half_cell)["first_cycle_efficiency_percent"] == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("fact", "code", "left"),
    [
        ("layers.1.area_cm2", "missing-area", set()),
        ("layers.1.mass_loading_mg_cm2", "missing-mass-loading", {"areal_capacity_mah_cm2"}),
        ("layers.1.active_fraction_percent", "missing-active-fraction", {"areal_capacity_mah_cm2"}),
        ("layers.count", "missing-layer-role", set()),
    ],
)
def test_names_missing_cathode_data_and_returns_the_rest(fact: str, code: str, left: set[str]) -> None:
    outcome = run_on(cycling_rows(CAPACITY), {fact: None})
    by_layers = {"areal_capacity_mah_cm2", "specific_capacity_mah_g"}
    assert by_layers & set(values_of(outcome)) == left
    assert "discharge_energy_mwh" in values_of(outcome)
    assert {lacking.quantity for lacking in outcome.not_computed} == by_layers - left
    assert {lacking.code for lacking in outcome.not_computed} == {code}
    if fact != "layers.count":
        layers = [(lacking.parameters["layer"], lacking.parameters["name"]) for lacking in outcome.not_computed]
        assert set(layers) == {(1, "NCM90 composite")}


def test_a_cell_below_zero_volt_has_negative_energy_and_no_energy_efficiency() -> None:
    """Plating in a lithium half-cell: 4 V less, so 18 mAh at a mean of -0.45 V are -8.1 mWh."""
    rows = cycling_rows(CAPACITY)
    outcome = run_on(rows | {"voltage_volt": rows["voltage_volt"] - 4.0})
    assert values_of(outcome)["discharge_energy_mwh"] == pytest.approx(-8.1, rel=1e-3)
    assert "energy_efficiency_percent" not in values_of(outcome)
    assert outcome.curves[0].series[1].y == ()


def test_a_per_cycle_table_gives_capacities_and_efficiencies_but_no_energies() -> None:
    columns = {
        "cycle_count": np.arange(1.0, 13),
        "cycle_discharging_capacity_ah": CAPACITY,
        "cycle_charging_capacity_ah": CAPACITY / 0.99,
    }
    outcome = run_on(columns)
    assert set(values_of(outcome)) == {
        "discharge_capacity_mah",
        "first_cycle_efficiency_percent",
        "areal_capacity_mah_cm2",
        "specific_capacity_mah_g",
        "capacity_throughput_mah",
        "equivalent_full_cycles",
    }
    assert [curve.name for curve in outcome.curves] == ["efficiency", "specific-capacity", "areal-capacity"]
    assert message_of(outcome.messages, "voltage-not-in-table")


def test_a_table_that_begins_later_has_no_first_cycle() -> None:
    columns = {
        "cycle_count": np.arange(50.0, 62),
        "cycle_discharging_capacity_ah": CAPACITY,
        "cycle_charging_capacity_ah": CAPACITY / 0.99,
    }
    outcome = run_on(columns)
    assert "first_cycle_efficiency_percent" not in values_of(outcome)
    assert message_of(outcome.messages, "first-cycle-not-in-data", cycle=50.0)


def half_cell_table() -> dict[str, np.ndarray]:
    """Return a graphite half-cell's table: 90 % of the first discharge come back on charge, then 99.7 %."""
    share = np.where(np.arange(12) == 0, 0.90, 0.997)
    return {
        "cycle_count": np.arange(1.0, 13),
        "cycle_discharging_capacity_ah": CAPACITY,
        "cycle_charging_capacity_ah": CAPACITY * share,
    }


def test_a_table_does_not_say_which_half_came_first_but_a_parameter_does() -> None:
    taken = run_on(half_cell_table())
    assert values_of(taken)["first_cycle_efficiency_percent"] == pytest.approx(100 / 0.90)
    (warning,) = [message for message in taken.messages if message.level == "warning"]
    assert warning.parameters["name"] == "First-cycle efficiency"
    assert message_of([warning], "efficiency-above-100-percent", efficiency_percent=1000 / 9, recovered="discharge")
    declared = run_on(half_cell_table(), first_half="discharge")
    assert values_of(declared)["first_cycle_efficiency_percent"] == pytest.approx(90.0)
    assert not [message for message in declared.messages if message.level == "warning"]


def test_the_first_discharge_is_compared_with_the_first_charge_whatever_their_numbers() -> None:
    """Cycle 1 is the formation charge alone, of which 88 % come back; each later number steps before the discharge."""
    rows = cycling_rows(CAPACITY, efficiency=[0.88] + [0.99] * 11)
    stepped = np.maximum.accumulate(rows["cycle_count"] + (rows["current_ampere"] < 0))
    outcome = run_on(rows | {"cycle_count": stepped})
    assert values_of(outcome)["first_cycle_efficiency_percent"] == pytest.approx(88.0)
    assert message_of(outcome.messages, "efficiency-definition", recovered="discharge")
    assert "interrupted" not in texts_of(outcome)
    turned = run_on(rows | {"cycle_count": stepped}, first_half="discharge")
    assert "set first_half to “charge”" in texts_of(turned)


def test_draws_chosen_cycles_efficiencies_and_mean_voltages() -> None:
    efficiency, voltage, chosen, *_ = run_on(cycling_rows(CAPACITY, points=3000), chosen_cycles="1,last").curves
    assert [series.name for series in efficiency.series] == ["Coulombic efficiency", "Energy efficiency"]
    assert [series.name for series in voltage.series] == ["Discharge", "Charge"]
    names = ["Cycle 1, discharge", "Cycle 1, charge", "Cycle 12, discharge", "Cycle 12, charge"]
    assert [series.name for series in chosen.series] == names
    assert {len(series.x) for series in chosen.series} == {MOST_POINTS}
    assert chosen.series[0].x[-1] == pytest.approx(18.0)


def test_an_interrupted_last_cycle_is_in_no_curve() -> None:
    outcome = run_on(cycling_rows(CAPACITY, cut_last_at=0.3))
    assert max(outcome.curves[0].series[0].x) == 11
    assert message_of(outcome.messages, "interrupted-cycle-excluded", cycle=12)


@pytest.mark.parametrize(
    ("columns", "parameters", "code", "named"),
    [
        ({"frequency_hertz": np.ones(3)}, {}, "missing-cycling-data", {"names": "frequency_hertz"}),
        (cycling_rows(CAPACITY), {"chosen_cycles": "one"}, "invalid-cycle-list", {"part": "one"}),
        (
            cycling_rows(CAPACITY),
            {"reference_cycle": 99},
            "cycle-not-in-data",
            {"cycle": 99, "first": 1.0, "last": 12.0},
        ),
    ],
    ids=["a spectrum", "an unknown word", "an unknown cycle"],
)
def test_refuses_data_and_parameters_that_do_not_fit(columns: dict, parameters: dict, code: str, named: dict) -> None:
    with refuses(code, **named):
        run_on(columns, **parameters)


def test_refuses_a_current_of_the_wrong_sign() -> None:
    rows = cycling_rows(CAPACITY)
    with refuses("no-discharge", InsufficientData):
        run_on(rows | {"current_ampere": np.abs(rows["current_ampere"])})


def test_refuses_without_data() -> None:
    with refuses("missing-data", Refused):
        run(Inputs(CATHODE, dict, PARAMETERS))
