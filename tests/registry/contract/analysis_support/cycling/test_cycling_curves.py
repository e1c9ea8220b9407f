"""Curves against cycle number."""

import pytest

from registry.testing.synthetic.cycling import cycling_rows
from tests.plugins.test_cycling_summary import CAPACITY, run_on


def test_plots_each_per_cycle_quantity_with_its_quantity() -> None:
    """18 mAh are 223 mAh/g and 2.0 mAh/cm² (Wu et al. 2025, Table 4); at 1 mA a half-cycle of 18 mAh takes 18 h."""
    curves = {curve.name: curve for curve in run_on(cycling_rows(CAPACITY)).curves}
    assert curves["energy"].y.quantity == "energy_mwh"
    assert curves["energy"].series[0].y == pytest.approx(CAPACITY * 3550, rel=1e-3)
    assert curves["end-voltage"].series[0].y[0] < curves["end-voltage"].series[1].y[0]
    assert curves["duration"].series[0].y[0] == pytest.approx(18 / 0.99 + 18, rel=0.05)
    assert curves["specific-capacity"].series[0].y == pytest.approx(CAPACITY / 0.018 * 223.2, rel=1e-3)
    assert curves["areal-capacity"].series[0].y == pytest.approx(CAPACITY / 0.018 * 2.0)
    assert all(max(series.x) == 12 for name in ("energy", "duration") for series in curves[name].series)


def test_without_a_cathode_there_is_no_capacity_per_gram() -> None:
    names = {curve.name for curve in run_on(cycling_rows(CAPACITY), {"layers.1.role": "anode"}).curves}
    assert not names & {"specific-capacity", "areal-capacity"}
