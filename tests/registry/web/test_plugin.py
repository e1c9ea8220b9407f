"""The plugin page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import LazySettings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from registry import plugin_loading
from registry.models import AnalysisRun, Cell
from registry.plugin_loading import Plugin, Problem
from tests.registry.web.conftest import fill

WORDS = "ZeroDivisionError: division by zero (broken.py:1)"
BROKEN = Plugin(
    "broken",
    "/srv/lab/plugins/broken.py",
    problems=[
        Problem("broken", "import-failed", "cannot be imported", WORDS),
        Problem("broken", "no-hooks", "and more"),
    ],
)


@contextmanager
def also_loaded(plugin: Plugin) -> Iterator[None]:
    """Add a plugin to the loaded ones."""
    plugin_loading.current().loaded.append(plugin)
    try:
        yield
    finally:
        plugin_loading.current().loaded.remove(plugin)


def test_shows_every_analysis_with_version_parameters_and_runs(cell: Cell, client: Client) -> None:
    text = client.get("/plugins/runs/").content.decode()
    for analysis in plugin_loading.current().analyses.values():
        assert f"{analysis.name} {analysis.version}" in text
        for requirement in analysis.requirements:
            assert escape(requirement) in text
        for parameter in analysis.parameters:
            assert f'<code class="code">{parameter.name}</code>' in text
            assert parameter.label in text
    assert "1 done, 0 not computed, 0 failed" in text


def test_plugins_that_differ_from_those_loaded_are_named(
    db: None, client: Client, settings: LazySettings, tmp_path: Path
) -> None:
    def changed() -> list[str]:
        return client.get("/plugins/").context["changed_plugins"]  # type: ignore[no-any-return]

    try:
        (tmp_path / "one.py").write_text("")
        settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
        plugin_loading.load()
        assert changed() == []
        (tmp_path / "two.py").write_text("")
        assert changed() == ["two"]
        (tmp_path / "one.py").write_text("CONTRACT_VERSION = 2")
        assert changed() == ["one", "two"]
        assert "Restart the server" in client.get("/plugins/").content.decode()
        (tmp_path / "one.py").unlink()
        assert changed() == ["one", "two"]
    finally:
        settings.REGISTRY_PLUGINS_DIR = ""
        plugin_loading.load()
    assert changed() == []


def test_begins_with_a_summary_and_then_the_problems(db: None, client: Client) -> None:
    with also_loaded(BROKEN):
        text = client.get("/plugins/").content.decode()
    summary, problems = text.index('<p class="lead">'), text.index("2 problems")
    assert summary < problems < text.index(WORDS) < text.index("Analyses</h2>")
    assert "/srv/lab" not in text


def test_has_one_article_per_plugin(db: None, client: Client) -> None:
    with also_loaded(BROKEN):
        text = client.get("/plugins/").content.decode()
        names = [plugin.name for plugin in plugin_loading.current().loaded]
    assert sorted(re.findall(r'<article class="plugin" id="plugin-([^"]+)"', text)) == sorted(names)


def test_texts_of_a_plugin_are_escaped(db: None, client: Client) -> None:
    evil = Plugin(
        "<b>evil</b>", "evil.py", problems=[Problem("evil", "no-hooks", "<script>alert(1)</script>", "<i>at</i>")]
    )
    with also_loaded(evil):
        text = client.get("/plugins/").content.decode()
    assert "<script>alert" not in text
    assert "<b>evil" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_shows_outdated_results_and_removed_plugins(cell: Cell, client: Client) -> None:
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(version="0.9")
    AnalysisRun.objects.filter(analysis="capacity-retention").update(analysis="lab-fade", plugin="lab_fade")
    text = client.get("/plugins/runs/").content.decode()
    assert '<p class="notice stale">1 result ' in text
    assert "1 with version 0.9" in text
    assert "<code>lab-fade</code>" in text
    assert ">lab_fade " in text


def test_shows_a_visitor_no_private_runs(private_cell: Cell, client: Client) -> None:
    AnalysisRun.objects.filter(cell=private_cell, analysis="capacity-retention").update(analysis="secret-fade")
    text = client.get("/plugins/runs/").content.decode()
    assert "secret-fade" not in text
    assert "1 done" not in text


def test_takes_as_many_queries_for_many_cells_as_for_one(cell: Cell, client: Client) -> None:
    with CaptureQueriesContext(connection) as before:
        client.get("/plugins/runs/")
    fill(cell.project, "Another pellet")
    with CaptureQueriesContext(connection) as after:
        client.get("/plugins/runs/")
    assert len(after) == len(before) == 6


def test_the_numbers_of_runs_follow_the_page(cell: Cell, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        text = client.get("/plugins/").content.decode()
    assert len(queries) == 0
    assert 'hx-get="/plugins/runs/"' in text
    part = client.get("/plugins/runs/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "1 done, 0 not computed, 0 failed" in part


def test_an_unknown_disabled_plugin_is_reported_with_the_nearest_name(db: None, client: Client) -> None:
    with override_settings(REGISTRY_DISABLED_PLUGINS=["plugins.energy_densty"]):
        plugin_loading.load()
        text = client.get("/plugins/").content.decode()
    plugin_loading.load()
    assert "‘plugins.energy_density’? <code>unknown-disabled-plugin</code>" in text


def test_a_disabled_plugin_is_shown_and_adds_nothing(db: None, client: Client) -> None:
    with override_settings(REGISTRY_DISABLED_PLUGINS=["plugins.energy_density"]):
        plugin_loading.load()
        response = client.get("/plugins/")
    plugin_loading.load()
    assert "1 disabled" in response.content.decode()
    assert "energy-density" not in [item.analysis.name for item in response.context["overview"].analyses]
