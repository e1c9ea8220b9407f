"""Axes and their ticks."""

import pytest

from registry.web.plots.axis import Axis, fit_axis, get_ticks, is_drawable


def labels(low: float, high: float, *, log: bool = False) -> list[str]:
    return [tick.label for tick in get_ticks(Axis(low, high, 0, 100, log=log), 5)[0]]


def test_ticks_are_round_numbers() -> None:
    assert labels(0, 1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]


def test_negative_numbers_have_a_minus_sign() -> None:
    assert labels(-2, 2) == ["−2", "−1", "0", "1", "2"]


def test_small_numbers_share_a_power_of_ten() -> None:
    ticks, power = get_ticks(Axis(0, 4e-6, 0, 100), 5)
    assert power == -6
    assert [tick.label for tick in ticks] == ["0", "1", "2", "3", "4"]


def test_log_ticks_are_powers_of_ten() -> None:
    assert labels(-2, 6, log=True) == ["10⁻²", "10⁰", "10²", "10⁴", "10⁶"]


def test_log_ticks_within_a_decade_are_one_two_five() -> None:
    assert labels(0.1, 0.9, log=True) == ["2", "5"]


def test_a_single_number_has_margins() -> None:
    axis = fit_axis([7.0], 0, 100, log=False, reversed_=False)
    assert axis.low < 7 < axis.high
    assert axis.get_position(7.0) == pytest.approx(50)


def test_zero_on_a_log_axis_and_overflows_are_not_drawable() -> None:
    assert not is_drawable(0.0, log=True)
    assert not is_drawable(1e300, log=False)
    assert not is_drawable(None, log=False)
