"""`manage.py plugins`."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from registry import plugin_loading
from registry.models import AnalysisRun, Project, Value
from tests.registry.web.conftest import fill


def plugins() -> str:
    said = StringIO()
    call_command("plugins", stdout=said)
    return said.getvalue()


@pytest.fixture
def _a_broken_plugin(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "broken.py").write_text("raise ValueError('no electrolyte left')\n")
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_loading.load()
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


def test_lists_what_each_plugin_adds(db: None) -> None:
    said = plugins()
    assert "plugins.paper_tables (built in) loaded: table electronic-conductivity-vgcf" in said
    assert "  hooks: register_tables" in said
    assert "plugins, all loaded. Together they add" in said
    assert said.endswith("Problems: 0.\n")


@pytest.mark.usefixtures("_a_broken_plugin")
def test_says_why_a_plugin_is_refused_at_the_end_where_it_is_seen(db: None) -> None:
    *_, name, text, detail, summary = plugins().splitlines()
    assert name.startswith("broken (")
    assert name.endswith(") refused")
    assert text == "  cannot be imported: correct the line that raised the error"
    assert detail == "    ValueError: no electrolyte left (broken.py:1)"
    assert "1 refused. Together" in summary
    assert summary.endswith("Problems: 1.")


def test_says_how_the_runs_of_each_analysis_ended(public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(version="0.9")
    text = "needs the area: layer 1 (cathode, LPSCl) has none"
    AnalysisRun.objects.filter(analysis="capacity-retention").update(status="refused", messages=[{"text": text}])
    said = plugins()
    version = plugin_loading.current().analyses["electronic-conductivity"].version
    assert f"  electronic-conductivity {version}: 1 done, 1 of version 0.9\n" in said
    assert "    1 refused: needs the area: layer 1 has none\n" in said
    assert "  activation-energy takes ionic_conductivity_s_cm from " in said
    assert "Of another version than is loaded: 1 result. See `manage.py analyze --outdated --dry-run`." in said


def test_says_what_is_left_of_a_plugin_that_is_gone(public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(analysis="lab-sigma", plugin="lab_sigma")
    Value.objects.filter(quantity="resistance_ohm").update(quantity="lab_resistance_ohm")
    said = plugins()
    assert "lab-sigma: lab_sigma is not installed any more; its 1 run and 1 value stay readable." in said
    assert "lab_resistance_ohm: no plugin registers it any more; its 1 value stays readable." in said


def test_a_disabled_plugin_is_listed_and_a_name_that_is_none_has_a_hint(db: None, settings: LazySettings) -> None:
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.energy_density", "plugins.paper_table"]
    plugin_loading.load()
    said = plugins()
    settings.REGISTRY_DISABLED_PLUGINS = []
    plugin_loading.load()
    assert "plugins.energy_density (built in) disabled\n" in said
    assert "there is no plugin of this name: did you mean ‘plugins.paper_tables’?" in said


RESTS_ON_ANOTHER = """
from registry.hookspecs import Analysis, Column, Outcome, Table, hookimpl

@hookimpl
def register_analyses():
    uses = ("activation_energy_ev",)
    run = lambda inputs: Outcome()
    return [Analysis("lab-barrier", "1", "Barrier", "", ("cycling",), ("resistance_ohm",), run, depends_on=uses)]

@hookimpl
def register_tables():
    return [Table("lab-barriers", "Barriers", (Column("activation_energy_ev"),))]
"""


def test_what_rests_on_a_disabled_plugin_names_it(db: None, settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(RESTS_ON_ANOTHER)
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.activation_energy"]
    plugin_loading.load()
    said = plugins()
    settings.REGISTRY_DISABLED_PLUGINS, settings.REGISTRY_PLUGINS_DIR = [], ""
    plugin_loading.load()
    because = "(disabled by REGISTRY_DISABLED_PLUGINS: plugins.activation_energy, with all they register)"
    assert f"add it in register_quantities {because}" in " ".join(said.split())
    assert f"Did you mean ‘active_fraction_percent’? {because}" in " ".join(said.split())


@pytest.mark.django_db(transaction=True)
def test_works_before_there_is_a_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_analysisrun RENAME TO elsewhere")
    try:
        said = plugins()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO registry_analysisrun")
    assert said.startswith("Runs are not counted: there is no database yet")
    assert "Problems: 0." in said


def test_recheck_repeats_the_import_check(db: None, settings: LazySettings, tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    (tmp_path / "counted.py").write_text(f"with open({str(imports)!r}, 'a') as log:\n    log.write('x')\n")
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_loading.load()
    plugin_loading.load()
    assert imports.read_text() == "xxx"
    call_command("plugins", recheck=True, stdout=StringIO())
    assert imports.read_text() == "xxxxx"
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()
