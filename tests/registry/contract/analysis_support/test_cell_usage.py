import numpy as np
import pytest

from registry.contract.analysis_support.cell_usage import CYCLE_OUTPUTS, OUTPUTS, usage_columns, usage_results
from registry.hookspecs import Inputs
from registry.testing.synthetic.cycling import cycling_rows
from tests.registry.contract.analysis_support.test_cycling_table import per_cycle, table_of

CAPACITY = np.full(6, 0.018)


def test_rows_give_throughput_full_cycles_and_hours() -> None:
    """Six times 18 mAh at 1 mA with an efficiency of 99 %, and two rests of 20 min a cycle."""
    table = table_of(cycling_rows(CAPACITY))
    results = {result.quantity: result.estimate.magnitude for result in usage_results(table, 9.0, 1)}
    assert set(results) == set(OUTPUTS)
    assert results["equivalent_full_cycles"] == pytest.approx(12.0)
    assert results["capacity_throughput_mah"] == pytest.approx(6 * (18 + 18 / 0.99))
    assert results["test_duration_h"] == pytest.approx(6 * (18 + 18 / 0.99 + 2 / 3))


def test_a_per_cycle_table_has_no_hours_and_no_rests() -> None:
    table = table_of(per_cycle())
    assert [result.quantity for result in usage_results(table, 18.0, 1)] == ["equivalent_full_cycles"]
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
