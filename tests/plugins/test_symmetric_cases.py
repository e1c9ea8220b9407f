"""Symmetric-cell tests as laboratories run them, each with the answer known from how it was made.

The files are in tests/data/cases; others of the same kinds are made here.
"""

import numpy as np
import pytest

from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows
from tests.coded import message_of
from tests.symmetric_tests import (
    CELL,
    CURRENT,
    STEPS,
    analyse,
    case,
    codes_of,
    critical_reason,
    holds,
    shorts_of,
    value,
)
from tests.trials import trials


def test_a_short_just_before_the_cycler_stops() -> None:
    outcome = analyse(case("20-*/*.csv"))
    assert shorts_of(outcome) == 1
    assert holds(value(outcome, "hours_to_short_circuit_h"), 4.87, leeway=0.005)
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.2200, abs=3e-4)
    assert holds(value(outcome, "overpotential_v"), 0.2200)
    assert value(outcome, "total_cycled_time_h").magnitude == pytest.approx(17580 / 3600)
    assert message_of(outcome.messages, "short-circuit", extent="full")


def test_a_heated_cell_has_no_short_circuit() -> None:
    outcome = analyse(case("22-*/*.csv"))
    assert shorts_of(outcome) == 0
    change = message_of(outcome.messages, "temperature-change").parameters
    assert (change["before_degc"], change["after_degc"], change["hours"]) == pytest.approx((25, 60, 8.0), abs=0.1)
    assert value(outcome, "cycled_time_h").magnitude == pytest.approx(57540 / 3600)
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.0300, abs=1e-4)


def test_a_creeping_short_circuit() -> None:
    outcome = analyse(case("23-*/*.csv"))
    assert message_of(outcome.messages, "creeping-short", extent="full")
    assert 9.9 <= value(outcome, "hours_to_short_circuit_h").magnitude <= 18
    assert value(outcome, "short_circuit_depth_percent", short=1).magnitude == pytest.approx(90, abs=2)
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.0300, abs=1e-4)


def test_formation_and_cycling_are_no_critical_current_test() -> None:
    outcome = analyse(case("25-*/*.csv"))
    assert holds(value(outcome, "hours_to_short_circuit_h"), 20.0)
    assert critical_reason(outcome) in {"current-steps-uneven", "current-held"}
    assert holds(value(outcome, "charge_passed_mah_cm2"), (0.0785 * 2 + 0.157 * 2 + 0.785 * 16) / 0.5, leeway=0.1)


@pytest.mark.parametrize("rows_after", [2, 3, 5, 9])
@pytest.mark.parametrize("interval_s", [5.0, 20.0, 60.0, 180.0])
@pytest.mark.parametrize("at_h", [4.0, 4.1, 4.35, 4.49])
def test_a_short_in_a_truncated_last_half_cycle(at_h: float, interval_s: float, rows_after: int) -> None:
    cell = SymmetricCell(faults=(Fault(at_h, factor=0.02),), **CELL)
    steps = half_cycles(CURRENT, 0.5, 10)
    rows = program_rows(steps, cell, interval_s=interval_s)
    first = int(np.argmax(rows["test_time_second"] >= at_h * 3600 - 1e-6))
    outcome = analyse({name: column[: first + rows_after] for name, column in rows.items()})
    assert shorts_of(outcome) == 1
    assert holds(value(outcome, "hours_to_short_circuit_h"), float(rows["test_time_second"][first]) / 3600)
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.05, rel=0.02)


@pytest.mark.parametrize("at_h", [4.0, 4.1, 4.35, 4.49])
def test_a_test_stopped_within_a_half_cycle_has_no_short_circuit(at_h: float) -> None:
    outcome = analyse(program_rows(half_cycles(CURRENT, 0.5, 10), SymmetricCell(**CELL), stop_h=at_h))
    assert shorts_of(outcome) == 0
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.05, rel=0.01)


@pytest.mark.parametrize("over_h", [0.01, 0.5, 3.0])
@pytest.mark.parametrize(("warmer", "activation_ev"), [(60.0, 0.35), (80.0, 0.6), (45.0, 0.25)])
def test_heating_and_cooling_make_no_short_circuit(warmer: float, activation_ev: float, over_h: float) -> None:
    def heated(hours: np.ndarray) -> np.ndarray:
        up = 1 - np.exp(-np.clip(hours - 9.3, 0, None) / over_h)
        down = 1 - np.exp(-np.clip(hours - 25, 0, None) / over_h)
        return 25 + (warmer - 25) * (up - down)

    cell = SymmetricCell(activation_ev=activation_ev, transient=0.15, noise_v=1e-4)
    outcome = analyse(program_rows(half_cycles(CURRENT, 1.0, 20), cell, celsius=heated))
    assert shorts_of(outcome) == 0
    assert "contact-loss" not in codes_of(outcome)
    assert sum(message.code == "temperature-change" for message in outcome.messages) >= 2


def test_a_short_in_a_heated_cell_is_seen() -> None:
    """Heated at 9.3 h, shorted at 20.2 h."""
    cell = SymmetricCell(activation_ev=0.35, noise_v=1e-4, faults=(Fault(20.2, factor=0.1),))
    rows = program_rows(half_cycles(CURRENT, 1.0, 20), cell, celsius=lambda hours: np.where(hours < 9.3, 25.0, 60.0))
    outcome = analyse(rows)
    assert shorts_of(outcome) == 1
    assert holds(value(outcome, "hours_to_short_circuit_h"), 20.2)


def test_without_a_temperature_column_the_same_fall_is_a_short_circuit() -> None:
    rows = program_rows(
        half_cycles(CURRENT, 1.0, 20),
        SymmetricCell(activation_ev=0.35, **CELL),
        celsius=lambda hours: np.where(hours < 9.3, 25.0, 60.0),
        recorded=False,
    )
    assert shorts_of(analyse(rows)) == 1


@pytest.mark.parametrize("over_h", [2.0, 6.0, 20.0, 60.0])
@pytest.mark.parametrize("half_h", [0.5, 1.0, 2.0])
def test_a_short_that_creeps_is_seen_whatever_its_rate(half_h: float, over_h: float) -> None:
    """From 50 Ω to 4 Ω from 20 h on."""
    cell = SymmetricCell(faults=(Fault(20.0, factor=0.08, over_h=over_h),), scatter=0.01, **CELL)
    outcome = analyse(program_rows(half_cycles(CURRENT, half_h, round(50 / half_h)), cell, interval_s=120.0))
    assert codes_of(outcome) & {"creeping-short", "short-circuit"}
    first = value(outcome, "hours_to_short_circuit_h")
    assert 20 - 2 * half_h <= first.magnitude <= 20 + max(0.4 * over_h, 2 * half_h)
    assert first.lower <= 20 + 0.2 * over_h
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.05, rel=0.03)


def test_a_slow_partial_recovery_of_the_resistance_is_no_short_circuit() -> None:
    """The resistance falls by a third over 100 h."""
    cell = SymmetricCell(faults=(Fault(0.0, factor=0.67, over_h=100.0),), scatter=0.02, **CELL)
    assert shorts_of(analyse(program_rows(half_cycles(CURRENT, 1.0, 50), cell))) == 0


def test_formation_that_levels_out_is_named_and_no_short_circuit() -> None:
    cell = SymmetricCell(faults=(Fault(0.0, factor=0.4, over_h=12.0),), scatter=0.01, **CELL)
    outcome = analyse(program_rows(half_cycles(CURRENT, 1.0, 30), cell))
    assert shorts_of(outcome) == 0
    assert "resistance-falls-from-start" in codes_of(outcome)


@pytest.mark.parametrize("rest_h", [0.0, 0.1])
@pytest.mark.parametrize("points", [12, 30, 120])
def test_healed_and_several_shorts(points: int, rest_h: float) -> None:
    """Two that heal, of 0.8 and 2.5 h, and one that lasts."""
    begins, ends, factors = (10.3, 20.4, 33.7), (11.1, 22.9, np.inf), (0.1, 0.4, 0.02)
    faults = tuple(Fault(*fault) for fault in zip(begins, ends, factors, strict=True))
    cell = SymmetricCell(faults=faults, **CELL)
    rows = program_rows(half_cycles(CURRENT, 1.0, 20), cell, interval_s=3600 / points, rest_h=rest_h)
    outcome = analyse(rows)
    assert shorts_of(outcome) == 3
    for number, (begin, end, factor) in enumerate(zip(begins, ends, factors, strict=True), start=1):
        leeway = 3600 / points / 3600 + rest_h
        assert holds(value(outcome, "hours_to_short_circuit_h", short=number), begin, leeway)
        depth = value(outcome, "short_circuit_depth_percent", short=number).magnitude
        assert depth == pytest.approx(100 * (1 - factor), abs=6)
        if np.isfinite(end):
            assert holds(value(outcome, "short_circuit_duration_h", short=number), end - begin, 2 * leeway)
    assert sum(message.code == "healed-short" for message in outcome.messages) == 2
    assert value(outcome, "cycled_time_h").magnitude == pytest.approx(10.3, abs=0.1)
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.05, rel=0.02)


def test_asymmetric_steps_are_one_current() -> None:
    """1 mA for 1 h one way, 0.5 mA for 2 h the other: a mean of 37.5 mV, a growth of 1 % an hour of it."""
    steps = [(1e-3, 1.0), (-0.5e-3, 2.0)] * 15
    outcome = analyse(program_rows(steps, SymmetricCell(growth_percent_h=1.0, noise_v=1e-5)))
    assert shorts_of(outcome) == 0
    assert value(outcome, "polarisation_growth_mv_h").magnitude == pytest.approx(0.375, rel=0.02)
    assert critical_reason(outcome) == "current-not-stepped"
    assert message_of(outcome.messages, "polarisation").parameters["density"] == "2 and 1 mA cm⁻²"


def test_contact_loss_is_named_and_the_step_back_after_it_is_no_short_circuit() -> None:
    """At 1.5 mA the contact is lost after 20 min; back at 0.5 mA it is there again."""
    steps = half_cycles(0.5e-3, 1.0, 5) + half_cycles(1.5e-3, 1.0, 1) + half_cycles(0.5e-3, 1.0, 5)
    cell = SymmetricCell(faults=(Fault(10.33, 12.0, factor=20.0, over_h=0.1),), **CELL)
    outcome = analyse(program_rows(steps, cell))
    assert message_of(outcome.messages, "contact-loss").parameters["when"] == pytest.approx(10.4, abs=0.05)
    assert shorts_of(outcome) == 0
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.025, rel=0.02)


def test_contact_loss_at_the_end_of_the_data() -> None:
    steps = [step for current in STEPS for step in half_cycles(current, 1.0, 1)]
    cell = SymmetricCell(faults=(Fault(16.5, factor=30.0),), **CELL)
    outcome = analyse(program_rows(steps, cell, stop_h=16.6))
    assert "contact-loss" in codes_of(outcome)
    assert shorts_of(outcome) == 0
    reason = message_of(outcome.not_computed, "above-highest-current")
    assert reason.parameters["bound_ma_cm2"] == pytest.approx(3.2, rel=1e-3)


def test_a_voltage_at_its_limit_without_current_is_a_loss_of_contact() -> None:
    """From 6.4 h on the circuit is open: 5 V and no current."""
    rows = program_rows(half_cycles(CURRENT, 1.0, 5), SymmetricCell(**CELL))
    is_open = rows["test_time_second"] >= 6.4 * 3600
    rows["current_ampere"] = np.where(is_open, 0.0, rows["current_ampere"])
    rows["voltage_volt"] = np.where(is_open, 5.0, rows["voltage_volt"])
    outcome = analyse(rows)
    assert message_of(outcome.messages, "contact-loss").parameters["when"] == pytest.approx(6.4)
    assert shorts_of(outcome) == 0
    assert value(outcome, "overpotential_v").magnitude == pytest.approx(0.05, rel=0.02)


def test_contact_loss_while_the_current_tapers_at_the_voltage_limit() -> None:
    """The voltage is held at 1 V from 6.4 h on, and the current falls by half every 6 min."""
    rows = program_rows(half_cycles(CURRENT, 1.0, 5), SymmetricCell(**CELL), stop_h=6.9)
    since = np.clip(rows["test_time_second"] / 3600 - 6.4, 0, None)
    rows["current_ampere"] = rows["current_ampere"] * 0.5 ** (since / 0.1)
    rows["voltage_volt"] = np.where(since > 0, 1.0, rows["voltage_volt"])
    outcome = analyse(rows)
    assert "contact-loss" in codes_of(outcome)
    assert shorts_of(outcome) == 0


@pytest.mark.parametrize("at_h", [3.0, 15.0, 60.0])
@pytest.mark.parametrize("factor", [0.02, 0.5])
def test_plating_in_one_direction_until_a_short(factor: float, at_h: float) -> None:
    cell = SymmetricCell(faults=(Fault(at_h, factor=factor),), growth_percent_h=0.2, transient=0.3, noise_v=3e-4)
    outcome = analyse(program_rows([(CURRENT, 100.0)], cell))
    assert holds(value(outcome, "hours_to_short_circuit_h"), at_h)


@pytest.mark.parametrize("factor", [0.005, 0.02])
def test_a_cell_shorted_for_most_of_the_test_is_read(factor: float) -> None:
    """An offset of the voltage is more than what is left of the overpotential."""
    cell = SymmetricCell(faults=(Fault(4.3, factor=factor),), offset_v=-2e-3, noise_v=1e-4)
    outcome = analyse(program_rows(half_cycles(CURRENT, 1.0, 20), cell))
    assert holds(value(outcome, "hours_to_short_circuit_h"), 4.3)


def test_few_rows_in_each_half_cycle() -> None:
    """Four rows: a short of two half-cycles and a lasting one."""
    cell = SymmetricCell(faults=(Fault(10.0, 12.0, 0.1), Fault(16.5, factor=0.1)), noise_v=1e-4)
    outcome = analyse(program_rows(half_cycles(CURRENT, 1.0, 10), cell, interval_s=900.0))
    assert shorts_of(outcome) == 2
    assert holds(value(outcome, "hours_to_short_circuit_h", short=1), 10.0)
    assert holds(value(outcome, "hours_to_short_circuit_h", short=2), 16.5)


@pytest.mark.parametrize("split_h", [7.0, 7.5])
def test_one_test_in_two_files(split_h: float) -> None:
    cell = SymmetricCell(faults=(Fault(12.3, factor=0.05),), **CELL)
    rows = program_rows(half_cycles(CURRENT, 1.0, 10), cell)
    late = rows["test_time_second"] >= split_h * 3600
    parts = [{name: column[mask] for name, column in rows.items()} for mask in (~late, late)]
    outcome = analyse(*parts)
    assert message_of(outcome.messages, "pieces-joined", count=2)
    assert holds(value(outcome, "hours_to_short_circuit_h"), 12.3)
    again = parts[1] | {"test_time_second": parts[1]["test_time_second"] - parts[1]["test_time_second"][0]}
    assert holds(value(analyse(parts[0], again), "hours_to_short_circuit_h"), 12.3, leeway=0.05)


def test_the_step_index_tells_nothing_of_steps_whose_ends_are_not_logged() -> None:
    """Rows every 300 s, the last of a step 300 s before its end: 20 half-cycles of 1 mAh on 0.5 cm²."""
    rows = program_rows(half_cycles(CURRENT, 1.0, 10), SymmetricCell(**CELL), interval_s=300.0, with_steps=True)
    with_steps, without = (
        value(analyse(columns), "total_charge_passed_mah_cm2")
        for columns in (rows, {name: column for name, column in rows.items() if name != "step_index"})
    )
    assert holds(without, 40.0, leeway=0.2)
    assert with_steps == without


@trials(300)
def test_false_alarms_are_rare(trials: int) -> None:
    """Growth, a slow oscillation, kinetics, rests, scatter, noise and few rows: at most 1 % of the tests."""
    alarms = []
    for seed in range(trials):
        rng = np.random.default_rng([seed, 41])
        current = 10 ** rng.uniform(-4, -2.7)
        cell = SymmetricCell(
            growth_percent_h=rng.choice([0, 0.3, 2.0]),
            breathing=rng.choice([0, 0.1, 0.2]),
            transient=rng.choice([0, 0.3, 1.0]),
            arc=rng.choice([0, 0.3]),
            kinetic_a=rng.choice([np.inf, current]),
            noise_v=50 * current * rng.choice([0.002, 0.03, 0.1]),
            scatter=rng.choice([0, 0.03]),
        )
        half_h, points = rng.choice([0.25, 1.0, 2.0]), rng.choice([6, 30, 120])
        steps = half_cycles(current, half_h, 20)
        if seed % 3 == 1:
            steps = [step for level in range(1, 11) for step in half_cycles(current * level, half_h, 2)]
        rest_h = half_h * rng.choice([0, 0.3]) if seed % 3 == 2 else 0.0
        rows = program_rows(steps, cell, interval_s=half_h * 3600 / points, rest_h=rest_h, seed=seed)
        alarms.append(shorts_of(analyse(rows)) > 0)
    assert sum(alarms) <= max(0.01 * trials, 1)
