"""Analyses that take each other's results, and analyses of whole cells: order, staleness, the background."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.parameters import set_parameters
from registry.services.record import delete_record, save_record
from registry.services.runs.analysis import run_analysis, run_jobs
from registry.services.runs.queue import claim_run, do_due_runs, queue_jobs
from tests import factories

CHAINED = Path(__file__).parents[3] / "data" / "chained" / "chained.py"


@pytest.fixture(autouse=True)
def _chained(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    directory = tmp_path / "plugins"
    directory.mkdir()
    shutil.copy(CHAINED, directory)
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory)
    plugin_loading.load()
    yield
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()


@pytest.fixture
def cell(project: Project) -> Cell:
    """A pellet of 600 µm with two spectra."""
    cell = factories.make_pellet(project)
    for pressure in ("10 MPa", "20 MPa"):
        factories.make_measurement(cell, technique="eis", stack_pressure=pressure)
    return cell


def run_due() -> list[str]:
    return [run.analysis for run in run_jobs(list_due_jobs(Measurement.objects.all()), by=None)]


def latest(analysis: str) -> list[AnalysisRun]:
    return list(AnalysisRun.objects.filter(analysis=analysis, is_latest=True).order_by("pk"))


def stale() -> list[str]:
    marked = AnalysisRun.objects.filter(is_latest=True, stale_since__isnull=False)
    return sorted(set(marked.values_list("analysis", flat=True)))


def set_thickness(cell: Cell, text: str) -> None:
    layer = cell.layers.get()
    layer.thickness = text
    save_record(layer, by=None)


def test_each_runs_after_those_whose_results_it_takes(cell: Cell) -> None:
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert [run.status for name in ("double", "quadruple", "sum") for run in latest(name)] == ["done"] * 5
    assert Value.objects.get(quantity="fourfold_sum_um").magnitude == 2 * 4 * 600


def test_a_run_keeps_the_results_it_took_as_inputs(cell: Cell) -> None:
    run_due()
    run = latest("quadruple")[0]
    assert run.inputs == {"computed.twofold_um": [1200.0, 1199.0, 1201.0, 0.0, False]}


def test_a_run_of_a_whole_cell_names_its_measurements_and_belongs_to_none(cell: Cell) -> None:
    run_due()
    (run,) = latest("sum")
    names = [measurement.refcode for measurement in cell.measurements.order_by("pk")]
    assert run.measurement is None
    assert run.of == cell
    assert run.inputs["measurements.eis"] == ", ".join(names)
    assert f"measurements.{names[0]}.computed.fourfold_um" in run.inputs
    assert run.values.get().measurement is None


def test_staleness_flows_down_the_chain_and_no_further_than_it_goes(cell: Cell, project: Project) -> None:
    other = factories.make_pellet(project)
    factories.make_measurement(other, technique="eis")
    run_due()
    set_thickness(cell, "700 µm")
    assert stale() == ["double", "quadruple", "sum"]
    assert not AnalysisRun.objects.filter(cell=other, stale_since__isnull=False).exists()
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert stale() == []
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 4 * 700


def test_restoring_the_input_takes_the_mark_off_the_whole_chain(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    set_thickness(cell, "600 µm")
    assert stale() == []


def test_a_result_that_stays_the_same_leaves_those_that_took_it_alone(cell: Cell) -> None:
    run_due()
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["double"], everything=True), by=None)
    assert stale() == []
    assert run_due() == []


def test_a_refusal_upstream_makes_the_rest_refuse_and_a_mend_mends_all(cell: Cell) -> None:
    set_thickness(cell, "")
    run_due()
    assert [run.status for run in latest("quadruple")] == ["refused"] * 2
    set_thickness(cell, "600 µm")
    assert run_due() == ["double", "double", "quadruple", "quadruple", "sum"]
    assert [run.status for run in latest("sum")] == ["done"]


def test_one_analysis_asked_for_by_name_marks_what_rests_on_it(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["double"]), by=None, with_downstream=False)
    assert stale() == ["quadruple", "sum"]


def test_a_parameter_of_the_cell_makes_the_chain_stale(cell: Cell) -> None:
    run_due()
    set_parameters(cell, {"double": {"factor": 3}}, by=None)
    assert stale() == ["double", "quadruple", "sum"]
    run_due()
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 6 * 600


def test_another_measurement_makes_the_analysis_of_the_cell_stale_and_too_few_take_it_out_of_use(cell: Cell) -> None:
    run_due()
    third = factories.make_measurement(cell, technique="eis")
    assert stale() == ["sum"]
    run_due()
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).note == "3 spectra"
    for item in (third, cell.measurements.order_by("pk")[0]):
        delete_record(item, by=None)
    assert latest("sum") == []
    assert not Value.objects.filter(quantity="fourfold_sum_um", is_latest=True).exists()


def test_a_cell_with_too_few_measurements_is_offered_none(project: Project) -> None:
    factories.make_measurement(factories.make_pellet(project), technique="eis")
    assert run_due() == ["double", "quadruple"]


def test_a_worker_waits_with_what_rests_on_others(cell: Cell) -> None:
    queue_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    taken = [claim_run(), claim_run()]
    assert [run.analysis for run in taken if run] == ["double", "double"]
    assert claim_run() is None


def test_the_background_runs_the_chain_in_order(cell: Cell) -> None:
    queue_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    assert do_due_runs() == 5
    assert [run.status for name in ("double", "quadruple", "sum") for run in latest(name)] == ["done"] * 5


def test_a_result_in_the_background_queues_what_it_makes_stale(cell: Cell) -> None:
    run_due()
    set_thickness(cell, "700 µm")
    queue_jobs(list_due_jobs(Measurement.objects.all(), names=["double"]), by=None)
    do_due_runs()
    assert stale() == []
    assert Value.objects.get(quantity="fourfold_sum_um", is_latest=True).magnitude == 2 * 4 * 700


def test_a_whole_cell_can_be_asked_for_alone(cell: Cell) -> None:
    run_due()
    analysis = plugin_loading.current().analyses["sum"]
    run = run_analysis(cell=cell, analysis=analysis, by=None)
    assert (run.status, run.measurement, run.is_latest) == ("done", None, True)
    assert len(latest("sum")) == 1
