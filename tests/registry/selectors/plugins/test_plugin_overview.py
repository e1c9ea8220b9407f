"""The plugin overview: what each plugin adds, run counts, and orphaned analyses and quantities."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.plugins.plugin_overview import AnalysisInfo, PluginOverview, get_plugin_overview
from registry.services.runs.queue import queue_run
from tests import factories
from tests.registry.web.conftest import fill

ELECTRONIC = "electronic-conductivity"


@pytest.fixture
def cell(public_project: Project) -> Cell:
    return fill(public_project)


@contextmanager
def disabled(*names: str) -> Iterator[None]:
    """These built-in plugins are disabled by the setting."""
    with override_settings(REGISTRY_DISABLED_PLUGINS=[f"plugins.{name}" for name in names]):
        plugin_loading.load()
        yield
    plugin_loading.load()


def get_overview(user: User | AnonymousUser | None = None) -> PluginOverview:
    return get_plugin_overview(user or AnonymousUser())


def get_analysis(name: str, overview: PluginOverview | None = None) -> AnalysisInfo:
    return next(item for item in (overview or get_overview()).analyses if item.analysis.name == name)


def test_each_plugin_lists_everything_it_adds(db: None) -> None:
    by_name = {plugin.plugin.name: plugin for plugin in get_overview().plugins}
    ionic = by_name["plugins.ionic_conductivity"]
    assert "bulk_resistance_ohm" in [quantity.slug for quantity in ionic.quantities]
    assert [analysis.analysis.name for analysis in ionic.analyses] == ["ionic-conductivity"]
    assert "low-pressure-cells" in [table.slug for table in by_name["plugins.paper_tables"].tables]
    assert [reader.name for reader in by_name["plugins.readers.maccor"].readers] == ["maccor"]
    assert [table_format.name for table_format in by_name["plugins.table_formats.markdown"].table_formats] == ["md"]


def test_the_summary_counts_plugins_and_what_they_add(db: None) -> None:
    count = len(plugin_loading.current().loaded)
    assert get_overview().summary.startswith(f"{count} plugins, all loaded: ")
    assert ", 4 tables, " in get_overview().summary


def test_the_summary_counts_disabled_plugins(db: None) -> None:
    with disabled("electronic_conductivity", "paper_tables"):
        assert ", 2 disabled: " in get_overview().summary


def test_an_analysis_lists_its_dependencies_and_dependents(db: None) -> None:
    dependencies = dict(get_analysis("activation-energy").dependencies)
    assert "ionic-conductivity" in dependencies["ionic_conductivity_s_cm"]
    assert "activation-energy" in get_analysis("ionic-conductivity").dependents


def test_runs_are_counted_by_status(cell: Cell) -> None:
    assert get_analysis(ELECTRONIC).runs.counts == {"done": 1}
    steps = cell.measurements.get(technique="chronoamperometry")
    queue_run(measurement=steps, analysis=plugin_loading.current().analyses[ELECTRONIC], by=None)
    assert get_analysis(ELECTRONIC).runs.counts == {"done": 1, "queued": 1}


def test_reasons_are_counted_together_regardless_of_layer_names(cell: Cell) -> None:
    runs = AnalysisRun.objects.filter(analysis="capacity-retention")
    for number, name in enumerate(("LPSCl", "LPSBr", "LPSCl"), start=1):
        measurement = factories.make_measurement(cell, technique="cycling", label=str(number))
        run = runs.get(is_latest=True, measurement__label="cycling")
        run.pk, run.measurement, run.status = None, measurement, "refused"
        text = f"needs the area: layer 1 (cathode, {name}) has none"
        run.messages = [{"code": "missing-area", "text": text, "level": "warning", "parameters": {}}]
        run.save()
    runs = get_analysis("capacity-retention").runs
    assert [(code, count) for code, _, count in runs.reasons_for("refused")] == [("missing-area", 3)]
    assert runs.reasons_for("failed") == []


def test_runs_of_another_version_are_outdated(cell: Cell) -> None:
    assert get_overview().outdated == 0
    AnalysisRun.objects.filter(analysis=ELECTRONIC).update(version="0.9")
    assert get_analysis(ELECTRONIC).outdated == {"0.9": 1}
    assert get_overview().outdated == 1


def test_an_orphaned_analysis_is_listed_with_its_runs_and_values(cell: Cell) -> None:
    with disabled("electronic_conductivity"):
        (orphan,) = get_overview().orphaned_analyses
    assert (orphan.name, orphan.reason) == (ELECTRONIC, "plugins.electronic_conductivity is disabled")
    assert (orphan.runs, orphan.values) == (1, Value.objects.filter(run__analysis=ELECTRONIC).count())
    assert get_overview().orphaned_analyses == ()


@pytest.mark.parametrize(
    ("plugin", "why"),
    [
        ("lab_tortuosity", "lab_tortuosity "),
        ("", "its plugin "),
        ("plugins.paper_tables", "plugins.paper_tables "),
    ],
)
def test_the_reason_for_an_orphaned_analysis_is_given(cell: Cell, plugin: str, why: str) -> None:
    AnalysisRun.objects.filter(analysis=ELECTRONIC).update(analysis="tortuosity", plugin=plugin)
    (orphan,) = get_overview().orphaned_analyses
    assert (orphan.name, orphan.runs, orphan.values) == ("tortuosity", 1, 1)
    assert orphan.reason.startswith(why)


def test_an_orphaned_quantity_is_listed_with_its_values(cell: Cell) -> None:
    Value.objects.filter(quantity="resistance_ohm").update(quantity="tortuosity_of_pores")
    (orphan,) = get_overview().orphaned_quantities
    assert (orphan.name, orphan.values) == ("tortuosity_of_pores", 1)
    assert orphan.reason


def test_only_visible_runs_and_values_are_counted(cell: Cell, project: Project, owner: User) -> None:
    hidden = fill(project, "Secret pellet")
    assert get_analysis(ELECTRONIC).runs.counts == {"done": 1}
    assert get_analysis(ELECTRONIC, get_overview(owner)).runs.counts == {"done": 2}
    AnalysisRun.objects.filter(cell=hidden, analysis=ELECTRONIC).update(analysis="secret", version="0")
    Value.objects.filter(cell=hidden, quantity="resistance_ohm").update(quantity="secret_ohm")
    assert (get_overview().orphaned_analyses, get_overview().orphaned_quantities) == ((), ())
    overview = get_overview(owner)
    orphans = [*overview.orphaned_analyses, *overview.orphaned_quantities]
    assert [orphan.name for orphan in orphans] == ["secret", "secret_ohm"]


def test_takes_a_constant_number_of_queries(cell: Cell) -> None:
    for name in ("first", "second"):
        fill(cell.project, name)
    assert Measurement.objects.count() == 6
    with CaptureQueriesContext(connection) as captured:
        get_overview()
    assert len(captured) == 6


def test_takes_no_queries_without_a_user() -> None:
    assert get_plugin_overview(None).orphaned_analyses == ()
    assert len(get_plugin_overview(None).plugins) == len(plugin_loading.current().loaded)
