"""`manage.py analyses`, and what a new version of a plugin makes of results that stand."""

import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Project, Value
from registry.web.cell_page.measurement_section import get_cell_sections
from tests import factories

CHAINED = Path(__file__).parent.parent.parent / "data" / "chained" / "chained.py"


@pytest.fixture
def install(settings: LazySettings, tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Install a version of the analysis `double`, whose sum is written in Python."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    shutil.copy(CHAINED, directory)
    builtin = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory)

    def _install(version: str, formula: str) -> None:
        code = CHAINED.read_text().replace('"double", "1"', f'"double", "{version}"')
        (directory / "chained.py").write_text(code.replace("lambda t: factor * t", f"lambda t: {formula}"))
        plugin_loading.load()

    yield _install
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = builtin, ""
    plugin_loading.load()


@pytest.fixture
def cell(project: Project, install: Callable[[str, str], None]) -> Cell:
    """A pellet of 600 µm, 599.5 to 600.5 as written, which version 1 has doubled."""
    install("1", "factor * t")
    cell = factories.make_pellet(project)
    factories.make_measurement(cell, technique="eis")
    call("analyze")
    return cell


def call(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def test_lists_each_with_its_version_and_what_it_waits_for(cell: Cell) -> None:
    said = call("analyses")
    assert "double@1: Double, per measurement\n" in said
    assert "sum@1: Sum, per cell, after double, quadruple\n" in said


def test_a_new_version_makes_results_outdated_and_says_what_would_change(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    install("2", "factor * t + 1")
    said = call("analyze", "--outdated", "--dry-run")
    assert "Would run 1 analysis on 1 measurement; nothing is kept." in said
    assert "1 outdated" in said
    # 1200 to 1201 with the rounding 1199 to 1201, which is 0.577 as a standard uncertainty.
    assert "+1.7 u, +0.083 %" in said
    assert Value.objects.get(quantity="twofold_um", is_latest=True).magnitude == 1200


def test_the_page_of_the_cell_marks_what_an_older_version_computed(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    install("2", "factor * t + 1")
    (section,) = get_cell_sections(cell, AnonymousUser()).measurements
    marks = {row.heading: row.newer_version for row in section.rows}
    assert marks == {"Twofold thickness /\N{NO-BREAK SPACE}µm": "2", "Fourfold thickness /\N{NO-BREAK SPACE}µm": ""}


def test_after_it_ran_the_two_versions_can_be_compared_and_the_old_run_stays(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    install("2", "factor * t + 1")
    call("analyze", "--outdated")
    said = call("compare_versions", "double@1", "double@2")
    assert "double@1 → double@2, on 1 measurement or cell:" in said
    assert "Twofold thickness / µm" in said
    assert "+1.7 u, +0.083 %" in said
    old, new = AnalysisRun.objects.filter(analysis="double").order_by("pk")
    assert (old.is_latest, old.values.get().magnitude) == (False, 1200)
    assert call("compare_versions", str(old.pk), str(new.pk)).splitlines()[1:] == said.splitlines()[1:]


def test_what_rests_on_an_outdated_result_follows_it(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "factor * t + 1")
    call("analyze", "--outdated")
    assert Value.objects.get(quantity="fourfold_um", is_latest=True).magnitude == 2 * 1201


def test_a_version_that_changes_nothing_says_so(cell: Cell, install: Callable[[str, str], None]) -> None:
    install("2", "t * factor")
    call("analyze", "--outdated")
    assert "No value moves." in call("compare_versions", "double@1", "double@2")


def test_a_version_that_gives_no_value_takes_those_of_the_older_away_and_says_why(
    cell: Cell, install: Callable[[str, str], None]
) -> None:
    install("2", "t / 0")
    call("analyze", "--outdated", "--analysis", "double")
    said = call("compare_versions", "double@1", "double@2")
    assert "gone: ZeroDivisionError" in said
    assert "1 value moves" in said
    assert "new: ZeroDivisionError" in call("compare_versions", "double@2", "double@1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("double", "double@1", "‘double’ names no version: write double@VERSION"),
        ("double@7", "double@1", "There is no run of a version ‘double@7’."),
        ("double@1", "quadruple@1", "double and quadruple are two analyses"),
        ("9999", "double@1", "There is no run 9999"),
    ],
)
def test_a_wrong_name_is_told(cell: Cell, old: str, new: str, told: str) -> None:
    with pytest.raises(CommandError) as refused:
        call("compare_versions", old, new)
    assert told in str(refused.value)
