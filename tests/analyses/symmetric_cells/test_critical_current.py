"""Known answers: `registry/testing/synthetic/symmetric.py`, with set current steps and a set short circuit."""

import numpy as np
import pytest

from analyses.coded_text import Remark
from analyses.symmetric_cells.critical_current import (
    Protocol,
    Step,
    critical_current_a,
    current_levels_a,
    fingerprint,
    protocol_of,
)
from analyses.symmetric_cells.events import find_events
from analyses.uncertainty import Estimate
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.analyses.symmetric_cells.test_overpotential import NAMES, STEPPED, halves_of, row_at
from tests.trials import holds, trials


def limits_of(critical) -> Estimate | None:
    return None if isinstance(critical, Remark) else critical[0]


def test_levels_are_found_in_test_order_despite_noise() -> None:
    rows = symmetric_rows(STEPPED)
    noise = np.random.default_rng(1).normal(0, 1e-5, rows["voltage_volt"].size)
    rows["current_ampere"] = rows["current_ampere"] + noise
    assert current_levels_a(halves_of(rows)) == pytest.approx(np.array(STEPPED), rel=0.02)


def test_the_critical_current_is_the_last_without_a_short_circuit() -> None:
    """Short circuit after 9.3 h, in the fifth step of 2 h: 4 mA is borne, 5 mA is not."""
    rows = symmetric_rows(STEPPED, short_at_h=9.3)
    critical = limits_of(critical_current_a(halves_of(rows), row_at(rows, 9.3)))
    assert isinstance(critical, Estimate)
    assert (critical.magnitude, critical.lower, critical.upper) == pytest.approx((4e-3, 4e-3, 5e-3))


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_the_bounds_of_the_critical_current_hold_the_true_one(noise: float, trials: int) -> None:
    """200 cells that short-circuit at a random time above a random current between 1 and 6 mA: at least 180 hold it."""
    inside = []
    for seed in range(trials):
        rng = np.random.default_rng([seed, 6])
        true = rng.uniform(1.05e-3, 5.95e-3)
        level = int(np.argmax(np.array(STEPPED) > true))
        hours = 2 * level + rng.uniform(0.2, 1.8)
        rows = symmetric_rows(STEPPED, short_at_h=hours, noise=noise, seed=seed)
        rows["current_ampere"] = rows["current_ampere"] * (1 + rng.normal(0, noise, rows["current_ampere"].size))
        halves = halves_of(rows)
        events = find_events(*(rows[name] for name in NAMES), halves.runs)
        critical = limits_of(critical_current_a(halves, events.first_short_row))
        inside.append(isinstance(critical, Estimate) and critical.lower <= true <= critical.upper)
    assert holds(inside, high=1.0)


FINE = [1e-4 * step for step in range(1, 31)]


@pytest.mark.parametrize(
    ("step", "borne", "hours"), [(1e-4, 24, 48.5), (0.5e-4, 30, 60.5)], ids=["0.1 mA to 3 mA", "0.05 mA to 2 mA"]
)
@pytest.mark.parametrize("noise", [0.0, 0.003])
def test_fine_steps_of_the_current_are_levels_however_high_it_is(
    step: float, borne: int, hours: float, noise: float
) -> None:
    """The short circuit is in the step after the last passed one: 2.4 and 2.5 mA, 1.5 and 1.55 mA."""
    rows = symmetric_rows([step * number for number in range(1, 41 if step < 1e-4 else 31)], short_at_h=hours)
    scatter = 1 + np.random.default_rng(2).normal(0, noise, rows["current_ampere"].size)
    halves = halves_of(rows | {"current_ampere": rows["current_ampere"] * scatter})
    critical = limits_of(critical_current_a(halves, row_at(rows, hours)))
    assert isinstance(critical, Estimate)
    assert (critical.lower, critical.upper) == pytest.approx((borne * step, (borne + 1) * step), rel=3e-3)


def test_fine_steps_in_one_direction_are_levels() -> None:
    current = np.repeat(FINE, 50)
    rows = {"test_time_second": np.arange(current.size) * 60.0, "voltage_volt": 50 * current, "current_ampere": current}
    assert current_levels_a(halves_of(rows)) == pytest.approx(np.array(FINE))


@pytest.mark.parametrize("noise", [0.01, 0.03])
@pytest.mark.parametrize("points", [10, 100])
@trials(50)
def test_a_noisy_current_makes_no_levels(noise: float, points: int, trials: int) -> None:
    """Levels of 0.5 mA, four half-cycles each, and a cell of one current."""
    levels = np.repeat([0.5e-3 * step for step in range(1, 7)], 2).tolist()
    for seed in range(trials):
        rng = np.random.default_rng([seed, 3])
        for currents, count in ((levels, 6), ([2e-3] * 12, 1)):
            rows = symmetric_rows(currents, points=points)
            rows["current_ampere"] = rows["current_ampere"] * (1 + rng.normal(0, noise, rows["current_ampere"].size))
            halves = halves_of(rows)
            assert halves.current_a.size == 24
            assert current_levels_a(halves).size == count


def test_an_offset_between_the_directions_makes_no_levels() -> None:
    """5 µA more one way than the other: 5 % of the lowest current, 0.2 % of the highest."""
    rows = symmetric_rows(np.repeat(FINE, 2).tolist())
    halves = halves_of(rows | {"current_ampere": rows["current_ampere"] + 2.5e-6})
    assert current_levels_a(halves) == pytest.approx(np.array(FINE))
    assert halves.at(2e-3).current_a.size == 4


def test_a_slow_drift_of_the_current_is_not_a_test_of_rising_current() -> None:
    answer = critical_current_a(halves_of(symmetric_rows([1e-3 * 1.001**cycle for cycle in range(30)])), None)
    assert isinstance(answer, Remark)
    assert answer.parameters["levels_a"][:2] == pytest.approx([1e-3, 1.01e-3], rel=1e-2)


@pytest.mark.parametrize(
    ("currents", "hours", "code", "parameters"),
    [
        (STEPPED, None, "no-short-circuit", {"highest_a": 6e-3}),
        (STEPPED, 1.0, "short-circuit-at-first-current", {"first_a": 1e-3}),
        ([1e-3] * 6, 9.3, "current-not-stepped", {}),
        ([3e-3, 2e-3, 1e-3], 5.0, "current-not-stepped", {}),
    ],
)
def test_states_why_the_critical_current_is_missing(
    currents: list[float], hours: float | None, code: str, parameters: dict[str, float]
) -> None:
    rows = symmetric_rows(currents, short_at_h=hours)
    answer = critical_current_a(halves_of(rows), None if hours is None else row_at(rows, hours))
    assert isinstance(answer, Remark)
    assert answer.code == code
    assert {name: answer.parameters[name] for name in parameters} == pytest.approx(parameters)


def test_the_fingerprint_of_a_ramp_is_its_steps_and_history() -> None:
    """Steps of 1 to 6 mA, one cycle of two half-cycles of 1 h each: 4 mAh a half-cycle at 4 mA."""
    rows = symmetric_rows(STEPPED, short_at_h=9.3)
    protocol = protocol_of(halves_of(rows), row_at(rows, 9.3))
    assert isinstance(protocol, Protocol)
    of_test = fingerprint(protocol, 4e-3)
    assert of_test.half_cycle_h.magnitude == pytest.approx(1.0, abs=0.03)
    assert of_test.half_cycle_h.lower <= 1.0 <= of_test.half_cycle_h.upper
    assert of_test.charge_ah.magnitude == pytest.approx(4e-3, rel=0.03)
    assert (of_test.increment_a, of_test.cycles_per_step, of_test.cycles_before) == pytest.approx((1e-3, 1.0, 0.0))
    assert not of_test.holds_charge


def test_cycles_at_the_first_current_and_at_returns_are_the_history() -> None:
    def step(current_a: float, first: int, half_cycles: int) -> Step:
        return Step(current_a, first, half_cycles, 1e-3 / current_a, 1e-3)

    rising = (step(1e-3, 0, 10), step(2e-3, 10, 2), step(3e-3, 16, 2), step(4e-3, 22, 2))
    returns = (step(0.5e-3, 12, 4), step(0.5e-3, 18, 4))
    of_test = fingerprint(Protocol(rising, returns), 3e-3)
    assert (of_test.cycles_before, of_test.return_cycles) == (4.0, 2.0)
    assert of_test.holds_charge


def test_the_fingerprint_does_not_depend_on_the_current_that_is_borne() -> None:
    rows = symmetric_rows(STEPPED, short_at_h=9.3)
    protocol = protocol_of(halves_of(rows), row_at(rows, 9.3))
    assert isinstance(protocol, Protocol)
    low, high = (fingerprint(protocol, ampere) for ampere in (2e-3, 4e-3))
    assert (low.half_cycle_h, low.increment_a, low.cycles_before) == (
        high.half_cycle_h,
        high.increment_a,
        high.cycles_before,
    )
