import numpy as np
import pytest

from analyses.statistics.resolution import counter_step, decimal_step


@pytest.mark.parametrize("decimals", [0, 1, 3, 6])
def test_finds_the_decimals_a_column_was_printed_with(decimals: int) -> None:
    column = np.round(np.random.default_rng(decimals).uniform(-50, 50, 400), decimals)
    assert decimal_step(column) == pytest.approx(10.0**-decimals)


def test_a_column_of_all_digits_has_no_step() -> None:
    assert decimal_step(np.random.default_rng(1).uniform(0, 1, 400)) == 0


def test_a_few_set_numbers_are_not_taken_for_rounded_ones() -> None:
    column = np.tile([0.0, 0.1, 0.5, -0.1, -0.5], 100)
    assert decimal_step(column) == 0
    assert decimal_step(column, fewest_levels=2) == pytest.approx(0.1)


def test_missing_numbers_do_not_count() -> None:
    column = np.round(np.random.default_rng(2).uniform(0, 9, 200), 2)
    column[::7] = np.nan
    assert decimal_step(column) == pytest.approx(0.01)
    assert decimal_step(np.full(30, np.nan)) == 0


def test_a_counter_in_coarse_steps_is_known_by_its_repeats() -> None:
    counter = np.floor(np.linspace(0, 1.5e-3, 400) / 1e-4) * 1e-4
    assert counter_step(counter) == pytest.approx(1e-4)


def test_a_counter_that_rises_smoothly_has_no_step() -> None:
    assert counter_step(np.sqrt(np.linspace(0, 1, 500))) == 0
