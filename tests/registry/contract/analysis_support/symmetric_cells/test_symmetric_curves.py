"""Ten cycles of 2 h at 1 mA on 0.5 cm²: 2 mAh/cm² pass in a half-cycle of 1 h."""

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.symmetric_cells.symmetric_curves import MOST_POINTS, symmetric_curves
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest, read_symmetric_test
from registry.hookspecs import Curve, Inputs
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.coded import refuses

ROWS = symmetric_rows([1e-3] * 10)


@pytest.fixture(scope="module")
def symmetric() -> SymmetricTest:
    return read_symmetric_test(Inputs({"dataset.sha256": "ab"}, lambda: ROWS), 0.2)


def curves_of(test: SymmetricTest, windows: str = "", area: float | None = 0.5) -> dict[str, Curve]:
    curves = symmetric_curves(test, windows, None if area is None else Estimate.exact(area))
    return {curve.name: curve for curve in curves}


def test_the_first_and_the_last_half_cycles_are_windows_of_a_longer_test(symmetric: SymmetricTest) -> None:
    curves = curves_of(symmetric)
    first, last = (np.array(curves[f"voltage-window-{number}"].series[0].x) for number in (1, 2))
    assert (first[0], first[-1]) == pytest.approx((0.0, 6.0), abs=0.05)
    assert (last[0], last[-1]) == pytest.approx((14.0, 20.0), abs=0.05)


def test_windows_have_all_rows_where_the_whole_test_is_thinned() -> None:
    rows = symmetric_rows([1e-3] * 10, points=2000)
    test = read_symmetric_test(Inputs({"dataset.sha256": "ab"}, lambda: rows), 0.2)
    curves = curves_of(test, "2-3")
    assert len(curves["voltage"].series[0].x) == MOST_POINTS
    inside = (rows["test_time_second"] >= 7200) & (rows["test_time_second"] < 10800)
    assert len(curves["voltage-window-1"].series[0].x) == int(inside.sum())


def test_windows_outside_the_test_are_left_out(symmetric: SymmetricTest) -> None:
    assert [name for name in curves_of(symmetric, "2-4, 500-600") if "window" in name] == ["voltage-window-1"]


@pytest.mark.parametrize("text", ["?", "5", "5-2", "1-2, x"])
def test_windows_that_are_none_are_refused(symmetric: SymmetricTest, text: str) -> None:
    with refuses("invalid-zoom-window"):
        curves_of(symmetric, text)


def test_more_windows_than_can_be_drawn_are_refused(symmetric: SymmetricTest) -> None:
    with refuses("too-many-windows", count=7):
        curves_of(symmetric, ", ".join(f"{hour}-{hour + 1}" for hour in range(7)))


def test_overpotentials_are_over_the_charge_passed_at_the_end_of_each_half_cycle(symmetric: SymmetricTest) -> None:
    charge = curves_of(symmetric)["overpotential-charge"].series[0].x
    assert charge[:3] == pytest.approx([2.0, 4.0, 6.0], rel=0.02)
    assert "overpotential-charge" not in curves_of(symmetric, area=None)


def test_the_current_is_beside_the_voltage(symmetric: SymmetricTest) -> None:
    curves = curves_of(symmetric)
    voltage, current = curves["voltage-window-1"].series
    assert curves["voltage-window-1"].y2 is not None
    assert (voltage.on_second_axis, current.on_second_axis) == (False, True)
    assert max(current.y) == pytest.approx(1.0)
    # Twenty half-cycles of one current say nothing in the plot of the whole test.
    assert curves["voltage"].y2 is None


def test_a_rising_current_is_beside_the_voltage_of_the_whole_test() -> None:
    rows = symmetric_rows([1e-3 * step for step in range(1, 9)])
    curve = curves_of(read_symmetric_test(Inputs({"dataset.sha256": "ab"}, lambda: rows), 0.2))["voltage"]
    assert curve.y2 is not None
    assert max(curve.series[-1].y) == pytest.approx(8.0)
