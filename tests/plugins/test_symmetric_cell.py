import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.symmetric_cell import register_analyses, register_quantities, run
from registry.hookspecs import Inputs, Outcome, Refused
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.coded import message_of, refuses

PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
ELECTRODES = {
    "layers.count": 3,
    "layers.1.role": "cathode",
    "layers.1.name": "Li",
    "layers.1.area_cm2": Estimate.exact(0.5),
    "layers.2.role": "separator",
    "layers.2.name": "LPSCl",
    "layers.3.role": "anode",
    "layers.3.name": "Li",
}
STEPPED = [0.5e-3 * step for step in range(1, 7)]


def run_on(rows, facts=None, **parameters) -> Outcome:
    return run(Inputs({"dataset.sha256": "ab"} | ELECTRODES | (facts or {}), lambda: rows, PARAMETERS | parameters))


def values_of(outcome) -> dict[str, float]:
    return {result.quantity: result.estimate.magnitude for result in outcome.values}


def texts_of(outcome) -> str:
    return " ".join(message.text for message in outcome.messages)


def test_computes_overpotential_growth_hours_and_charge_of_a_sound_cell() -> None:
    """1 mA through 50 Ω rising by 1 Ω/h: 60 mV on average over 20 h, 1 mV/h; 20 mAh on 0.5 cm²."""
    outcome = run_on(symmetric_rows([1e-3] * 10, growth_ohm_h=1.0), last_part_percent=100.0)
    values = values_of(outcome)
    assert values["overpotential_v"] == pytest.approx(0.06)
    assert values["polarisation_growth_mv_h"] == pytest.approx(1.0)
    assert values["cycled_time_h"] == pytest.approx(20, abs=0.02)
    assert values["charge_passed_mah_cm2"] == pytest.approx(40, rel=1e-3)
    assert "hours_to_short_circuit_h" not in values
    assert message_of(outcome.messages, "no-short-circuit").parameters["hours"] == pytest.approx(19.983, abs=1e-3)
    assert "At 2 mA cm⁻²: first half-cycle" in texts_of(outcome)


def test_computes_the_hours_to_a_short_circuit_and_nothing_from_after_it() -> None:
    """The overpotential of a cell that shorts at 12.5 h is still 50 mV, and 12.5 mAh passed 0.5 cm²."""
    outcome = run_on(symmetric_rows([1e-3] * 10, short_at_h=12.5))
    values = values_of(outcome)
    assert values["hours_to_short_circuit_h"] == pytest.approx(12.5, abs=0.02)
    assert values["overpotential_v"] == pytest.approx(0.05)
    assert values["charge_passed_mah_cm2"] == pytest.approx(25, rel=1e-2)
    assert message_of(
        outcome.messages, "short-circuit", when=12.5, resistance_before_ohm=50.0, resistance_after_ohm=5.0
    )


def test_computes_the_critical_current_density_of_a_stepped_test() -> None:
    """Short circuit in the fifth step of 2 h: 2 mA on 0.5 cm² were borne, 2.5 mA were not."""
    outcome = run_on(symmetric_rows(STEPPED, short_at_h=9.3))
    (critical,) = [result for result in outcome.values if result.quantity == "critical_current_density_ma_cm2"]
    assert (critical.estimate.magnitude, critical.estimate.upper) == pytest.approx((4.0, 5.0))
    protocol = message_of(outcome.messages, "critical-current-protocol", returns=0, cycles=1.0).parameters
    assert protocol["levels"] == pytest.approx([1, 2, 3, 4, 5, 6])
    assert protocol["half_cycle_h"] == pytest.approx(1.0, abs=0.02)
    assert (protocol["lowest_charge_mah_cm2"], protocol["highest_charge_mah_cm2"]) == pytest.approx((1, 6), rel=0.02)
    values = values_of(outcome)
    assert values["ramp_half_cycle_h"] == pytest.approx(1.0, abs=0.02)
    assert values["areal_capacity_at_limit_mah_cm2"] == pytest.approx(4.0, rel=0.02)
    assert values["ramp_increment_ma_cm2"] == pytest.approx(1.0)
    assert (values["ramp_cycles_per_step"], values["cycles_before_ramp"]) == (1.0, 0.0)


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    rows = symmetric_rows([0.5e-3] * 5 + [1e-3, 1.5e-3, 2e-3])
    rows["voltage_volt"][800:830] *= 0.1
    # The charge of a half-cycle differs from current to current.
    assert set(values_of(run_on(rows))) == set(analysis.outputs) - {"ramp_areal_capacity_mah_cm2"}
    assert {quantity.slug for quantity in register_quantities()} < set(analysis.outputs)


@pytest.mark.parametrize(
    ("facts", "code", "name", "listed"),
    [
        ({"layers.1.area_cm2": None}, "missing-area", "electrodes", ["layer 1 (cathode, Li)", "layer 3 (anode, Li)"]),
        ({"layers.3.area_cm2": Estimate.exact(0.6)}, "electrode-areas-differ", "areas_cm2", [0.5, 0.6]),
    ],
)
def test_without_an_area_names_it_and_returns_the_rest(facts: dict, code: str, name: str, listed: list) -> None:
    outcome = run_on(symmetric_rows(STEPPED, short_at_h=9.3), facts)
    assert {"charge_passed_mah_cm2", "critical_current_density_ma_cm2"}.isdisjoint(values_of(outcome))
    assert {"overpotential_v", "hours_to_short_circuit_h"} <= set(values_of(outcome))
    reasons = [message.parameters["reason"] for message in outcome.messages if message.code == "missing-area"]
    assert reasons
    assert all((reason["code"], reason["parameters"][name]) == (code, listed) for reason in reasons)


def test_takes_the_area_of_the_die_where_the_electrodes_have_none() -> None:
    """A die of 10 mm has 0.7854 cm²: 20 mAh are 25.46 mAh/cm²."""
    facts = {"layers.1.area_cm2": None, "setup.die_diameter_mm": Estimate.exact(10.0)}
    values = values_of(run_on(symmetric_rows([1e-3] * 10), facts))
    assert values["charge_passed_mah_cm2"] == pytest.approx(25.46, rel=1e-3)


def test_a_short_circuit_in_the_first_half_cycle_leaves_no_overpotential() -> None:
    outcome = run_on(symmetric_rows([1e-3] * 10, short_at_h=0.5))
    assert "overpotential_v" not in values_of(outcome)
    assert message_of(outcome.messages, "short-circuit-in-first-half-cycle")


def test_draws_voltage_overpotential_and_resistance() -> None:
    curves = {curve.name: curve for curve in run_on(symmetric_rows([1e-3] * 10, short_at_h=12.5)).curves}
    voltage, overpotential, resistance = (curves[name] for name in ("voltage", "overpotential", "resistance"))
    assert [series.name for series in voltage.series] == ["Voltage", "Short circuit"]
    assert [series.name.split()[0] for series in overpotential.series] == ["Mean", "End", "Peak"]
    assert resistance.series[0].y[0] == pytest.approx(50)


def test_refuses_without_data_and_without_a_column() -> None:
    with refuses("missing-data", Refused):
        run(Inputs(ELECTRODES, dict, PARAMETERS))
    with refuses("missing-column", Refused, name="current_ampere"):
        run_on({name: column for name, column in symmetric_rows([1e-3]).items() if name != "current_ampere"})


def test_refuses_a_current_of_the_wrong_sign() -> None:
    rows = symmetric_rows([1e-3] * 4)
    with pytest.raises(InsufficientData, match="opposite signs"):
        run_on(rows | {"current_ampere": -rows["current_ampere"]})


@pytest.mark.parametrize(
    "facts",
    [
        {"layers.1.area_cm2": "<0.5 cm²"},
        {"layers.1.area_cm2": "<0.5 cm²", "setup.die_diameter_mm": Estimate.exact(10.0)},
        {"layers.3.area_cm2": "<0.5 cm²"},
        {"layers.1.area_cm2": None, "setup.die_diameter_mm": "<10 mm"},
    ],
)
def test_no_charge_per_area_of_a_bound(facts: dict) -> None:
    outcome = run_on(symmetric_rows([1e-3] * 10), facts)
    assert "charge_passed_mah_cm2" not in values_of(outcome)
    assert "overpotential_v" in values_of(outcome)
