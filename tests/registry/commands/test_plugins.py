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
    output = StringIO()
    call_command("plugins", stdout=output)
    return output.getvalue()


@pytest.fixture
def _a_broken_plugin(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "broken.py").write_text("raise ValueError('no electrolyte')\n")
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_loading.load()
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


def test_lists_plugins_and_what_they_add(db: None) -> None:
    output = plugins()
    assert "plugins.paper_tables (built in) loaded: table electronic-conductivity-vgcf" in output
    assert "  hooks: register_tables" in output
    assert "plugins, all loaded:" in output
    assert output.endswith("Problems: 0.\n")


@pytest.mark.usefixtures("_a_broken_plugin")
def test_refused_plugins_come_last_with_the_reason(db: None) -> None:
    *_, name, problem, detail, summary = plugins().splitlines()
    assert name.startswith("broken (")
    assert name.endswith(") refused")
    assert problem.endswith(" (import-failed)")
    assert detail == "    ValueError: no electrolyte (broken.py:1)"
    assert "1 refused:" in summary
    assert summary.endswith("Problems: 1.")


def test_shows_the_run_counts_of_each_analysis(public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(version="0.9")
    text = "needs the area: layer 1 (cathode, LPSCl) has none"
    AnalysisRun.objects.filter(analysis="capacity-retention").update(
        status="refused", messages=[{"code": "missing-area", "text": text}]
    )
    output = plugins()
    version = plugin_loading.current().analyses["electronic-conductivity"].version
    assert f"  electronic-conductivity {version}: 1 done, 1 of version 0.9\n" in output
    assert "    1 not computed (missing-area): " in output
    assert "activation-energy uses ionic_conductivity_s_cm" in output
    assert "1 result. See `manage.py analyze --outdated --dry-run`." in output


def test_lists_what_a_removed_plugin_left(public_project: Project) -> None:
    fill(public_project)
    AnalysisRun.objects.filter(analysis="electronic-conductivity").update(analysis="lab-sigma", plugin="lab_sigma")
    Value.objects.filter(quantity="resistance_ohm").update(quantity="lab_resistance_ohm")
    output = plugins()
    sigma, resistance = (line for line in output.splitlines() if line.startswith("lab"))
    assert sigma.startswith("lab-sigma: lab_sigma ")
    assert "; its 1 run and 1 value " in sigma
    assert resistance.startswith("lab_resistance_ohm: ")
    assert "; its 1 value " in resistance


def test_disabled_plugins_are_listed_and_unknown_names_have_a_hint(db: None, settings: LazySettings) -> None:
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.energy_density", "plugins.paper_table"]
    plugin_loading.load()
    output = plugins()
    settings.REGISTRY_DISABLED_PLUGINS = []
    plugin_loading.load()
    assert "plugins.energy_density (built in) disabled\n" in output
    assert "‘plugins.paper_tables’? (unknown-disabled-plugin)" in output


DEPENDENT_PLUGIN = """
from registry.hookspecs import Analysis, Column, Outcome, Table, hookimpl

@hookimpl
def register_analyses():
    uses = ("activation_energy_ev",)
    run = lambda inputs: Outcome()
    return [Analysis(
        name="lab-barrier", version="1", title="Barrier", description="", techniques=("cycling",),
        outputs=("resistance_ohm",), run=run, depends_on=uses,
    )]

@hookimpl
def register_tables():
    return [Table(slug="lab-barriers", title="Barriers", columns=(Column(key="activation_energy_ev"),))]
"""


def test_problems_of_dependent_plugins_name_the_disabled_one(db: None, settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "lab.py").write_text(DEPENDENT_PLUGIN)
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    settings.REGISTRY_DISABLED_PLUGINS = ["plugins.activation_energy"]
    plugin_loading.load()
    output = plugins()
    settings.REGISTRY_DISABLED_PLUGINS, settings.REGISTRY_PLUGINS_DIR = [], ""
    plugin_loading.load()
    reason = "(disabled by REGISTRY_DISABLED_PLUGINS: plugins.activation_energy, with all they register)"
    problems = [line for line in output.splitlines() if reason in line]
    assert [line.rpartition(" ")[2] for line in problems] == ["(unregistered-quantity)", "(unregistered-quantity)"]


@pytest.mark.django_db(transaction=True)
def test_works_before_the_database_exists() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_analysisrun RENAME TO elsewhere")
    try:
        output = plugins()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO registry_analysisrun")
    assert "`manage.py migrate`" in output.splitlines()[0]
    assert "Problems: 0." in output


def test_recheck_repeats_the_import_check(db: None, settings: LazySettings, tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    (tmp_path / "counting.py").write_text(f"with open({str(imports)!r}, 'a') as log:\n    log.write('x')\n")
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_loading.load()
    plugin_loading.load()
    assert imports.read_text() == "xxx"
    call_command("plugins", recheck=True, stdout=StringIO())
    assert imports.read_text() == "xxxxx"
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()
