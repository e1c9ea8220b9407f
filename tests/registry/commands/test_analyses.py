"""`manage.py analyses` and `compare_versions`; results after an update of a plugin."""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import CommandError, call_command
from django.test import Client

from registry import plugin_loading
from registry.management.command_line import command_line_user
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.plugins.plugin_overview import get_plugin_overview
from registry.selectors.staleness.outdated import get_outdated_by
from registry.services.staleness.staleness import mark_stale
from registry.web.cell_page.cell_sections import get_cell_sections
from tests import factories
from tests.plugin_directory import directory_of

CHAINED = Path(__file__).parent.parent.parent / "data" / "chained" / "chained.py"


@pytest.fixture
def install(settings: LazySettings) -> Iterator[Callable[[str, str], None]]:
    """Install a version of the analysis `double` with this formula."""
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS = ""

    def _install(version: str, formula: str) -> None:
        code = re.sub(r'(name="double",\s+version=)"1"', rf'\1"{version}"', CHAINED.read_text())
        code = code.replace("lambda t: factor * t", f"lambda t: {formula}")
        settings.REGISTRY_PLUGINS_DIR = str(directory_of({"chained.py": code}))
        plugin_loading.load()

    yield _install
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()


@pytest.fixture
def cell(project: Project, install: Callable[[str, str], None]) -> Cell:
    """A pellet of 600 µm (599.5 to 600.5), analysed by version 1."""
    install("1", "factor * t")
    cell = factories.make_pellet(project)
    factories.make_measurement(cell, technique="eis")
    call("analyze")
    return cell


def call(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_lists_analyses_with_version_and_dependencies(cell: Cell) -> None:
    output = call("analyses")
    assert "double@1: Double, per measurement\n" in output
    (line,) = [line for line in output.splitlines() if line.startswith("sum@1: Sum, per cell")]
    assert line.endswith(" double, quadruple")


def test_a_new_version_makes_results_outdated_and_previews_the_change(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    install("2", "factor * t + 1")
    output = call("analyze", "--outdated", "--dry-run")
    assert "1 analysis on 1 measurement" in output
    assert "1 outdated" in output
    # 1200 to 1201 with the rounding 1199 to 1201, a standard uncertainty of 0.577.
    assert "+1.7 u, +0.083 %" in output
    assert Value.objects.get(quantity="twofold_um", is_latest=True).magnitude == 1200


def test_the_cell_page_marks_values_of_an_older_version(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "factor * t + 1")
    (section,) = get_cell_sections(cell, AnonymousUser()).measurements
    marks = {row.heading: bool(row.outdated) for row in section.rows}
    assert marks == {
        "Twofold thickness /\N{NO-BREAK SPACE}µm": True,
        "Fourfold thickness /\N{NO-BREAK SPACE}µm": False,
    }


def test_a_new_formula_without_a_new_version_makes_results_outdated(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    (run,) = AnalysisRun.objects.filter(analysis="double")
    install("1", "factor * t + 1")
    assert get_outdated_by("double", "1", run.source_hash) == "source changed"
    assert [(job.analysis.name, job.reason) for job in list_due_jobs(Measurement.objects.all())] == [
        ("double", "source changed")
    ]
    (section,) = get_cell_sections(cell, AnonymousUser()).measurements
    assert [bool(row.outdated) for row in section.rows] == [True, False]
    assert [info.source_changed for info in get_plugin_overview(command_line_user()).analyses] == [0, 0, 1]
    call("analyze", "--outdated")
    assert Value.objects.get(quantity="twofold_um", is_latest=True).magnitude == 1201
    assert list_due_jobs(Measurement.objects.all()) == []


def test_the_api_says_that_the_source_changed(
    cell: Cell, install: Callable[[str, str], None], client: Client, owner: User
) -> None:
    client.force_login(owner)
    url = f"/api/runs/{AnalysisRun.objects.get(analysis='double').pk}/"
    assert client.get(url).json()["outdated"] is None
    install("1", "factor * t + 1")
    assert client.get(url).json()["outdated"] == "source changed"
    assert "source" in client.get(f"/runs/{AnalysisRun.objects.get(analysis='double').pk}/").content.decode()
    install("2", "factor * t + 1")
    assert client.get(url).json()["outdated"] == "version"


def test_a_run_without_a_hash_is_not_outdated_by_its_source(cell: Cell, install: Callable[[str, str], None]) -> None:
    AnalysisRun.objects.update(source_hash="")
    install("1", "factor * t + 1")
    assert list_due_jobs(Measurement.objects.all()) == []


def test_a_changed_input_runs_an_outdated_analysis_again(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("1", "factor * t + 1")
    layer = cell.layers.get()
    layer.thickness = "700 µm"
    layer.save()
    mark_stale([cell])
    reasons = [job.reason for job in list_due_jobs(Measurement.objects.all(), reasons=("stale",))]
    assert reasons[0] == "stale"


def test_two_versions_can_be_compared_and_the_old_run_is_kept(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "factor * t + 1")
    call("analyze", "--outdated")
    output = call("compare_versions", "double@1", "double@2")
    assert output.startswith("double@1 → double@2, on 1 ")
    assert "Twofold thickness / µm" in output
    assert "+1.7 u, +0.083 %" in output
    old, new = AnalysisRun.objects.filter(analysis="double").order_by("pk")
    assert (old.is_latest, old.values.get().magnitude) == (False, 1200)
    assert call("compare_versions", str(old.pk), str(new.pk)).splitlines()[1:] == output.splitlines()[1:]


def test_dependent_results_are_updated_too(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "factor * t + 1")
    call("analyze", "--outdated")
    assert Value.objects.get(quantity="fourfold_um", is_latest=True).magnitude == 2 * 1201


def test_a_version_without_changes(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "t * factor")
    call("analyze", "--outdated")
    assert "No values change." in call("compare_versions", "double@1", "double@2")


def test_a_failing_version_removes_values_and_gives_the_reason(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "t / 0")
    call("analyze", "--outdated", "--analysis", "double")
    output = call("compare_versions", "double@1", "double@2")
    assert "removed: ZeroDivisionError" in output
    assert "1 value changes" in output
    assert "new: ZeroDivisionError" in call("compare_versions", "double@2", "double@1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("double", "double@1", "‘double’"),
        ("double@7", "double@1", "‘double@7’"),
        ("double@1", "quadruple@1", "double and quadruple"),
        ("9999", "double@1", "run 9999"),
    ],
)
def test_an_invalid_version_is_named_in_the_error(cell: Cell, old: str, new: str, message: str) -> None:
    with pytest.raises(CommandError) as error:
        call("compare_versions", old, new)
    assert message in str(error.value)
