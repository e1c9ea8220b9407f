"""Cycles along time and throughput."""

import numpy as np
import pytest

from registry.contract.cycle_table import CycleTable
from registry.models import AnalysisRun, Curve, CurveKind, CycleColumn, Project
from registry.models.cycle_table import build_columns
from registry.selectors.cycle_axis import THROUGHPUT, TIME, has_cycle_axis, list_cycle_positions, move_along
from tests.registry.web.conftest import fill


@pytest.fixture
def run(public_project: Project) -> AnalysisRun:
    return AnalysisRun.objects.get(cell=fill(public_project), analysis="capacity-retention")


@pytest.fixture
def test(run: AnalysisRun) -> int:
    """The measurement of the run, whose own per-cycle table is put aside."""
    CycleColumn.objects.all().delete()
    assert run.measurement_id
    return run.measurement_id


def store(run: AnalysisRun, cycles: list[int], **columns: list[float]) -> None:
    table = CycleTable(cycles=np.array(cycles), columns={name: np.array(numbers) for name, numbers in columns.items()})
    CycleColumn.objects.bulk_create(build_columns(run, table))


def test_time_and_charge_are_summed_to_the_end_of_each_cycle(run: AnalysisRun, test: int) -> None:
    store(
        run,
        [1, 2, 3],
        cycle_duration_h=[20.0, 10.0, 5.0],
        charge_capacity_mah=[2.0, 2.0, 2.0],
        discharge_capacity_mah=[1.0, 1.0, 1.0],
    )
    positions = list_cycle_positions([test])[test]
    assert positions == {TIME: {1: 20.0, 2: 30.0, 3: 35.0}, THROUGHPUT: {1: 3.0, 2: 6.0, 3: 9.0}}


def test_a_cycle_without_numbers_leaves_no_axis(run: AnalysisRun, test: int) -> None:
    store(run, [1, 3], cycle_duration_h=[20.0, 10.0], charge_capacity_mah=[2.0, 2.0])
    assert list_cycle_positions([test]) == {test: {}}


def test_a_half_cycle_that_is_lacking_adds_nothing(run: AnalysisRun, test: int) -> None:
    store(run, [1, 2], charge_capacity_mah=[2.0, 2.0], discharge_capacity_mah=[np.nan, 1.0])
    assert list_cycle_positions([test])[test] == {THROUGHPUT: {1: 2.0, 2: 5.0}}


def test_a_cycle_that_is_unknown_there_is_a_gap(run: AnalysisRun) -> None:
    curve = run.curves.get(name="capacity")
    assert has_cycle_axis(curve)
    data = move_along(curve.data, TIME, {TIME: {1: 20.0, 2: 30.0}})
    assert data["series"][0]["x"][:3] == [20.0, 30.0, None]
    assert (data["x"]["unit"], curve.data["series"][0]["x"][0]) == ("h", 1.0)


def test_curves_of_other_axes_stay() -> None:
    assert not has_cycle_axis(Curve(kind=CurveKind.LINE, x_quantity="voltage_v"))
