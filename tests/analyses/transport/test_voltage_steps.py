"""Known answers: `registry/testing/synthetic/staircase.py`, a staircase of voltages with a known resistance."""

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.transport.voltage_steps import voltage_steps
from registry.testing.synthetic.staircase import VOLTS, staircase
from tests.coded import refuses


def steps_of(columns, *, last_points=100, smallest_step_volt=0.002):
    return voltage_steps(*columns, last_points=last_points, smallest_step_volt=smallest_step_volt)


def test_finds_the_voltage_steps_in_the_data() -> None:
    steps = steps_of(staircase(voltage_noise=3e-4)).steps
    assert [round(step.voltage_v, 3) for step in steps] == list(VOLTS)
    assert {step.points for step in steps} == {300}


def test_finds_steps_of_noisy_voltage() -> None:
    assert len(steps_of(staircase(voltage_noise=8e-3)).steps) == 5


def test_steps_down_count_like_steps_up() -> None:
    assert len(steps_of(staircase((0.1, 0.3, 0.1, 0.2))).steps) == 4


def test_tells_a_current_that_still_drifts() -> None:
    time, voltage, current = staircase()
    drifting = steps_of((time, voltage, current + 1e-6 * time)).steps
    assert drifting[0].drift_a == pytest.approx(1e-6 * 0.5 * 99, rel=0.01)


def test_drops_a_single_row_and_joins_the_steps_around_it() -> None:
    time, voltage, current = staircase()
    voltage[450] = 0.9
    staircase_steps = steps_of((time, voltage, current))
    assert staircase_steps.stray_rows == (451,)
    assert [step.points for step in staircase_steps.steps] == [300, 299, 300, 300, 300]


def at_rest(columns, index: int, volt: float, *, points: int = 200, noise: float = 0.0):
    """Put a rest at open circuit before the row `index`."""
    _, voltage, current = columns
    idle = np.random.default_rng(3).normal(0, noise, points) if noise else np.zeros(points)
    joined = np.insert(voltage, index, np.full(points, volt)), np.insert(current, index, idle)
    return (np.arange(joined[0].size) * 0.5, *joined)


@pytest.mark.parametrize("noise", [0.0, 1e-7])
@pytest.mark.parametrize(
    ("index", "volt"), [(0, 0.35), (0, 0.15), (0, 0.04), (1500, 0.6)], ids=["within", "low", "below all", "at the end"]
)
def test_a_rest_at_open_circuit_is_not_a_step(index: int, volt: float, noise: float) -> None:
    staircase_steps = steps_of(at_rest(staircase(noise=noise), index, volt, noise=noise))
    assert [round(step.voltage_v, 3) for step in staircase_steps.steps] == list(VOLTS)
    (rest,) = staircase_steps.rests
    assert (rest.voltage_v, rest.first_row, rest.last_row) == (volt, index + 1, index + 200)


def test_rests_between_the_steps_are_no_steps_however_short() -> None:
    columns = staircase(noise=1e-7)
    for index in (1200, 900, 600, 300):
        columns = at_rest(columns, index, 0.05 + index / 1e4, points=30, noise=1e-7)
    staircase_steps = steps_of(columns)
    assert [round(step.voltage_v, 3) for step in staircase_steps.steps] == list(VOLTS)
    assert len(staircase_steps.rests) == 4


@pytest.mark.parametrize("seed", range(20))
def test_the_steps_of_an_insulator_are_no_rests(seed: int) -> None:
    staircase_steps = steps_of(staircase(resistance=1e15, noise=1e-9, seed=seed))
    assert len(staircase_steps.steps) == 5
    assert staircase_steps.rests == ()


def test_a_current_that_sets_in_at_a_voltage_has_steps_without_current_below_it() -> None:
    time, voltage, current = staircase(noise=1e-9)
    staircase_steps = steps_of((time, voltage, np.where(voltage < 0.45, current * 1e-7, current)))
    assert len(staircase_steps.steps) == 5


def test_no_current_at_zero_volt_is_a_step() -> None:
    assert len(steps_of(staircase((0.0, 0.1, 0.2, -0.1), noise=1e-9)).steps) == 4


def test_refusal_of_too_few_steps_states_the_number_of_rests() -> None:
    with pytest.raises(InsufficientData, match=r"\b2 \(0\.1 V, 0\.2 V\).*\b1 steps\b"):
        steps_of(at_rest(staircase(VOLTS[:2]), 0, 0.15))


def test_refuses_fewer_than_three_steps() -> None:
    with refuses("too-few-voltage-steps", InsufficientData, fewest_steps=3, steps=2, levels="0.1 V, 0.2 V"):
        steps_of(staircase(VOLTS[:2]))


def test_refuses_a_ramp_which_has_no_steps() -> None:
    ramp = np.linspace(0.0, 0.5, 2000)
    with refuses("too-few-voltage-steps", InsufficientData, fewest_steps=3, steps=1):
        steps_of((np.arange(2000.0), ramp, ramp / 1000))


def test_refuses_a_short_step_by_number_voltage_and_count() -> None:
    time, voltage, current = staircase()
    keep = np.ones(voltage.size, dtype=bool)
    keep[600:860] = False
    with pytest.raises(InsufficientData, match=r"\b100 points.*\b3 \(0\.3 V\).* 40\b"):
        steps_of((time[keep], voltage[keep], current[keep]))


def test_refuses_a_row_without_number() -> None:
    time, voltage, current = staircase()
    current[41] = np.nan
    with refuses("value-not-finite", InsufficientData, name="current_ampere", bad=42):
        steps_of((time, voltage, current))


def test_refuses_time_that_goes_back() -> None:
    time, voltage, current = staircase()
    time[500:] -= 100
    with pytest.raises(InsufficientData, match=r"falls.*row 501"):
        steps_of((time, voltage, current))


def test_refuses_no_rows_at_all() -> None:
    with refuses("too-few-rows", InsufficientData, test_time_second_size=0):
        steps_of((np.array([]), np.array([]), np.array([])))


def test_currents_that_stand_still_have_their_last_digit_as_resolution() -> None:
    """0.81 to 4.05 µA in steps of 0.1 V: a last digit of 10 nA; 1 to 5 mA may be exact."""
    time = np.arange(0, 5 * 600, 10.0)
    voltage = 0.1 * (1 + time // 600)
    for ampere_per_volt, digits, resolution in ((1 / 123456, 8, 1e-8), (1e-2, 8, 0.0)):
        current = np.round(voltage * ampere_per_volt, digits)
        steps = voltage_steps(time, voltage, current, last_points=10, smallest_step_volt=0.01).steps
        assert steps[0].resolution_a == pytest.approx(resolution)
