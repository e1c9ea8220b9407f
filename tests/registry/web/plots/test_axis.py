"""Axes and their ticks."""

import pytest

from registry.web.plots.axis import Axis, axis_for, drawable, ticks_of


def labels(low: float, high: float, *, log: bool = False) -> list[str]:
    return [tick.label for tick in ticks_of(Axis(low, high, 0, 100, log=log), 5)[0]]


def test_ticks_are_round_numbers() -> None:
    assert labels(0, 1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]


def test_a_minus_is_a_minus() -> None:
    assert labels(-2, 2) == ["−2", "−1", "0", "1", "2"]


def test_small_numbers_share_a_power_of_ten() -> None:
    ticks, power = ticks_of(Axis(0, 4e-6, 0, 100), 5)
    assert power == -6
    assert [tick.label for tick in ticks] == ["0", "1", "2", "3", "4"]


def test_log_ticks_stand_at_powers_of_ten() -> None:
    assert labels(-2, 6, log=True) == ["10⁻²", "10⁰", "10²", "10⁴", "10⁶"]


def test_log_ticks_within_one_decade_stand_at_one_two_five() -> None:
    assert labels(0.1, 0.9, log=True) == ["2", "5"]


def test_a_single_number_gets_room_on_both_sides() -> None:
    axis = axis_for([7.0], 0, 100, log=False, reversed_=False)
    assert axis.low < 7 < axis.high
    assert axis.place(7.0) == pytest.approx(50)


def test_no_place_for_zero_on_a_log_axis_nor_for_what_overflows() -> None:
    assert not drawable(0.0, log=True)
    assert not drawable(1e300, log=False)
    assert not drawable(None, log=False)
