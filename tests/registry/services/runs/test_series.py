"""Series of measurements: one run each, stale exactly when what it read changed."""

import pytest
from django.contrib.auth.models import User

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.measurement import save_measurement
from registry.services.record import delete_record, save_record
from registry.services.runs.analysis import run_jobs
from registry.services.runs.queue import do_due_runs
from tests import factories

NAME = "pressure-dependence"
EXPONENT = "conductivity_pressure_exponent"


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


def run_due() -> list[AnalysisRun]:
    return run_jobs(list_due_jobs(Measurement.objects.all(), names=[NAME]), by=None)


def latest(**filters: object) -> list[AnalysisRun]:
    return list(AnalysisRun.objects.filter(analysis=NAME, is_latest=True, **filters).order_by("pk"))


def test_two_series_of_a_cell_are_two_results(cell: Cell) -> None:
    factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    runs = run_due()
    assert [run.status for run in runs] == ["done", "done"]
    values = Value.objects.filter(quantity=EXPONENT, is_latest=True)
    by_temperature = {value.run.fixed_conditions["temperature_degc"]: value.magnitude for value in values}
    assert by_temperature == {25: pytest.approx(0.1, abs=1e-4), 60: pytest.approx(0.3, abs=1e-4)}
    assert {(value.cell, value.measurement) for value in values} == {(cell, None)}


def test_too_few_pressures_are_not_due(cell: Cell) -> None:
    (first, *_) = factories.make_pressure_series(cell, 0.1)
    delete_record(first, by=None)
    assert list_due_jobs(Measurement.objects.all(), names=[NAME]) == []


def test_nothing_is_due_after_the_run(cell: Cell) -> None:
    factories.make_pressure_series(cell, 0.1)
    run_due()
    assert list_due_jobs(Measurement.objects.all(), names=[NAME]) == []


def test_a_changed_pressure_makes_only_its_series_stale(cell: Cell) -> None:
    (first, *_) = factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    run_due()
    save_measurement(first, {"stack_pressure_mpa": "20 MPa (exact)"}, by=None)
    assert [run.fixed_conditions for run in latest(stale_since__isnull=False)] == [{"temperature_degc": 25}]
    (again,) = run_due()
    assert again.is_latest
    assert len(latest()) == 2


def test_a_new_member_makes_the_series_stale(cell: Cell) -> None:
    factories.make_pressure_series(cell, 0.1)
    run_due()
    factories.make_measurement(cell, technique="eis", stack_pressure_mpa="50 MPa", temperature_degc="25 °C")
    assert len(latest(stale_since__isnull=False)) == 1


def test_a_measurement_under_other_conditions_leaves_it_fresh(cell: Cell) -> None:
    factories.make_pressure_series(cell, 0.1)
    run_due()
    factories.make_measurement(cell, technique="eis", stack_pressure_mpa="50 MPa", temperature_degc="60 °C")
    assert len(latest(stale_since__isnull=True)) == 1


def test_a_series_that_lost_its_members_has_no_latest_result(cell: Cell) -> None:
    members = factories.make_pressure_series(cell, 0.1)
    run_due()
    save_measurement(members[0], {"temperature_degc": "60 °C"}, by=None)
    assert latest() == []
    assert not Value.objects.filter(quantity=EXPONENT, is_latest=True).exists()


def test_a_worker_runs_the_series_that_a_change_made_due(cell: Cell, owner: User) -> None:
    members = factories.make_pressure_series(cell, 0.1)
    members[0].label = "first"
    save_record(members[0], by=owner)
    do_due_runs()
    (run,) = latest()
    assert (run.status, run.series) == ("done", "eis;stack_pressure_mpa;temperature_degc=25")


def test_parameters_of_a_series_analysis_are_set_on_the_cell() -> None:
    assert plugin_loading.current().analyses[NAME].scope in Cell.scopes
