"""Survival of cells, some of which were stopped."""

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.statistics.survival import survival_curve
from tests.coded import refuses

FREIREICH = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission with 6-mercaptopurine: ended, and still going on. E. J. Freireich et al., Blood 21, 699 (1963)."""


def of_freireich() -> tuple[list[int], list[bool]]:
    ended, going_on = FREIREICH
    return [*ended, *going_on], [True] * len(ended) + [False] * len(going_on)


def test_the_curve_of_freireich() -> None:
    curve = survival_curve(*of_freireich())
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.share == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.median == 23


def test_the_interval_of_freireich() -> None:
    """As printed by survfit of R with conf.type = "log-log"."""
    curve = survival_curve(*of_freireich())
    assert curve.lower[0] == pytest.approx(0.620, abs=5e-4)
    assert curve.upper[0] == pytest.approx(0.952, abs=5e-4)
    assert curve.lower[-1] == pytest.approx(0.188, abs=5e-4)
    assert curve.upper[-1] == pytest.approx(0.680, abs=5e-4)
    assert curve.median_interval == (13, None)


def test_without_stopped_cells_it_is_the_share_left() -> None:
    curve = survival_curve([1, 2, 3, 4], [True] * 4)
    assert curve.share.tolist() == [0.75, 0.5, 0.25, 0.0]
    assert np.isnan(curve.lower[-1])
    assert curve.median == 2


def test_a_median_beyond_the_test_is_unknown() -> None:
    assert survival_curve([5, 9, 9, 9], [True, False, False, False]).median is None


@pytest.mark.parametrize(
    ("times", "ended", "code"), [([3.0], [True], "too-few-cells"), ([3, 4], [False] * 2, "none-ended")]
)
def test_what_has_no_curve_is_refused(times: list[float], ended: list[bool], code: str) -> None:
    with refuses(code, InsufficientData):
        survival_curve(times, ended)


def test_intervals_hold_the_share() -> None:
    """Twelve cells with exponential lives, stopped between one and three mean lives: 60 % at half a mean life."""
    random, held, answered = np.random.default_rng(1), 0, 0
    for _ in range(2000):
        life, stop = random.exponential(size=12), random.uniform(1, 3, size=12)
        curve = survival_curve(np.minimum(life, stop), life <= stop)
        index = int(np.searchsorted(curve.time, 0.5, side="right")) - 1
        if index < 0 or np.isnan(curve.lower[index]):
            continue
        answered += 1
        held += bool(curve.lower[index] <= np.exp(-0.5) <= curve.upper[index])
    assert answered > 1990
    assert 0.93 < held / answered < 0.97
