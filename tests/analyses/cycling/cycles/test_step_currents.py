"""The number of constant currents of each cycle, from the steps of the file."""

import numpy as np

from analyses.cycling.cycles.step_currents import constant_currents

Step = tuple[float, float, int]


def rows(*steps: Step, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, current and step of steps of (first current, last current, rows), a row a minute."""
    current = np.concatenate([np.linspace(first, last, count) for first, last, count in steps])
    number = np.concatenate([np.full(count, index + 1.0) for index, (_, _, count) in enumerate(steps)])
    current = current + noise * np.random.default_rng(3).normal(size=current.size)
    return 60.0 * np.arange(current.size), current, number


def currents(*steps: Step, noise: float = 0.0) -> tuple[float, float]:
    time, current, number = rows(*steps, noise=noise)
    charge, discharge = constant_currents(time, current, number, np.array([0]), np.array([time.size - 1]))
    return float(charge[0]), float(discharge[0])


CHARGE, DISCHARGE, REST = (1.0, 1.0, 60), (-1.0, -1.0, 60), (0.0, 0.0, 10)


def test_one_current_each_way() -> None:
    assert currents(CHARGE, REST, DISCHARGE, REST) == (1, 1)


def test_a_held_voltage_is_no_current_of_its_own_whether_long_short_or_missing() -> None:
    for held in [(1.0, 0.05, 40), (1.0, 0.5, 4)]:
        assert currents(CHARGE, held, REST, DISCHARGE) == (1, 1)


def test_two_currents_of_a_charge_and_of_a_discharge() -> None:
    assert currents((2.0, 2.0, 20), (1.0, 1.0, 40), REST, DISCHARGE) == (2, 1)
    assert currents(CHARGE, REST, (-2.0, -2.0, 20), (-0.5, -0.5, 40)) == (1, 2)


def test_a_pause_or_pulses_are_no_current_of_their_own() -> None:
    assert currents(CHARGE, REST, (1.0, 1.0, 30), REST, DISCHARGE) == (1, 1)
    assert currents((0.1, 0.1, 200), REST, (2.0, 2.0, 3), REST, (0.1, 0.1, 200), DISCHARGE)[1] == 1


def test_noise_of_the_current_separates_nothing() -> None:
    assert currents(CHARGE, REST, DISCHARGE, noise=0.01) == (1, 1)


def test_steps_of_too_few_rows_are_not_known() -> None:
    charge, discharge = currents((1.0, 1.0, 2), DISCHARGE)
    assert np.isnan(charge)
    assert discharge == 1


def test_a_half_cycle_that_is_missing_has_no_number() -> None:
    charge, discharge = currents(DISCHARGE, REST)
    assert np.isnan(charge)
    assert discharge == 1


def test_without_steps_nothing_is_known() -> None:
    time, current, _ = rows(CHARGE, DISCHARGE)
    assert np.isnan(constant_currents(time, current, None, np.array([0]), np.array([119]))).all()


def test_rows_of_excluded_cycles_count_to_none() -> None:
    time, current, number = rows(CHARGE, DISCHARGE, (3.0, 3.0, 20), CHARGE, DISCHARGE)
    charge, discharge = constant_currents(time, current, number, np.array([0, 140]), np.array([119, 259]))
    assert charge.tolist() == discharge.tolist() == [1, 1]
