import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.cell_usage import CYCLE_OUTPUTS, OUTPUTS, usage_columns, usage_results
from registry.hookspecs import Inputs
from registry.testing.synthetic.cycling import cycling_rows
from tests.registry.contract.analysis_support.cycling.test_cycling_reading import per_cycle, table_of

CAPACITY = np.full(6, 0.018)


def test_rows_give_throughput_full_cycles_and_hours() -> None:
    """Six times 18 mAh at 1 mA with an efficiency of 99 %, and two rests of 20 min a cycle."""
    table = table_of(cycling_rows(CAPACITY))
    results = {result.quantity: result.estimate.magnitude for result in usage_results(table, Estimate.exact(9.0), 1)}
    assert set(results) == set(OUTPUTS)
    assert results["equivalent_full_cycles"] == pytest.approx(12.0)
    assert results["capacity_throughput_mah"] == pytest.approx(6 * (18 + 18 / 0.99))
    assert results["test_duration_h"] == pytest.approx(6 * (18 + 18 / 0.99 + 2 / 3))


def test_an_interrupted_cycle_counts_to_what_passed() -> None:
    """The last discharge ends at 40 %: it is compared with no other, but its charge passed."""
    table = table_of(cycling_rows(CAPACITY, cut_last_at=0.4))
    assert table.interrupted == 6
    results = {result.quantity: result.estimate.magnitude for result in usage_results(table, Estimate.exact(18.0), 1)}
    assert results["equivalent_full_cycles"] == pytest.approx(5.4)
    assert results["capacity_throughput_mah"] == pytest.approx(5.4 * 18 + 6 * 18 / 0.99)
    assert results["test_duration_h"] == pytest.approx(5.4 * 18 + 6 * (18 / 0.99 + 2 / 3))


def test_what_passed_is_within_the_resolution_of_the_counters() -> None:
    rows = cycling_rows(CAPACITY)
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        rows[name] = np.round(rows[name], 3)
    capacity = Estimate.rounded(18.0, 1.0)
    results = {result.quantity: result.estimate for result in usage_results(table_of(rows), capacity, 1)}
    for slug, truth in (("capacity_throughput_mah", 6 * (18 + 18 / 0.99)), ("equivalent_full_cycles", 6.0)):
        low, high = results[slug].interval()
        assert low < truth < high


def test_a_per_cycle_table_has_no_hours_and_no_rests() -> None:
    table = table_of(per_cycle())
    assert [result.quantity for result in usage_results(table, Estimate.exact(18.0), 1)] == ["equivalent_full_cycles"]
    dataset = Inputs({"dataset.sha256": "ab"}, per_cycle).dataset
    assert dataset is not None
    assert usage_columns(dataset, table) == {}


def test_rows_give_rest_and_held_voltage_of_each_cycle() -> None:
    rows = cycling_rows(CAPACITY)
    dataset = Inputs({"dataset.sha256": "ab"}, lambda: rows).dataset
    assert dataset is not None
    columns = usage_columns(dataset, table_of(rows))
    assert set(columns) == set(CYCLE_OUTPUTS)
    assert columns["rest_time_h"] == pytest.approx(np.full(6, 2 / 3))
    assert columns["constant_voltage_share_percent"] == pytest.approx(np.zeros(6))
