"""Known answers: constant currents, whose charge is current times time."""

import numpy as np
import pytest

from analyses.cycling.rows.half_cycles import (
    check_series,
    groups_of_one_sign,
    rest_threshold_a,
    row_signs,
    runs_of,
    usual_interval_s,
    without_noise,
)
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses

STEP_S = 10.0


def square(levels, rows=360):
    """Return time, voltage and current: each level of current for an hour, voltage 2 V."""
    current = np.repeat(np.asarray(levels, dtype=float), rows)
    return np.arange(current.size) * STEP_S, np.full(current.size, 2.0), current


def test_a_current_held_for_an_hour_carries_itself() -> None:
    """0.5 A over 360 rows of 10 s is 0.5 Ah; half an interval is lost at either end of the file, none at a turn."""
    runs = runs_of(*square([0.5, -0.5, 0.5, -0.5]))
    assert runs.sign.tolist() == [1, -1, 1, -1]
    assert runs.charge_ah == pytest.approx(0.5, rel=2e-3)
    assert runs.charge_ah[1] == pytest.approx(0.5, rel=1e-9)
    assert runs.energy_wh == pytest.approx(2 * runs.charge_ah)


def test_a_ramp_is_integrated_exactly_by_trapezes() -> None:
    """The integral of a linear current from 1 to 3 A over one hour is 2 Ah."""
    time = np.linspace(0, 3600, 50)
    runs = runs_of(time, np.ones(50), np.linspace(1, 3, 50))
    assert runs.charge_ah[0] == pytest.approx(2.0, rel=1e-12)


@pytest.mark.parametrize("rows", [4, 12, 50, 150])
def test_few_rows_of_a_falling_current_hold_its_charge(rows: int) -> None:
    """A current that decays from 1 A with a time constant of 600 s over an hour, after an hour at 1 A."""
    time = np.concatenate((np.linspace(0, 3600, 60), 3600 + np.linspace(0, 3600, rows)[1:]))
    current = np.concatenate((np.ones(60), np.exp(-np.linspace(0, 3600, rows)[1:] / 600)))
    runs = runs_of(time, np.ones(time.size), current)
    truth = 1 + (1 - np.exp(-6)) / 6
    assert abs(runs.charge_ah.sum() - truth) <= runs.resolution_ah.sum()


@pytest.mark.parametrize("offset", np.linspace(0, 1, 7))
def test_whole_seconds_hold_the_charge_of_a_short_step(offset: float) -> None:
    """300 s and a part of a second at 2 A, a row every 7 s and one at the end."""
    end = 300 + offset
    time = np.round(np.append(np.arange(0, 300, 7.0), end))
    runs = runs_of(time, np.ones(time.size), np.full(time.size, 2.0))
    assert abs(runs.charge_ah[0] - 2 * end / 3600) <= runs.resolution_ah[0]


def test_the_decimals_of_the_current_are_in_the_resolution() -> None:
    """Rounded to 0.02 A, a step that the many different numbers show."""
    time = np.arange(0, 3600, 10.1)
    exact = 1.013 + 0.9 * np.sin(time / 900) ** 2
    truth = float(np.trapezoid(exact, time)) / 3600
    runs = runs_of(time, np.ones(time.size), np.round(np.round(exact / 0.02) * 0.02, 2))
    assert abs(runs.charge_ah[0] - truth) <= runs.resolution_ah[0]
    assert runs.resolution_ah[0] >= 0.0099


def test_rests_are_no_runs() -> None:
    runs = runs_of(*square([0.0, 0.5, 0.0, -0.5, 0.0]))
    assert runs.sign.tolist() == [1, -1]
    assert runs.first_row.tolist() == [360, 1080]
    assert runs.last_row.tolist() == [719, 1439]


def test_a_rest_without_rows_carries_no_charge() -> None:
    time, voltage, current = square([0.5, -0.5])
    time[360:] += 36_000
    assert runs_of(time, voltage, current).charge_ah == pytest.approx(0.5, rel=3e-3)


def test_rows_given_twice_change_nothing() -> None:
    columns = square([0.5, -0.5])
    twice = [np.repeat(column, 2) for column in columns]
    assert runs_of(*twice).charge_ah == pytest.approx(runs_of(*columns).charge_ah, rel=1e-2)


def test_a_run_ends_where_a_cycle_begins() -> None:
    runs = runs_of(*square([0.5]), starts=np.array([100]))
    assert runs.first_row.tolist() == [0, 100]
    assert runs.charge_ah.sum() == pytest.approx(0.5 * 359 / 360)


def test_noise_about_zero_makes_no_half_cycle() -> None:
    rng = np.random.default_rng(2)
    time, voltage, current = square([0.5, 0.0, -0.5, 0.0, 0.5])
    noisy = runs_of(time, voltage, current + rng.normal(0, 2e-3, current.size))
    solid = without_noise(noisy)
    assert solid.sign[np.flatnonzero(np.diff(groups_of_one_sign(solid.sign), prepend=-1))].tolist() == [1, -1, 1]
    assert solid.charge_ah[solid.sign < 0].sum() == pytest.approx(0.5, rel=5e-3)


def test_a_pulse_train_is_one_half_cycle() -> None:
    solid = without_noise(runs_of(*square([1.0] + [-0.01, 0.0] * 60, rows=6)))
    assert (solid.sign < 0).sum() == 60
    assert groups_of_one_sign(solid.sign).max() == 1


def test_the_rest_threshold_is_a_share_of_the_largest_current() -> None:
    assert rest_threshold_a(square([0.0, 2.0, -2.0])[2]) == pytest.approx(0.004)


def test_signs_are_of_charge_discharge_and_rest() -> None:
    assert row_signs(np.array([1.0, -1.0, 0.01]), 0.02).tolist() == [1, -1, 0]


def test_the_usual_interval_is_the_median() -> None:
    assert usual_interval_s(np.array([0.0, 1.0, 2.0, 3.0, 100.0])) == 1.0


def test_no_current_gives_no_run() -> None:
    runs = runs_of(*square([0.0, 0.0]))
    assert not runs.sign.size
    assert not without_noise(runs).sign.size


@pytest.mark.parametrize(
    ("index", "value", "code", "parameters"),
    [
        (0, np.nan, "value-not-finite", {"name": "test_time_second", "bad": 8}),
        (1, np.inf, "value-not-finite", {"name": "voltage_volt", "bad": 8}),
        (2, np.nan, "value-not-finite", {"name": "current_ampere", "bad": 8, "bad_size": 1}),
        (0, 1.0, "time-not-ascending", {"test_time_second": 60.0, "next_second": 1.0, "row": 8}),
    ],
)
def test_refuses_a_broken_row_by_its_number(index: int, value: float, code: str, parameters: dict) -> None:
    columns = square([0.5])
    columns[index][7] = value
    with refuses(code, InsufficientData, **parameters):
        check_series(*columns)


def test_refuses_columns_of_different_length_and_a_single_row() -> None:
    with refuses("unequal-columns", InsufficientData):
        check_series(np.zeros(3), np.zeros(3), np.zeros(2))
    with refuses("too-few-rows", InsufficientData, test_time_second_size=1):
        check_series(np.zeros(1), np.zeros(1), np.zeros(1))


def test_a_step_whose_end_is_not_logged_may_have_lasted_until_the_next_row() -> None:
    """Rows every 60 s of a charge of 1 A that ends 40 s after its last row: 59.67 min, then a rest."""
    time = np.concatenate((np.arange(60) * 60.0, 3580.0 + np.arange(20) * 60.0))
    current = np.where(np.arange(80) < 60, 1.0, 0.0)
    runs = runs_of(time, np.full(80, 3.0), current, step=np.where(current > 0, 1.0, 2.0))
    assert runs.charge_ah[0] == pytest.approx(3560 / 3600 - 0.0, abs=0.01)
    assert abs(runs.charge_ah[0] - 3580 / 3600) <= runs.resolution_ah[0]


def test_a_noisy_current_has_the_error_of_its_mean() -> None:
    """400 rows with noise of 1 %: two standard errors of the mean are 0.1 %."""
    random = np.random.default_rng(1)
    time = np.arange(400) * 9.0
    steady, noisy = (runs_of(time, np.full(400, 3.0), 1.0 + noise * random.normal(size=400)) for noise in (0.0, 0.01))
    more = noisy.resolution_ah[0] - steady.resolution_ah[0]
    assert more == pytest.approx(0.001 * noisy.charge_ah[0], rel=0.3)


def test_the_time_before_the_first_row_may_have_carried_charge() -> None:
    """A first row after an interval under current: as much may be missing."""
    time, voltage, current = square([0.5, 0.0, -0.5])
    late = runs_of(time + 8, voltage, current).resolution_ah - runs_of(time, voltage, current).resolution_ah
    assert late == pytest.approx([0.5 * 8 / 3600, 0], abs=1e-12)
    beyond = runs_of(time + 7200, voltage, current).resolution_ah - runs_of(time, voltage, current).resolution_ah
    assert beyond == pytest.approx([0.5 * STEP_S / 3600, 0], abs=1e-12)


def test_a_beginning_that_is_not_logged_is_not_known_where_the_end_is() -> None:
    """Rests are logged from their first second on, currents from 10 s on: 10 s of each half-cycle may be missing."""
    time, current, step = [], [], []
    begin = 0.0
    for number, level in enumerate([0.0, 0.5, 0.0, -0.5] * 3):
        first = 1.0 if level == 0 else 10.0
        time += [begin + first, *(begin + np.arange(30.0, 3600.0, 30.0)), begin + 3600]
        current += [level] * (len(time) - len(current))
        step += [number] * (len(time) - len(step))
        begin += 3600
    series = np.array(time), np.full(len(time), 2.0), np.array(current)
    runs = runs_of(*series, step=np.array(step))
    assert runs.resolution_ah == pytest.approx(0.5 * 5 / 3600, rel=0.3)
    assert (np.abs(runs.charge_ah - 0.5) <= runs.resolution_ah + 1e-12).all()


def test_a_current_between_two_printed_ones_is_rounded_at_each_row_anew() -> None:
    random = np.random.default_rng(5)
    time, voltage, current = square([5.05e-3, -5.05e-3], rows=40)
    printed = np.round(current + 1e-5 * random.normal(size=80), 4)
    runs = runs_of(time, voltage, printed, current_step_a=1e-4)
    exact = runs_of(time, voltage, current)
    assert (np.abs(runs.charge_ah - exact.charge_ah) <= runs.resolution_ah).all()
    constant = runs_of(time, voltage, np.round(current, 5), current_step_a=1e-4)
    assert runs.resolution_ah[0] > 1.3 * constant.resolution_ah[0]


def test_the_resolution_includes_the_bend_of_a_current_while_the_voltage_is_held() -> None:
    """1 A for 2 h, then a decay over 120 s for 12 min, a row each 30 s: 2 Ah + 120 A s × (1 - exp(-6)) by hand."""
    time = np.arange(0.0, 7921.0, 30.0)
    current = np.where(time <= 7200, 1.0, np.exp(-np.maximum(time - 7200, 0) / 120))
    runs = runs_of(time, np.full(time.size, 4.2), current)
    truth = 2 + 120 / 3600 * (1 - np.exp(-6))
    assert runs.charge_ah[0] - truth > 5e-5
    assert runs.charge_ah[0] - truth < runs.resolution_ah[0] < 1e-3
