"""`manage.py analyze`: runs what is due, says what came of it, fails if anything failed."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registry.models import AnalysisRun, Cell, Layer, Project, RunStatus
from registry.services.record import save_record
from registry.services.runs.queue import do_due_runs, queue_cells
from tests import factories

ELECTRONIC = "electronic-conductivity"


def analyze(*arguments: str, **options: Any) -> str:
    said = StringIO()
    call_command("analyze", *arguments, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def pellet(project: Project) -> Cell:
    """A pellet with a reported resistance and all its geometry."""
    cell = factories.make_pellet(project, area="1 cm² (exact)")
    factories.report(factories.make_measurement(cell, technique="chronoamperometry"), "resistance_ohm", "100 Ω")
    return cell


@pytest.fixture
def lacking(project: Project) -> Cell:
    """A pellet without thickness."""
    cell = factories.make_pellet(project, area="1 cm² (exact)", thickness="")
    factories.report(factories.make_measurement(cell, technique="chronoamperometry"), "resistance_ohm", "100 Ω")
    return cell


def test_counts_done_and_refused_with_the_reason(pellet: Cell, lacking: Cell) -> None:
    said = analyze()
    assert f"{ELECTRONIC}: 1 done, 1 refused" in said
    assert "1 refused: needs the pellet thickness: layer 1 has none" in said


def test_a_second_run_runs_nothing_and_says_so(pellet: Cell) -> None:
    analyze()
    assert "Nothing to run" in analyze()
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1


def test_runs_what_waits_in_the_queue_and_leaves_nothing_there(pellet: Cell) -> None:
    waiting = queue_cells([pellet], by=None)
    analyze()
    assert set(AnalysisRun.objects.filter(pk__in=[run.pk for run in waiting]).values_list("status", flat=True)) <= {
        RunStatus.DONE,
        RunStatus.REFUSED,
    }
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1
    assert do_due_runs() == 0


def test_a_changed_layer_runs_its_cell_again_and_no_other(pellet: Cell, lacking: Cell) -> None:
    analyze()
    layer = Layer.objects.get(cell=pellet)
    layer.thickness = "500 µm"
    save_record(layer, by=None)
    assert "Running 1 analysis on 1 measurement." in analyze("--stale")
    newest = AnalysisRun.objects.latest("pk")
    assert newest.cell == pellet


def test_stale_leaves_out_what_never_ran(pellet: Cell) -> None:
    assert "Nothing to run" in analyze("--stale")


def test_all_runs_everything_again(pellet: Cell) -> None:
    analyze()
    analyze("--all")
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, is_latest=False).count() == 1


def test_cell_limits_it_to_one(pellet: Cell, lacking: Cell) -> None:
    analyze("--cell", lacking.refcode.lower())
    assert {run.cell for run in AnalysisRun.objects.all()} == {lacking}


def test_another_value_of_a_parameter_is_a_new_run(pellet: Cell) -> None:
    analyze()
    set_to_50 = ("--cell", pellet.refcode, "--analysis", ELECTRONIC, "--parameter", "last_points=50")
    assert "1 done" in analyze(*set_to_50)
    assert "Nothing to run" in analyze(*set_to_50)
    assert AnalysisRun.objects.get(analysis=ELECTRONIC, is_latest=True).parameters["last_points"] == 50


def test_a_parameter_of_a_project_holds_for_all_its_cells(pellet: Cell, lacking: Cell) -> None:
    analyze()
    said = analyze("--project", pellet.project.slug, "--analysis", ELECTRONIC, "--parameter", "last_points=50")
    assert "Running 2 analyses on 2 measurements." in said
    assert "Nothing to run" in analyze()
    pellet.project.refresh_from_db()
    assert pellet.project.parameters == {ELECTRONIC: {"last_points": 50}}


def test_a_dry_run_tells_what_would_change_and_keeps_nothing(pellet: Cell) -> None:
    analyze()
    layer = Layer.objects.get(cell=pellet)
    layer.thickness = "500 µm"
    save_record(layer, by=None)
    said = analyze("--dry-run")
    assert "Would run 1 analysis on 1 measurement; nothing is kept." in said
    assert "1 stale" in said
    (line,) = [line for line in said.splitlines() if "Electronic conductivity / S cm⁻¹" in line]
    assert "−17 %" in line
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--analysis", "electronic-conductivty"], "Did you mean ‘electronic-conductivity’?"),
        (["--cell", "C-99999"], "There is no cell ‘C-99999’."),
        (["--parameter", "last_points=50"], "name it with --analysis"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=50"], "say which with --cell REF or --project SLUG"),
        (["--project", "nowhere"], "There is no project ‘nowhere’."),
        (["--analysis", ELECTRONIC, "--parameter", "last_point=50"], "Did you mean ‘last_points’?"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points"], "write --parameter last_points=VALUE"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=1"], "last_points must be from 2 to"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=many"], "last_points must be a whole number"),
    ],
)
def test_a_wrong_argument_is_named_with_the_nearest(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError) as refused:
        analyze(*arguments)
    assert said in str(refused.value)
