"""Analyses that use results of others, and cell-level analyses: order, staleness, background runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project, TargetKey, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_targets
from registry.services.parameters import set_parameters
from registry.services.record import delete_record, save_record
from registry.services.runs.analysis import run_analysis, run_jobs
from registry.services.runs.queue import claim_run, do_due_runs, queue_jobs
from registry.services.staleness.staleness import mark_stale
from tests import factories
from tests.plugin_directory import directory_with

CHAINED = Path(__file__).parents[3] / "data" / "chained" / "chained.py"


@pytest.fixture(autouse=True)
def _chained(settings: LazySettings) -> Iterator[None]:
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory_with(CHAINED))
    plugin_loading.load()
    yield
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()


@pytest.fixture
def cell(project: Project) -> Cell:
    """A pellet of 600 µm with two spectra."""
    cell = factories.make_pellet(project)
    for pressure in ("10 MPa", "20 MPa"):
        factories.make_measurement(cell, technique="eis", stack_pressure_mpa=pressure)
    return cell


def run_due() -> list[str]:
    return [run.analysis for run in run_jobs(list_due_jobs(Measurement.objects.all()), by=None)]


def list_latest(analysis: str) -> list[AnalysisRun]:
    return list(AnalysisRun.objects.filter(analysis=analysis, is_latest=True).order_by("pk"))


def list_stale() -> list[str]:
    marked = AnalysisRun.objects.filter(is_latest=True, stale_since__isnull=False)
    return sorted(set(marked.values_list("analysis", flat=True)))


def set_thickness(cell: Cell, text: str) -> None:
    layer = cell.layers.get()
    layer.thickness = text
    save_record(layer, by=None)


def test_analyses_run_in_dependency_order(cell: Cell) -> None:
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert [run.status for name in ("double", "quadruple", "sum") for run in list_latest(name)] == ["done"] * 5
    assert Value.objects.get(quantity="fourfold_sum_um").magnitude == 2 * 4 * 600


def test_upstream_results_are_stored_as_inputs(cell: Cell) -> None:
    run_due()
    run = list_latest("quadruple")[0]
    assert run.inputs == {"computed.twofold_um": [1200.0, 1199.0, 1201.0, 0.0, False]}


def test_cell_level_run_lists_its_measurements_and_belongs_to_none(cell: Cell) -> None:
    run_due()
    (run,) = list_latest("sum")
    names = [measurement.refcode for measurement in cell.measurements.order_by("pk")]
    assert run.measurement is None
    assert run.of == cell
    assert run.inputs["measurements.eis"] == {"list": names}
    assert f"measurements.{names[0]}.computed.fourfold_um" in run.inputs
    assert run.values.get().measurement is None


def test_staleness_propagates_down_the_chain_only(cell: Cell, project: Project) -> None:
    other = factories.make_pellet(project)
    factories.make_measurement(other, technique="eis")
    run_due()
    set_thickness(cell, "700 µm")
    assert list_stale() == ["double", "quadruple", "sum"]
    assert not AnalysisRun.objects.filter(cell=other, stale_since__isnull=False).exists()
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert list_stale() == []
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 4 * 700


def test_restoring_the_input_clears_staleness_of_the_chain(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    set_thickness(cell, "600 µm")
    assert list_stale() == []


def test_unchanged_result_keeps_downstream_runs_fresh(cell: Cell) -> None:
    run_due()
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["double"], everything=True), by=None)
    assert list_stale() == []
    assert run_due() == []


def test_upstream_refusal_propagates_until_the_input_is_fixed(cell: Cell) -> None:
    set_thickness(cell, "")
    run_due()
    assert [run.status for run in list_latest("quadruple")] == ["refused"] * 2
    set_thickness(cell, "600 µm")
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert [run.status for run in list_latest("sum")] == ["done"]


def test_running_a_single_analysis_marks_downstream_runs_stale(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["double"]), by=None, with_downstream=False)
    assert list_stale() == ["quadruple", "sum"]


@pytest.mark.parametrize("name", ["double", "quadruple"])
def test_a_run_marks_what_a_look_at_the_whole_cell_would(cell: Cell, name: str) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    measurement = cell.measurements.earliest("pk")
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses[name], by=None)
    assert mark_stale([cell]) == 0


def test_a_run_that_nothing_uses_is_compared_with_its_own_measurement_alone(
    cell: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell with a hundred measurements took a hundred times as long for each of its runs."""
    looked_at: list[dict[str, list[int]]] = []

    def spy(**records: list[int]) -> dict[TargetKey, AnalysisTarget]:
        looked_at.append(records)
        return get_targets(**records)

    monkeypatch.setattr("registry.services.staleness.staleness.get_targets", spy)
    measurement = cell.measurements.earliest("pk")
    run_analysis(measurement=measurement, analysis=plugin_loading.current().analyses["double"], by=None)
    assert looked_at == [{"measurements": [measurement.pk]}]


def test_cell_parameter_makes_the_chain_stale(cell: Cell) -> None:
    run_due()
    set_parameters(cell, {"double": {"factor": 3}}, by=None)
    assert list_stale() == ["double", "quadruple", "sum"]
    run_due()
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 6 * 600


def test_cell_level_run_follows_the_number_of_measurements(cell: Cell) -> None:
    run_due()
    third = factories.make_measurement(cell, technique="eis")
    assert list_stale() == ["sum"]
    run_due()
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).note == "3 spectra"
    for item in (third, cell.measurements.order_by("pk")[0]):
        delete_record(item, by=None)
    assert list_latest("sum") == []
    assert not Value.objects.filter(quantity="fourfold_sum_um", is_latest=True).exists()


def test_cell_level_analysis_needs_enough_measurements(project: Project) -> None:
    factories.make_measurement(factories.make_pellet(project), technique="eis")
    assert run_due() == ["double", "quadruple"]


def test_worker_does_not_claim_a_run_before_its_upstream_runs(cell: Cell) -> None:
    queue_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    claimed = [claim_run(), claim_run()]
    assert [run.analysis for run in claimed if run] == ["double", "double"]
    assert claim_run() is None


def test_background_runs_follow_dependency_order(cell: Cell) -> None:
    queue_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    assert do_due_runs() == 5
    assert [run.status for name in ("double", "quadruple", "sum") for run in list_latest(name)] == ["done"] * 5


def test_background_result_queues_stale_downstream_runs(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    queue_jobs(list_due_jobs(Measurement.objects.all(), names=["double"]), by=None)
    do_due_runs()
    assert list_stale() == []
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 4 * 700


def test_cell_level_analysis_can_be_run_separately(cell: Cell) -> None:
    run_due()
    analysis = plugin_loading.current().analyses["sum"]
    run = run_analysis(cell=cell, analysis=analysis, by=None)
    assert (run.status, run.measurement, run.is_latest) == ("done", None, True)
    assert len(list_latest("sum")) == 1
