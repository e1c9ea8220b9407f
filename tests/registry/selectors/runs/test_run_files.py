"""Raw files behind a run."""

import pytest
from django.contrib.auth.models import AnonymousUser

from registry.models import AnalysisRun, Cell, Project
from registry.selectors.runs.run_files import list_run_files
from tests.registry.web.conftest import fill


@pytest.fixture
def cell(public_project: Project) -> Cell:
    return fill(public_project)


def test_a_run_names_the_file_it_read(cell: Cell) -> None:
    files = list_run_files(AnalysisRun.objects.get(cell=cell, analysis="capacity-retention"), AnonymousUser())
    assert [dataset.filename for dataset in files.datasets] == ["cycles.csv"]
    assert files.were_read


def test_a_run_on_entered_numbers_has_no_file(cell: Cell) -> None:
    files = list_run_files(AnalysisRun.objects.get(cell=cell, analysis="electronic-conductivity"), AnonymousUser())
    assert (files.datasets, files.were_read) == ((), False)


def test_a_run_that_read_none_has_the_files_of_its_measurement(cell: Cell) -> None:
    run = AnalysisRun.objects.get(cell=cell, analysis="capacity-retention")
    run.inputs = {"computed.cycle_count": 50}
    files = list_run_files(run, AnonymousUser())
    assert (len(files.datasets), files.were_read) == (1, False)


def test_files_of_hidden_cells_are_not_named(project: Project) -> None:
    run = AnalysisRun.objects.get(cell=fill(project), analysis="capacity-retention")
    assert list_run_files(run, AnonymousUser()).datasets == ()
