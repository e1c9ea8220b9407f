"""Survival of symmetric cells, some of which were stopped."""

import pytest

from plugins import time_to_short_circuit
from registry.hookspecs import Curve, Estimate
from registry.testing import example_group, run_analysis
from tests.analyses.statistics.test_survival import of_freireich
from tests.plugins.plugin_examples import symmetric_cells

CONDITIONS = "[current_density_ma_cm2=0.5;technique=symmetric_cycling;temperature_degc=25]"
MEDIAN = "median_hours_to_short_circuit_h"


def test_the_curve_is_that_of_freireich() -> None:
    result = run_analysis(time_to_short_circuit, symmetric_cells(*of_freireich()))
    (curve,) = result.outcome.curves
    assert isinstance(curve, Curve)
    shares = dict(zip(curve.series[0].x, curve.series[0].y, strict=True))
    assert [round(shares[hour], 2) for hour in (6, 7, 10, 13, 16, 22, 23)] == [
        85.71, 80.67, 75.29, 69.02, 62.75, 53.78, 44.82,
    ]  # fmt: skip
    (reason,) = result.outcome.not_computed
    assert (reason.code, reason.parameters["lower_h"]) == ("median-without-upper-limit", 11)
    assert len(curve.series[-1].x) == 12


def test_the_median_has_an_interval() -> None:
    hours = [10.0 * number for number in range(1, 21)]
    median = run_analysis(time_to_short_circuit, symmetric_cells(hours, [True] * 20)).values[MEDIAN + CONDITIONS]
    assert median.magnitude == pytest.approx(100)
    assert median.lower < 70
    assert median.upper > 120


def test_cells_without_a_short_circuit_have_no_median() -> None:
    result = run_analysis(time_to_short_circuit, symmetric_cells([100.0, 200.0], [False, False]))
    assert [reason.code for reason in result.outcome.not_computed] == ["none-ended"]


def test_groups_without_symmetric_tests_are_refused() -> None:
    result = run_analysis(time_to_short_circuit, example_group("replicates"))
    assert (result.status, [message.code for message in result.messages]) == ("refused", ["no-symmetric-tests"])


def test_times_within_bounds_widen_the_interval_of_the_median() -> None:
    """Eight cells at 10 h, each between 9 and 10 h: an interval of zero width would be that of the logging."""
    group = symmetric_cells([10.0] * 8, [True] * 8)
    bounded = {path: Estimate(10.0, 9.0, 10.0) for path, fact in group.facts.items() if isinstance(fact, Estimate)}
    median = run_analysis(time_to_short_circuit, group.changed(bounded)).values[MEDIAN + CONDITIONS]
    assert (median.magnitude, median.lower, median.upper) == (10.0, 9.0, 10.0)
