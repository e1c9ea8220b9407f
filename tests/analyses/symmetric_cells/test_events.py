"""Known answers: `registry/testing/synthetic/symmetric.py`, short circuits at known times in an ohmic cell."""

import numpy as np
import pytest

from analyses.symmetric_cells.events import find_events
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.short_circuit import ShortCircuit
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.trials import holds, trials

STEADY = [1e-3] * 20
STEPPED = [1e-3 * step for step in range(1, 11)]


def short_of(rows) -> ShortCircuit | None:
    columns = [rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    shorts = find_events(*columns, half_cycle_runs(*columns)).short_circuits
    return shorts[0] if shorts else None


@pytest.mark.parametrize("hours", [0.5, 3.0, 7.25, 20.0, 30.4, 38.6])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_finds_the_row_of_a_short_circuit(hours: float, share: float) -> None:
    rows = symmetric_rows(STEADY, short_at_h=hours, shorted_share=share)
    short = short_of(rows)
    assert short is not None
    assert short.row == int(np.argmax(rows["test_time_second"] >= hours * 3600))
    assert short.resistance_before_ohm == pytest.approx(50)
    assert short.resistance_after_ohm == pytest.approx(50 * share)


@trials(200)
def test_its_bounds_hold_the_true_time_in_95_of_100_noisy_runs(trials: int) -> None:
    """200 runs, 10 % noise on every row, short circuits at random times: at least 90 % within the bounds."""
    rng = np.random.default_rng(11)
    inside = []
    for seed in range(trials):
        hours = float(rng.uniform(2, 36))
        short = short_of(symmetric_rows(STEADY, short_at_h=hours, shorted_share=0.15, noise=0.1, seed=seed))
        inside.append(short is not None and short.earliest_s <= hours * 3600 <= short.latest_s)
    assert holds(inside, high=1.0)


@trials(200)
@pytest.mark.parametrize("currents", [STEADY, STEPPED], ids=["one current", "stepped"])
def test_finds_none_in_noisy_runs_without_a_short_circuit(currents: list[float], trials: int) -> None:
    false_alarms = [
        seed
        for seed in range(trials)
        if short_of(symmetric_rows(currents, noise=0.2, scatter=0.05, arc=0.5, growth_ohm_h=0.5, seed=seed))
    ]
    assert false_alarms == []


@pytest.mark.parametrize("hours", [9.5, 10.0, 13.3])
def test_a_step_of_the_current_neither_hides_nor_makes_one(hours: float) -> None:
    short = short_of(symmetric_rows(STEPPED, short_at_h=hours, noise=0.05))
    assert short is not None
    assert short.time_s == pytest.approx(hours * 3600, abs=120)


def test_a_return_to_a_small_current_is_none() -> None:
    assert short_of(symmetric_rows([5e-3] * 5 + [5e-4] * 5 + [5e-3] * 5, noise=0.01)) is None


def test_kinetics_that_ease_at_higher_current_are_none() -> None:
    """V = 0.05 asinh(I/0.1 mA): |V|/|I| falls fourfold at the step, V rises."""
    rows = symmetric_rows([1e-4] * 5 + [1e-3] * 5)
    voltage = 0.05 * np.arcsinh(rows["current_ampere"] / 1e-4)
    assert short_of(rows | {"voltage_volt": voltage}) is None


def test_a_nucleation_peak_is_none() -> None:
    rows = symmetric_rows(STEADY)
    since = np.arange(rows["voltage_volt"].size) % 60
    assert short_of(rows | {"voltage_volt": rows["voltage_volt"] * (1 + 3 * np.exp(-since / 4))}) is None


def test_a_spike_that_passes_is_none() -> None:
    rows = symmetric_rows(STEADY)
    rows["voltage_volt"][500:504] = 0.0
    assert short_of(rows) is None


def test_too_few_rows_tell_none() -> None:
    assert short_of(symmetric_rows([1e-3], points=3)) is None
