"""Known answers: `registry/testing/synthetic/symmetric.py`, an ohmic cell with a set resistance."""

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.symmetric_cells.overpotential import (
    HalfCycles,
    mean_overpotential_v,
    polarisation_growth_v_h,
    symmetric_half_cycles,
    usual_current_a,
)
from analyses.uncertainty import Estimate
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.coded import refuses
from tests.trials import holds, trials

NAMES = ("test_time_second", "voltage_volt", "current_ampere")
STEPPED = [1e-3 * step for step in range(1, 7)]


def halves_of(rows, last_share=0.2) -> HalfCycles:
    columns = [rows[name] for name in NAMES]
    return symmetric_half_cycles(*columns, last_share=last_share)


def row_at(rows, hours) -> int:
    return int(np.argmax(rows["test_time_second"] >= hours * 3600))


def test_computes_the_overpotential_of_an_ohmic_cell() -> None:
    """1 mA through 50 Ω is 50 mV, in either direction."""
    halves = halves_of(symmetric_rows([1e-3] * 10))
    assert halves.current_a.size == 20
    assert halves.overpotential_v == pytest.approx(0.05)
    assert halves.runs.sign.tolist() == [1, -1] * 10
    assert (halves.end_v[3], halves.peak_v[3]) == pytest.approx((0.05, 0.05))


def test_averages_the_last_part_and_gives_end_and_peak() -> None:
    """With an arc of 0.5 the ends are 75 mV; the last fifth, position 0.6 to 1, has a mean position² of 0.653."""
    halves = halves_of(symmetric_rows([1e-3] * 10, arc=0.5, points=600))
    assert halves.overpotential_v == pytest.approx(0.05 * (1 + 0.5 * 0.6533), rel=1e-3)
    assert halves.end_v == pytest.approx(0.075)
    assert halves_of(symmetric_rows([1e-3] * 10, arc=0.5, points=600), 1.0).overpotential_v == pytest.approx(
        0.05 * (1 + 0.5 / 3), rel=1e-2
    )


def test_rests_belong_to_no_half_cycle() -> None:
    rows = symmetric_rows([1e-3] * 4)
    parts = {name: np.split(column, 8) for name, column in rows.items()}
    rest = {"voltage_volt": np.zeros(5), "current_ampere": np.zeros(5)}
    joined = {name: np.concatenate([piece for part in parts[name] for piece in (part, rest[name])]) for name in rest}
    joined["test_time_second"] = np.arange(joined["voltage_volt"].size) * 60.0
    assert halves_of(joined).overpotential_v == pytest.approx(np.full(8, 0.05))


def test_a_step_of_the_current_in_one_direction_begins_a_half_cycle() -> None:
    current = np.repeat([1e-3, 2e-3, 3e-3], 50)
    rows = {"test_time_second": np.arange(150) * 60.0, "voltage_volt": 50 * current, "current_ampere": current}
    assert halves_of(rows).overpotential_v == pytest.approx([0.05, 0.10, 0.15])


def test_an_offset_of_the_voltage_drops_out_of_the_mean() -> None:
    estimate = mean_overpotential_v(halves_of(symmetric_rows([1e-3] * 10, offset_v=0.01)))
    assert estimate.magnitude == pytest.approx(0.05)
    assert estimate.standard_uncertainty < 1e-9


def test_steady_growth_is_not_an_uncertainty_of_the_mean() -> None:
    """1 Ω/h over 20 h at 1 mA: 50 mV + 1 mV/h × 10 h in the mean, and the growth is 1 mV/h."""
    halves = halves_of(symmetric_rows([1e-3] * 10, growth_ohm_h=1.0), 1.0)
    assert mean_overpotential_v(halves).magnitude == pytest.approx(0.06, rel=1e-6)
    assert mean_overpotential_v(halves).standard_uncertainty < 1e-9
    growth = polarisation_growth_v_h(halves)
    assert growth is not None
    assert growth.magnitude == pytest.approx(1e-3, rel=1e-6)


def covered(estimate: Estimate | None, truth: float) -> bool:
    assert estimate is not None
    low, high = estimate.interval()
    return low <= truth <= high


@trials(200)
@pytest.mark.parametrize("cycles", [5, 20])
def test_its_intervals_hold_the_true_mean_and_growth_in_95_of_100_runs(cycles: int, trials: int) -> None:
    """200 runs with 5 % scatter from cycle to cycle, independent: 180 to 198 intervals hold the truth."""
    scattered = {"scatter": 0.05, "noise": 0.02, "points": 10}
    runs = [halves_of(symmetric_rows([1e-3] * cycles, seed=seed, **scattered), 1.0) for seed in range(trials)]
    assert holds([covered(mean_overpotential_v(halves), 0.05) for halves in runs])
    assert holds([covered(polarisation_growth_v_h(halves), 0.0) for halves in runs])


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_its_intervals_hold_a_growth_and_the_mean_of_it_whatever_the_noise(noise: float, trials: int) -> None:
    """200 runs of 20 cycles of 2 h at 1 mA, 0.5 Ω/h: 0.5 mV/h, and 50 mV + 0.5 mV/h × 20 h in the mean."""
    growing = {"growth_ohm_h": 0.5, "scatter": noise, "noise": noise, "points": 10}
    runs = [halves_of(symmetric_rows([1e-3] * 20, seed=seed, **growing), 1.0) for seed in range(trials)]
    assert holds([covered(mean_overpotential_v(halves), 0.06) for halves in runs])
    assert holds([covered(polarisation_growth_v_h(halves), 5e-4) for halves in runs])


@trials(200)
def test_the_interval_of_few_half_cycles_is_that_of_their_rows(trials: int) -> None:
    """200 runs of two cycles with 10 % white noise on every row."""
    estimates = [
        mean_overpotential_v(halves_of(symmetric_rows([1e-3] * 2, noise=0.1, seed=seed), 1.0)) for seed in range(trials)
    ]
    assert holds([covered(estimate, 0.05) for estimate in estimates])


def test_too_few_cycles_have_no_growth() -> None:
    assert polarisation_growth_v_h(halves_of(symmetric_rows([1e-3] * 3))) is None


def test_thousands_of_cycles_are_reduced_before_the_fit() -> None:
    halves = halves_of(symmetric_rows([1e-3] * 1500, growth_ohm_h=0.01, points=6), 1.0)
    growth = polarisation_growth_v_h(halves)
    assert growth is not None
    assert growth.magnitude == pytest.approx(1e-5, rel=1e-3)


def test_the_usual_current_is_the_most_frequent() -> None:
    halves = halves_of(symmetric_rows([1e-4] * 3 + [1e-3] * 10 + [2e-3] * 2))
    assert usual_current_a(halves) == pytest.approx(1e-3)
    assert halves.at(2e-3).current_a.size == 4


def test_keeps_the_half_cycles_before_a_row() -> None:
    halves = halves_of(symmetric_rows([1e-3] * 10))
    assert halves.before(150).current_a.size == 2
    assert halves.before(None).current_a.size == 20


def test_refuses_a_current_of_the_wrong_sign() -> None:
    rows = symmetric_rows([1e-3] * 4)
    with pytest.raises(InsufficientData, match="opposite signs"):
        halves_of(rows | {"voltage_volt": -rows["voltage_volt"]})


def test_refuses_a_test_without_current_or_with_single_rows() -> None:
    rows = symmetric_rows([1e-3] * 4)
    with refuses("no-current", InsufficientData):
        halves_of(rows | {"current_ampere": np.zeros(rows["voltage_volt"].size)})
    with refuses("too-few-rows-per-half-cycle", InsufficientData, fewest_rows=3):
        halves_of(symmetric_rows([1e-3] * 4, points=2))
