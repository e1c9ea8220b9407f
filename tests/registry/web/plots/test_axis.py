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


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 1.8, ["2", "5", "10", "20", "50"]),
        (0.1, 0.9, ["2", "3", "4", "5", "6", "7"]),
        (0.31, 0.69, ["2.5", "3.0", "3.5", "4.0", "4.5"]),
        (-6.5, -6.3, ["350×10⁻⁹", "400×10⁻⁹", "450×10⁻⁹", "500×10⁻⁹"]),
        (3.0, 3.02, ["1000", "1010", "1020", "1030", "1040"]),
    ],
)
def test_a_log_axis_of_few_decades_has_enough_labels(low: float, high: float, expected: list[str]) -> None:
    assert labels(low, high, log=True) == expected


def test_labels_of_a_log_axis_are_at_their_numbers() -> None:
    axis = Axis(0.31, 0.69, 0, 100, log=True)
    assert {tick.label: tick.position for tick in get_ticks(axis, 5)[0]}["3.0"] == axis.get_position(3.0)


def test_error_bars_far_beyond_the_points_do_not_set_the_axis() -> None:
    log = fit_axis([1.0, 100.0], 0, 100, log=True, reversed_=False, bars=[(1.0, 1e24), (1.0, 1e-9), (1.0, -1.0)])
    assert (log.low, log.high) == (pytest.approx(-1, abs=0.2), pytest.approx(3, abs=0.2))
    linear = fit_axis([1.0, 2.0], 0, 100, log=False, reversed_=False, bars=[(1.0, 1e9), (1.0, 0.9), (2.0, 2.1)])
    assert linear.high < 4


def test_error_bars_that_are_all_long_are_shown() -> None:
    axis = fit_axis([1.0, 1.01], 0, 100, log=False, reversed_=False, bars=[(1.0, 0.5), (1.01, 1.5)])
    assert axis.low < 0.51
    assert axis.high > 1.49


def test_a_single_number_has_margins() -> None:
    axis = fit_axis([7.0], 0, 100, log=False, reversed_=False)
    assert axis.low < 7 < axis.high
    assert axis.get_position(7.0) == pytest.approx(50)


def test_zero_on_a_log_axis_and_overflows_are_not_drawable() -> None:
    assert not is_drawable(0.0, log=True)
    assert not is_drawable(1e300, log=False)
    assert not is_drawable(None, log=False)
