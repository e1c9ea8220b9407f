"""`manage.py startplugin`: the plugin works, and no file is overwritten."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from registry import __version__, plugin_loading
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUES
from registry.hookspecs import Technique
from registry.plugin_loading import Plugins

ROOT = Path(__file__).parents[3]


def startplugin(name: str, directory: Path, **options: object) -> str:
    output = StringIO()
    call_command("startplugin", name, into=str(directory), stdout=output, **options)
    return output.getvalue()


def files_in(directory: Path) -> set[str]:
    return {
        str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }


def run_pytest(directory: Path) -> str:
    """Run the tests of a directory with pytest in a separate process and return its output."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(directory)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def _plugins_as_before(settings: LazySettings) -> Iterator[None]:
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


@pytest.mark.django_db
@pytest.mark.usefixtures("_plugins_as_before")
def test_plugins_of_every_kind_pass_their_tests_and_load(tmp_path: Path, settings: LazySettings) -> None:
    for technique in (item.slug for item in BUILTIN_TECHNIQUES):
        startplugin(f"{technique.replace('_', ' ')} number", tmp_path, technique=technique)
    startplugin("our files", tmp_path, kind="reader")
    startplugin("our table", tmp_path, kind="table")
    startplugin("titration", tmp_path, kind="technique")
    startplugin("catholyte", tmp_path, kind="layer-role")
    startplugin("humidity", tmp_path, kind="condition")
    startplugin("cell spread", tmp_path, kind="group")
    before = files_in(tmp_path)
    assert "46 passed" in run_pytest(tmp_path)
    assert files_in(tmp_path) == before
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugins = plugin_loading.load()
    assert plugins.problems == []
    assert {"eis-number", "symmetric-cycling-number"} <= set(plugins.analyses)
    assert "our-files" in plugins.readers
    assert "our-table" in plugins.tables
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_a_package_passes_its_tests_before_it_is_installed(tmp_path: Path) -> None:
    startplugin("our resistance", tmp_path, technique="eis", package=True)
    assert "4 passed" in run_pytest(tmp_path / "cellar-our-resistance")


def test_a_package_depends_on_this_version_of_cellar(tmp_path: Path) -> None:
    startplugin("our resistance", tmp_path, technique="eis", package=True)
    settings = tomllib.loads((tmp_path / "cellar-our-resistance" / "pyproject.toml").read_text())
    assert f"cellar-registry>={__version__}" in settings["project"]["dependencies"]
    assert settings["project"]["optional-dependencies"]["test"] == ["cellar-registry[testing]"]


@pytest.mark.parametrize("kind", ["reader", "table", "technique", "layer-role", "condition", "group"])
def test_a_package_may_be_a_reader_or_a_table(kind: str, tmp_path: Path) -> None:
    output = startplugin("our thing", tmp_path, kind=kind, package=True)
    assert 'our-thing = "cellar_our_thing.plugin"' in (tmp_path / "cellar-our-thing" / "pyproject.toml").read_text()
    assert "-m pip install" in output


def test_an_analysis_costs_five_files_the_first_time_and_then_four(tmp_path: Path) -> None:
    startplugin("first number", tmp_path)
    assert files_in(tmp_path) == {
        "README.md",
        "first_number.py",
        "tests/conftest.py",
        "tests/test_first_number.py",
        "tests/golden/first-number.json",
    }
    output = startplugin("second number", tmp_path)
    assert "Added a line to" in output
    assert len(files_in(tmp_path)) == 8
    rows = (tmp_path / "README.md").read_text().splitlines()[-2:]
    assert [row.split(":")[0] for row in rows] == [
        "| `first_number.py` | First number",
        "| `second_number.py` | Second number",
    ]


def test_prints_created_files_and_next_steps(tmp_path: Path) -> None:
    output = startplugin("our number", tmp_path)
    assert f"Created {tmp_path}/our_number.py\n" in output
    assert f"-m pytest {tmp_path}\n" in output
    assert f"export REGISTRY_PLUGINS_DIR={tmp_path}\n" in output


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "our_number.py").write_text("existing")
    with pytest.raises(CommandError, match=r"our_number\.py"):
        startplugin("our number", tmp_path)
    assert files_in(tmp_path) == {"our_number.py"}
    assert (tmp_path / "our_number.py").read_text() == "existing"


def test_an_existing_readme_keeps_its_text(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Ours\n")
    startplugin("our number", tmp_path)
    assert (tmp_path / "README.md").read_text().startswith("# Ours\n")
    assert "| `our_number.py` |" in (tmp_path / "README.md").read_text()


def test_a_name_in_use_is_refused_naming_its_plugin(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"‘energy-density’.* plugins\.energy_density"):
        startplugin("energy-density", tmp_path)
    with pytest.raises(CommandError, match=r"‘zplot’.* plugins\.readers\.zplot"):
        startplugin("zplot", tmp_path, kind="reader")


def test_a_name_whose_quantity_exists_creates_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Ours\n")
    with pytest.raises(CommandError, match=r"‘density_g_cm3’.* Cellar"):
        startplugin("density", tmp_path, technique="sem")
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "# Ours\n"


def test_without_a_directory_it_is_refused(settings: LazySettings) -> None:
    settings.REGISTRY_PLUGINS_DIR = ""
    with pytest.raises(CommandError, match=r"--into.* REGISTRY_PLUGINS_DIR"):
        call_command("startplugin", "our-number")


def test_files_are_created_in_the_plugins_directory(settings: LazySettings, tmp_path: Path) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    output = StringIO()
    call_command("startplugin", "our-number", stdout=output)
    assert (tmp_path / "our_number.py").is_file()
    assert "export" not in output.getvalue()


def test_the_directory_of_built_in_plugins_is_refused() -> None:
    with pytest.raises(CommandError, match="built-in"):
        startplugin("our number", ROOT / "plugins" / "existing")


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=re.escape(str(tmp_path / "file"))):
        startplugin("our number", tmp_path / "file")


def test_a_technique_of_a_plugin_has_no_skeleton_but_advice(tmp_path: Path) -> None:
    plugins = Plugins()
    plugins.techniques["raman"] = Technique(slug="raman", name="Raman spectroscopy", has_picture=True)
    with plugin_loading.in_use(plugins), pytest.raises(CommandError) as refused:
        startplugin("our shift", tmp_path, technique="raman")
    assert "like=" in str(refused.value)
    with pytest.raises(CommandError) as refused:
        startplugin("our shift", tmp_path, technique="ramn")
    assert "like=" not in str(refused.value)
    assert files_in(tmp_path) == set()
