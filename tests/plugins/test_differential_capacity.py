"""Peaks of dQ/dV of made cycling tests with known curves."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins.differential_capacity import register_analyses, run
from registry.hookspecs import Inputs, Outcome
from registry.testing.synthetic.cycling import cycling_rows
from tests.calibration.noise import autoregressive
from tests.coded import message_of, refuses
from tests.half_cycles import KnownCurve
from tests.plugins.test_cycling_summary import CATHODE

KNOWN = KnownCurve()
CYCLES = 12
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
MASS_G = 11.2 * 0.8 * 9 / 1000


def columns_of(cycles: int = CYCLES, points: int = 600, fade: float = 0.0, noise_v: float = 1e-4) -> dict[str, Any]:
    """Return a test whose half-cycles have the known curve, moved by ±50 mV of polarisation."""
    capacity = KNOWN.total_mah / 1000 * (1 - fade * np.arange(cycles))
    rows = cycling_rows(
        capacity,
        efficiency=1.0,
        points=points,
        curve=lambda level: KNOWN.voltage(level * KNOWN.total_mah),
    )
    rows["voltage_volt"] = rows["voltage_volt"] + noise_v * np.random.default_rng(1).normal(size=capacity_rows(rows))
    return rows


def capacity_rows(rows: Mapping[str, Any]) -> int:
    return int(rows["voltage_volt"].size)


def analyse(columns: Mapping[str, Any], facts: Mapping[str, Any] | None = None, **changed: Any) -> Outcome:
    return run(Inputs({"dataset.sha256": "ab"} | dict(facts or {}), lambda: columns, PARAMETERS | changed))


def values_at(outcome: Outcome, quantity: str) -> dict[int, Estimate]:
    return {result.at["peak"]: result.estimate for result in outcome.values if result.quantity == quantity}


@pytest.mark.parametrize(("word", "polarisation_v"), [("charge", 0.05), ("discharge", -0.05)])
def test_position_area_and_width_of_known_peaks_are_within_their_intervals(word: str, polarisation_v: float) -> None:
    outcome, exact = analyse(columns_of(points=1500)), KNOWN.known_peaks()
    for slug, truth in (
        ("peak_voltage_v", exact.position_v + polarisation_v),
        ("peak_area_mah", exact.area_mah),
        ("peak_width_v", exact.width_v),
    ):
        numbers = values_at(outcome, f"{word}_{slug}")
        assert sorted(numbers) == [1, 2, 3]
        for estimate, true in zip(numbers.values(), truth, strict=True):
            low, high = estimate.interval()
            assert low <= true <= high
            assert high - low < 0.3 * true


def test_a_drift_per_cycle_is_that_of_the_peaks() -> None:
    """Peaks of a test whose voltage falls by 0.2 mV a cycle."""
    columns = columns_of(cycles=24)
    columns["voltage_volt"] = columns["voltage_volt"] - 2e-4 * columns["cycle_count"]
    drifts = values_at(analyse(columns, voltage_tolerance_mv=100.0), "charge_peak_drift_mv_per_cycle")
    for drift in drifts.values():
        low, high = drift.interval()
        assert low <= -0.2 <= high


def test_areas_per_gram_need_the_mass() -> None:
    columns = columns_of(cycles=2)
    area, specific = (
        values_at(analyse(columns, CATHODE), f"charge_peak_{slug}") for slug in ("area_mah", "specific_area_mah_g")
    )
    assert specific[2].magnitude == pytest.approx(area[2].magnitude / MASS_G)
    lacking = analyse(columns).not_computed
    assert {"missing-layer-role", "too-few-cycles-for-drift"} == {item.code for item in lacking}


def test_data_per_gram_give_areas_per_gram_without_the_uncertainty_of_the_mass() -> None:
    columns = columns_of(cycles=2)
    columns["specific_current_ampere_per_gram"] = columns.pop("current_ampere") / MASS_G
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        del columns[name]
    facts = CATHODE | {"layers.1.area_cm2": Estimate.measured(9.0, 0.9)}
    outcome = analyse(columns, facts)
    area, specific = (values_at(outcome, f"charge_peak_{slug}")[2] for slug in ("area_mah", "specific_area_mah_g"))
    assert specific.magnitude == pytest.approx(area.magnitude / MASS_G)
    relative = [number.standard_uncertainty / number.magnitude for number in (area, specific)]
    assert relative[0] > 0.09
    assert relative[1] < 0.05


def test_curves_name_quantities_on_which_two_cells_overlay() -> None:
    curves = {curve.name: curve for curve in analyse(columns_of(cycles=6), CATHODE).curves}
    axes = {name: (curve.x.quantity, curve.y.quantity) for name, curve in curves.items()}
    assert axes["differential-capacity"] == ("voltage_v", "differential_capacity_mah_v")
    assert axes["specific-differential-capacity"] == ("voltage_v", "specific_differential_capacity_mah_g_v")
    assert axes["differential-voltage"] == ("capacity_mah", "differential_voltage_v_mah")
    assert axes["specific-differential-voltage"] == ("specific_capacity_mah_g", "specific_differential_voltage_v_g_mah")
    assert axes["peak-voltage"] == ("cycle_number", "voltage_v")


def test_the_smoothing_is_stated_and_can_be_set() -> None:
    columns = columns_of(cycles=2)
    chosen, wide, narrow = (analyse(columns, smoothing_width_mv=width) for width in (0.0, 30.0, 2.0))
    widths = [outcome.values[0].estimate.magnitude for outcome in (chosen, wide, narrow)]
    assert widths[1:] == [30.0, 2.0]
    assert message_of(chosen.messages, "differential-smoothing", width_mv=widths[0])
    assert message_of(narrow.messages, "smoothing-below-resolution", needed_mv=widths[0])
    lacking = {(item.quantity, item.at["peak"]) for item in wide.not_computed if item.code == "peak-not-resolved"}
    assert ("charge_peak_width_v", 3) in lacking
    assert ("charge_peak_width_v", 2) not in lacking


def test_a_held_voltage_is_said_and_left_out() -> None:
    """A quarter of the charge passes while the current falls at 4.2 V."""
    charge = np.linspace(0.0, KNOWN.total_mah, 600)
    time = np.concatenate((charge * 3600, KNOWN.total_mah * 3600 + np.arange(1, 601) * 8.0))
    current = np.concatenate((np.full(600, 1e-3), 1e-3 * np.exp(-np.arange(600) / 180)))
    voltage = np.concatenate((KNOWN.voltage(charge), np.full(600, KNOWN.high_v)))
    down = time[-1] + 10 + charge * 3600
    columns = {
        "test_time_second": np.concatenate((time, down)),
        "current_ampere": np.concatenate((current, np.full(600, -1e-3))),
        "voltage_volt": np.concatenate((voltage, KNOWN.voltage(KNOWN.total_mah - charge))),
    }
    outcome = analyse(columns)
    assert message_of(outcome.messages, "held-voltage-left-out", half="charge")
    assert len(values_at(outcome, "charge_peak_voltage_v")) == 3


def test_noise_has_no_peaks_and_a_lost_peak_is_named() -> None:
    straight = cycling_rows(np.full(3, 0.002), points=300)
    straight["voltage_volt"] = straight["voltage_volt"] + 1e-4 * np.random.default_rng(1).normal(
        size=capacity_rows(straight)
    )
    messages = [item for item in analyse(straight).messages if item.code == "no-differential-capacity-peaks"]
    assert [item.parameters["half"] for item in messages] == ["charge", "discharge"]
    columns = columns_of(cycles=6)
    late = columns["cycle_count"] >= 4
    order = np.cumsum(late & (columns["current_ampere"] > 0))
    columns["voltage_volt"] = np.where(
        late & (columns["current_ampere"] > 0), 3.3 + 0.9 * ((order - 1) % 600) / 600, columns["voltage_volt"]
    )
    lost = [item for item in analyse(columns, voltage_tolerance_mv=500.0).messages if item.code == "peak-lost"]
    assert {(item.parameters["half"], item.parameters["missing"]) for item in lost} == {("charge", 3)}


@pytest.mark.parametrize("kept", [0.7, 0.8])
def test_noise_over_several_rows_has_no_peaks_and_asks_for_a_wider_smoothing(kept: float) -> None:
    columns = columns_of(cycles=2, points=1500, noise_v=0.0)
    noise = autoregressive(np.random.default_rng(3), capacity_rows(columns), kept)
    columns["voltage_volt"] = columns["voltage_volt"] + 3e-4 * noise
    outcome = analyse(columns)
    for word in ("charge", "discharge"):
        assert len(values_at(outcome, f"{word}_peak_voltage_v")) <= 3
    slow = [message for message in outcome.messages if message.code == "slow-voltage-noise"]
    assert [message.parameters["half"] for message in slow] == ["charge", "discharge"]
    (offer,) = slow[0].offers
    assert offer.parameter == "smoothing_width_mv"
    wider = analyse(columns, smoothing_width_mv=offer.value)
    assert len(values_at(wider, "charge_peak_voltage_v")) == 3
    assert "slow-voltage-noise" not in {message.code for message in wider.messages}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({}, "missing-data"),
        ({"test_time_second": np.arange(9.0)}, "missing-cycling-data"),
        ({"cycle_count": np.arange(1.0, 6), "cycle_discharging_capacity_ah": np.full(5, 0.01)}, "missing-cycling-data"),
        (columns_of(cycles=3, points=12), "too-few-rows-for-differential-capacity"),
    ],
)
def test_refuses_what_it_cannot_use(columns: dict[str, Any], code: str) -> None:
    with refuses(code):
        run(Inputs({"dataset.sha256": "ab"} if columns else {}, lambda: columns, PARAMETERS))


def test_refuses_a_cycle_that_is_not_there_and_a_smoothing_wider_than_the_test() -> None:
    columns = columns_of(cycles=2)
    with refuses("cycle-not-in-data", cycle=7):
        analyse(columns, reference_cycle=7)
    columns["voltage_volt"] = 3.5 + (columns["voltage_volt"] - 3.5) / 2
    with refuses("voltage-range-too-narrow", width_mv=200.0):
        analyse(columns, smoothing_width_mv=200.0)
