import numpy as np
import pytest

from analyses.cycling.voltage.voltage_curve import HalfCycle
from analyses.cycling.voltage.voltage_hysteresis import half_capacity_voltage, voltage_hysteresis
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses

CAPACITY_AH = 2e-3


def half_of(voltage: np.ndarray, current: float | np.ndarray = 1e-3, share: np.ndarray | None = None) -> HalfCycle:
    passed = np.linspace(0, 1, voltage.size) if share is None else share
    return HalfCycle(CAPACITY_AH * passed, voltage, np.broadcast_to(current, voltage.shape))


def at_half(half: HalfCycle, *, resolution: float = 0.0, step: float = 0.0, constant: float = 1e-3) -> Estimate:
    return half_capacity_voltage(
        half, capacity_resolution_ah=resolution, voltage_step_v=step, constant_current_a=constant
    )


@pytest.mark.parametrize("rows", [1001, 40, 7])
def test_a_parabola_has_its_own_voltage_at_half_of_the_capacity(rows: int) -> None:
    """3.5 + 0.4 x + 0.2 x² at x = 0.5 is 3.75 V; of few rows the interval contains it."""
    share = np.linspace(0, 1, rows)
    estimate = at_half(half_of(3.5 + 0.4 * share + 0.2 * share**2))
    low, high = estimate.interval()
    assert low <= 3.75 <= high
    assert estimate.magnitude == pytest.approx(3.75, abs=1e-9 if rows > 1000 else 2e-3)


def test_rows_in_uneven_distances_are_weighed_by_capacity() -> None:
    share = np.sort(np.random.default_rng(1).uniform(size=3000) ** 3)
    share[0], share[-1] = 0, 1
    assert at_half(half_of(3.0 + share, share=share)).magnitude == pytest.approx(3.5)


def test_the_uncertainty_is_that_of_the_scatter() -> None:
    """A parabola through 60 rows, at its middle: 1.5 σ/√60."""
    voltage = 3.5 + 1e-3 * np.random.default_rng(2).normal(size=3001)
    estimate = at_half(half_of(voltage))
    assert estimate.standard_uncertainty == pytest.approx(1.5e-3 / np.sqrt(60), rel=0.3)
    assert estimate.degrees_of_freedom == 57


def test_the_decimals_of_the_voltage_and_the_resolution_of_the_capacity_are_bounds() -> None:
    """A slope of 1 V over 2 mAh, the capacity to 20 µAh: 10 mV; half a step of 1 mV more."""
    voltage = np.linspace(3.0, 4.0, 3001)
    assert at_half(half_of(voltage), resolution=2e-5, step=1e-3).half_width == pytest.approx(0.0105)


@pytest.mark.parametrize("rows", [2001, 20])
def test_a_kink_at_half_of_the_capacity_is_within_the_bounds(rows: int) -> None:
    share = np.linspace(0, 1, rows)
    low, high = at_half(half_of(3.5 + np.abs(share - 0.5))).interval()
    assert low <= 3.5 <= high


def test_a_jump_between_two_rows_is_within_the_bounds() -> None:
    voltage = np.where(np.arange(20) < 10, 3.2, 3.6)
    low, high = at_half(half_of(voltage)).interval()
    assert low <= 3.2
    assert high >= 3.6


def test_no_voltage_without_rows_near_half_of_the_capacity() -> None:
    with refuses("too-few-rows-at-half-capacity", InsufficientData):
        at_half(half_of(np.array([3.0, 3.1, 3.9, 4.0]), share=np.array([0.0, 0.1, 0.9, 1.0])))
    for empty in (np.empty(0), np.array([3.0])):
        with refuses("too-few-rows-at-half-capacity", InsufficientData):
            at_half(half_of(empty))


def test_no_voltage_where_it_is_held() -> None:
    current = np.where(np.arange(500) < 200, 1e-3, 2e-4)
    with refuses("voltage-held-at-half-capacity", InsufficientData, current_ma=0.2, constant_ma=1.0):
        at_half(half_of(np.full(500, 4.2), current))
    assert at_half(half_of(np.full(500, 4.2), current), constant=np.nan).magnitude == pytest.approx(4.2)


def test_hysteresis_is_charge_minus_discharge() -> None:
    gap = voltage_hysteresis(Estimate.rounded(3.8, 0.001), Estimate.rounded(3.65, 0.002))
    assert (gap.magnitude, gap.half_width) == pytest.approx((0.15, 0.003))
