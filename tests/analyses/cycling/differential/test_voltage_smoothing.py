import numpy as np
import pytest

from analyses.cycling.differential.differential_capacity import differential_capacity
from analyses.cycling.differential.voltage_smoothing import voltage_smoothing
from tests.coded import refuses
from tests.half_cycles import KnownCurve

KNOWN = KnownCurve()


@pytest.mark.parametrize(
    ("count", "noise_v", "step_v", "reason"),
    [(3000, 1e-6, 0.0, "narrowest"), (20_000, 0.0, 0.02, "step"), (60, 0.0, 0.0, "spacing"), (600, 1e-3, 0.0, "noise")],
)
def test_the_width_follows_what_limits_the_voltage(count: int, noise_v: float, step_v: float, reason: str) -> None:
    smoothing = voltage_smoothing(KNOWN.rows(count, 3, noise_v=noise_v, step_v=step_v))
    assert smoothing.reason == reason
    assert smoothing.step_v == step_v


def test_the_noise_is_that_of_the_rows() -> None:
    assert voltage_smoothing(KNOWN.rows(3000, 5, noise_v=5e-4)).noise_v == pytest.approx(5e-4, rel=0.05)


def test_at_the_chosen_width_the_noise_is_two_percent() -> None:
    rows = KNOWN.rows(1500, 100, noise_v=5e-4)
    smoothing = voltage_smoothing(rows)
    curve = differential_capacity(rows, smoothing.width_v)
    mean = KNOWN.total_mah / 0.9
    column = int(np.argmin(np.abs(KNOWN.mah_per_v(curve.voltage_v) - mean)))
    assert np.std(curve.mah_per_v[:, column]) / mean == pytest.approx(0.02, rel=0.25)


def test_a_noise_that_needs_more_than_the_widest_is_said() -> None:
    smoothing = voltage_smoothing(KNOWN.rows(200, 3, noise_v=5e-3))
    assert smoothing.is_limited
    assert smoothing.width_v == pytest.approx(0.050)


def test_refuses_few_rows() -> None:
    with refuses("too-few-rows-for-differential-capacity", rows=12.0, fewest=20):
        voltage_smoothing(KNOWN.rows(12, 3))
