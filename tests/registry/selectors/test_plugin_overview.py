"""What is told of each plugin: what it adds, how its analyses fared, and what is left of those that are gone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.plugin_overview import AnalysisInfo, PluginOverview, get_plugin_overview
from registry.selectors.refusal_reasons import refusal_reason
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


def seen(user: User | AnonymousUser | None = None) -> PluginOverview:
    return get_plugin_overview(user or AnonymousUser())


def offered(name: str, found: PluginOverview | None = None) -> AnalysisInfo:
    return next(item for item in (found or seen()).offered if item.analysis.name == name)


def test_each_plugin_has_all_it_adds(db: None) -> None:
    by_name = {plugin.plugin.name: plugin for plugin in seen().plugins}
    ionic = by_name["plugins.ionic_conductivity"]
    assert "bulk_resistance_ohm" in [quantity.slug for quantity in ionic.quantities]
    assert [analysis.analysis.name for analysis in ionic.analyses] == ["ionic-conductivity"]
    assert "low-pressure-cells" in [table.slug for table in by_name["plugins.paper_tables"].tables]
    assert [reader.name for reader in by_name["plugins.readers.maccor"].readers] == ["maccor"]
    assert [table_format.name for table_format in by_name["plugins.table_formats.markdown"].table_formats] == ["md"]


def test_the_summary_says_how_many_in_which_state(db: None) -> None:
    count = len(plugin_loading.current().loaded)
    assert seen().summary.startswith(f"{count} plugins, all loaded. Together they add ")
    assert ", 4 tables, " in seen().summary


def test_the_summary_counts_the_disabled(db: None) -> None:
    with disabled("electronic_conductivity", "paper_tables"):
        assert ", 2 disabled. " in seen().summary


def test_an_analysis_says_whose_results_it_takes_and_who_takes_its(db: None) -> None:
    takes = dict(offered("activation-energy").takes)
    assert "ionic-conductivity" in takes["ionic_conductivity_s_cm"]
    assert "activation-energy" in offered("ionic-conductivity").taken_by


def test_runs_are_counted_by_how_they_ended(cell: Cell) -> None:
    assert offered(ELECTRONIC).fared.counts == {"done": 1}
    steps = cell.measurements.get(technique="chronoamperometry")
    queue_run(measurement=steps, analysis=plugin_loading.current().analyses[ELECTRONIC], by=None)
    assert offered(ELECTRONIC).fared.counts == {"done": 1, "queued": 1}


def test_the_same_reason_is_counted_once_whatever_the_layers_are_called(cell: Cell) -> None:
    runs = AnalysisRun.objects.filter(analysis="capacity-retention")
    for number, name in enumerate(("LPSCl", "LPSBr", "LPSCl"), start=1):
        measurement = factories.make_measurement(cell, technique="cycling", label=str(number))
        run = runs.get(is_latest=True, measurement__label="cycling")
        run.pk, run.measurement, run.status = None, measurement, "refused"
        run.messages = [{"text": f"needs the area: layer 1 (cathode, {name}) has none", "level": "warning"}]
        run.save()
    fared = offered("capacity-retention").fared
    assert fared.because("refused") == [("needs the area: layer 1 has none", 3)]
    assert fared.because("failed") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("needs the area: layer 1 (cathode, LPSCl) has none", "needs the area: layer 1 has none"),
        ("ZeroDivisionError: division by zero (area.py:12)", "ZeroDivisionError: division by zero (area.py:12)"),
        ("again " * 50, "again " * 24 + "…"),
    ],
)
def test_a_reason_is_short_and_keeps_the_line_of_an_error(text: str, reason: str) -> None:
    assert refusal_reason(text) == reason


def test_runs_of_another_version_are_outdated(cell: Cell) -> None:
    assert seen().outdated == 0
    AnalysisRun.objects.filter(analysis=ELECTRONIC).update(version="0.9")
    assert offered(ELECTRONIC).outdated == {"0.9": 1}
    assert seen().outdated == 1


def test_an_analysis_whose_plugin_is_gone_is_told_with_what_it_left(cell: Cell) -> None:
    with disabled("electronic_conductivity"):
        (gone,) = seen().gone_analyses
    assert (gone.name, gone.why) == (ELECTRONIC, "plugins.electronic_conductivity is disabled")
    assert (gone.runs, gone.values) == (1, Value.objects.filter(run__analysis=ELECTRONIC).count())
    assert seen().gone_analyses == ()


@pytest.mark.parametrize(
    ("plugin", "why"),
    [
        ("lab_tortuosity", "lab_tortuosity is not installed any more"),
        ("", "its plugin is not installed any more"),
        ("plugins.paper_tables", "plugins.paper_tables does not offer it any more"),
    ],
)
def test_what_became_of_the_plugin_is_told(cell: Cell, plugin: str, why: str) -> None:
    AnalysisRun.objects.filter(analysis=ELECTRONIC).update(analysis="tortuosity", plugin=plugin)
    (gone,) = seen().gone_analyses
    assert (gone.name, gone.why, gone.runs, gone.values) == ("tortuosity", why, 1, 1)


def test_a_quantity_no_plugin_registers_is_told_with_its_values(cell: Cell) -> None:
    Value.objects.filter(quantity="resistance_ohm").update(quantity="tortuosity_of_pores")
    (gone,) = seen().gone_quantities
    assert (gone.name, gone.why, gone.values) == ("tortuosity_of_pores", "no plugin registers it any more", 1)


def test_nothing_is_counted_that_the_user_may_not_see(cell: Cell, project: Project, owner: User) -> None:
    hidden = fill(project, "Secret pellet")
    assert offered(ELECTRONIC).fared.counts == {"done": 1}
    assert offered(ELECTRONIC, seen(owner)).fared.counts == {"done": 2}
    AnalysisRun.objects.filter(cell=hidden, analysis=ELECTRONIC).update(analysis="secret", version="0")
    Value.objects.filter(cell=hidden, quantity="resistance_ohm").update(quantity="secret_ohm")
    assert (seen().gone_analyses, seen().gone_quantities) == ((), ())
    assert [gone_analysis.name for gone_analysis in (*seen(owner).gone_analyses, *seen(owner).gone_quantities)] == [
        "secret",
        "secret_ohm",
    ]


def test_it_takes_four_queries_whatever_there_is(cell: Cell) -> None:
    for name in ("one", "two"):
        fill(cell.project, name)
    assert Measurement.objects.count() == 6
    with CaptureQueriesContext(connection) as captured:
        seen()
    assert len(captured) == 4


def test_without_a_user_no_database_is_needed() -> None:
    assert get_plugin_overview(None).gone_analyses == ()
    assert len(get_plugin_overview(None).plugins) == len(plugin_loading.current().loaded)
