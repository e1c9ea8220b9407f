"""`manage.py analyze`: runs what is due, reports the results, fails if a run failed."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registry.models import AnalysisRun, Cell, GroupRun, Layer, Project, RunStatus
from registry.services.record import save_record
from registry.services.runs.queue import do_due_runs, queue_cells
from tests import factories

ELECTRONIC = "electronic-conductivity"


def analyze(*arguments: str, **options: Any) -> str:
    output = StringIO()
    call_command("analyze", *arguments, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def pellet(project: Project) -> Cell:
    """A pellet with a reported resistance and complete geometry."""
    cell = factories.make_pellet(project, area="1 cm² (exact)")
    factories.report(factories.make_measurement(cell, technique="chronoamperometry"), "resistance_ohm", "100 Ω")
    return cell


@pytest.fixture
def incomplete_pellet(project: Project) -> Cell:
    """A pellet without a thickness."""
    cell = factories.make_pellet(project, area="1 cm² (exact)", thickness="")
    factories.report(factories.make_measurement(cell, technique="chronoamperometry"), "resistance_ohm", "100 Ω")
    return cell


def test_counts_done_and_refused_with_the_reason(pellet: Cell, incomplete_pellet: Cell) -> None:
    output = analyze()
    assert f"{ELECTRONIC}: 1 done, 1 not computed" in output
    assert "1 not computed (missing-thickness): " in output


def test_a_second_call_runs_nothing(pellet: Cell) -> None:
    analyze()
    assert "Nothing to run" in analyze()
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1


def test_empties_the_queue(pellet: Cell) -> None:
    queued = queue_cells([pellet], by=None)
    analyze()
    assert set(AnalysisRun.objects.filter(pk__in=[run.pk for run in queued]).values_list("status", flat=True)) <= {
        RunStatus.DONE,
        RunStatus.REFUSED,
    }
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1
    assert do_due_runs() == 0


def test_a_changed_layer_reruns_only_its_cell(pellet: Cell, incomplete_pellet: Cell) -> None:
    analyze()
    layer = Layer.objects.get(cell=pellet)
    layer.thickness = "500 µm"
    save_record(layer, by=None)
    assert "Running 1 analysis on 1 measurement." in analyze("--stale", "--analysis", ELECTRONIC)
    newest = AnalysisRun.objects.latest("pk")
    assert newest.cell == pellet


def test_stale_excludes_analyses_that_never_ran(pellet: Cell) -> None:
    assert "Nothing to run" in analyze("--stale")


def test_all_runs_everything_again(pellet: Cell) -> None:
    analyze()
    analyze("--all")
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, is_latest=False).count() == 1


def test_cell_limits_runs_to_one_cell(pellet: Cell, incomplete_pellet: Cell) -> None:
    analyze("--cell", incomplete_pellet.refcode.lower())
    assert {run.cell for run in AnalysisRun.objects.all()} == {incomplete_pellet}


def test_a_changed_parameter_is_a_new_run(pellet: Cell) -> None:
    analyze()
    set_to_50 = ("--cell", pellet.refcode, "--analysis", ELECTRONIC, "--parameter", "last_points=50")
    assert "1 done" in analyze(*set_to_50)
    assert "Nothing to run" in analyze(*set_to_50)
    assert AnalysisRun.objects.get(analysis=ELECTRONIC, is_latest=True).parameters["last_points"] == 50


def test_a_project_parameter_applies_to_all_its_cells(pellet: Cell, incomplete_pellet: Cell) -> None:
    analyze()
    output = analyze("--project", pellet.project.slug, "--analysis", ELECTRONIC, "--parameter", "last_points=50")
    assert "Running 2 analyses on 2 measurements." in output
    assert "Nothing to run" in analyze()
    pellet.project.refresh_from_db()
    assert pellet.project.parameters == {ELECTRONIC: {"last_points": 50}}


def test_a_dry_run_previews_changes_and_saves_nothing(pellet: Cell) -> None:
    analyze()
    layer = Layer.objects.get(cell=pellet)
    layer.thickness = "500 µm"
    save_record(layer, by=None)
    output = analyze("--dry-run", "--analysis", ELECTRONIC)
    assert "1 analysis on 1 measurement" in output
    assert "1 stale" in output
    (line,) = [line for line in output.splitlines() if "Electronic conductivity / S cm⁻¹" in line]
    assert "−17 %" in line
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--analysis", "electronic-conductivty"], "‘electronic-conductivity’?"),
        (["--cell", "C-99999"], "Unknown cell ‘C-99999’."),
        (["--parameter", "last_points=50"], "add --analysis"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=50"], "add --cell REF or --project SLUG"),
        (["--project", "nowhere"], "Unknown project ‘nowhere’."),
        (["--analysis", ELECTRONIC, "--parameter", "last_point=50"], "‘last_points’?"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points"], "write --parameter last_points=VALUE"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=1"], "from 2 to"),
        (["--analysis", ELECTRONIC, "--parameter", "last_points=many"], "last_points must "),
    ],
)
def test_an_invalid_argument_is_named_with_a_suggestion(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as error:
        analyze(*arguments)
    assert message in str(error.value)


def test_groups_are_analysed_after_their_cells(project: Project, pellet: Cell) -> None:
    other = factories.make_pellet(project, area="1 cm² (exact)")
    factories.report(factories.make_measurement(other, technique="chronoamperometry"), "resistance_ohm", "110 Ω")
    group = factories.make_group(project, pellet, other)
    assert "replicate-statistics: 1 done" in analyze()
    run = GroupRun.objects.get(analysis="replicate-statistics")
    assert "electronic_conductivity_s_cm" in {value.quantity for value in run.values.all()}
    assert "Nothing to run" in analyze("--cell", pellet.refcode)
    factories.report(other.measurements.get(), "resistance_ohm", "120 Ω")
    assert "replicate-statistics: 1 done" in analyze("--project", group.project.slug)


def test_a_dry_run_stores_nothing_of_groups(project: Project, pellet: Cell) -> None:
    factories.make_group(project, pellet, factories.make_pellet(project))
    assert "Would run 1 analysis on 1 group of cells" in analyze("--dry-run")
    assert not GroupRun.objects.exists()
