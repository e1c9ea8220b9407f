"""Analyses that read only a cell and its layers run before anything is measured."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Layer, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.cell import save_cell
from registry.services.record import delete_record
from registry.services.runs.queue import do_due_runs
from tests import factories

NAME = "cell-design"


def separator(project: Project, **numbers: str) -> Layer:
    """A separator of 1.57 g/cm³, of Li6PS5Cl of 1.86 g/cm³: 84 % dense."""
    material = factories.make_material(project, kind="solid_electrolyte", density="1.86 g/cm³")
    fields = {"mass_loading": "15.7 mg/cm²", "thickness": "100 µm", "area": "0.785 cm²"} | numbers
    return Layer(position=1, role="separator", material=material, **fields)


def relative_density(cell: Cell) -> float:
    (value,) = Value.objects.filter(cell=cell, quantity="relative_density_percent", is_latest=True)
    return float(value.magnitude)


def test_saving_a_cell_computes_its_design(public_project: Project, client: Client) -> None:
    by = factories.make_member(public_project)
    cell = save_cell(Cell(project=public_project, label="A", format="die"), [separator(public_project)], by=by)
    do_due_runs()
    assert relative_density(cell) == pytest.approx(84.4, abs=0.1)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "84.4" in page


def test_a_changed_layer_makes_it_due_again(project: Project, owner: User) -> None:
    cell = save_cell(Cell(project=project, label="A", format="die"), [separator(project)], by=owner)
    do_due_runs()
    (layer,) = cell.layers.all()
    layer.thickness = "200 µm"
    save_cell(cell, [layer], by=owner)
    do_due_runs()
    assert relative_density(cell) == pytest.approx(42.2, abs=0.1)


def test_the_command_runs_it(project: Project) -> None:
    cell = factories.make_cell(project, [separator(project)])
    call_command("analyze", "--cell", cell.refcode, stdout=io.StringIO())
    assert relative_density(cell) == pytest.approx(84.4, abs=0.1)
    assert list_due_jobs(Measurement.objects.none(), Cell.objects.all()) == []


def test_it_stays_current_when_a_measurement_comes_and_goes(project: Project) -> None:
    cell = factories.make_cell(project, [separator(project)])
    call_command("analyze", stdout=io.StringIO())
    measurement = factories.make_measurement(cell, technique="eis")
    assert AnalysisRun.objects.get(analysis=NAME, is_latest=True).stale_since is None
    delete_record(measurement, by=None)
    assert AnalysisRun.objects.get(analysis=NAME, is_latest=True).stale_since is None


def test_analyses_of_measurements_are_not_offered_there(project: Project) -> None:
    factories.make_cell(project, [separator(project)])
    jobs = list_due_jobs(Measurement.objects.none(), Cell.objects.all())
    analyses = plugin_loading.current().analyses
    assert [job.analysis.name for job in jobs] == [NAME]
    assert [item.name for item in analyses.values() if item.scope == "cell" and not item.min_measurements] == [NAME]
