"""`manage.py startplugin`: what it writes works, and nothing is written over."""

import os
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
from registry.hookspecs import TECHNIQUES

ROOT = Path(__file__).parents[3]


def started(name: str, folder: Path, **options: object) -> str:
    said = StringIO()
    call_command("startplugin", name, into=str(folder), stdout=said, **options)
    return said.getvalue()


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def ran_by_pytest(folder: Path) -> str:
    """What pytest says when it runs the tests in a folder, in a process of its own, from a checkout of Cellar."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture
def _plugins_as_before(settings: LazySettings) -> Iterator[None]:
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


@pytest.mark.django_db
@pytest.mark.usefixtures("_plugins_as_before")
def test_files_of_every_kind_pass_their_tests_at_once_and_are_loaded(tmp_path: Path, settings: LazySettings) -> None:
    for technique in TECHNIQUES:
        started(f"{technique.replace('_', ' ')} number", tmp_path, technique=technique)
    started("our files", tmp_path, kind="reader")
    started("our table", tmp_path, kind="table")
    before = files_in(tmp_path)
    assert "36 passed" in ran_by_pytest(tmp_path)
    assert files_in(tmp_path) == before
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugins = plugin_loading.load()
    assert plugins.problems == []
    assert {"eis-number", "symmetric-cycling-number"} <= set(plugins.analyses)
    assert "our-files" in plugins.readers
    assert "our-table" in plugins.tables
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_a_package_passes_its_tests_before_it_is_installed(tmp_path: Path) -> None:
    started("our resistance", tmp_path, technique="eis", package=True)
    assert "4 passed" in ran_by_pytest(tmp_path / "cellar-our-resistance")


def test_a_package_depends_on_this_version_of_cellar(tmp_path: Path) -> None:
    started("our resistance", tmp_path, technique="eis", package=True)
    settings = tomllib.loads((tmp_path / "cellar-our-resistance" / "pyproject.toml").read_text())
    assert f"cellar-registry>={__version__}" in settings["project"]["dependencies"]
    assert settings["project"]["optional-dependencies"]["test"] == ["cellar-registry[testing]"]


@pytest.mark.parametrize("kind", ["reader", "table"])
def test_a_package_may_be_a_reader_or_a_table(kind: str, tmp_path: Path) -> None:
    said = started("our thing", tmp_path, kind=kind, package=True)
    assert 'our-thing = "cellar_our_thing.plugin"' in (tmp_path / "cellar-our-thing" / "pyproject.toml").read_text()
    assert "-m pip install" in said


def test_an_analysis_costs_five_files_the_first_time_and_then_four(tmp_path: Path) -> None:
    started("first number", tmp_path)
    assert files_in(tmp_path) == {
        "README.md",
        "first_number.py",
        "tests/conftest.py",
        "tests/test_first_number.py",
        "tests/golden/first-number.json",
    }
    said = started("second number", tmp_path)
    assert "added a line to" in said
    assert len(files_in(tmp_path)) == 8
    assert (
        (tmp_path / "README.md")
        .read_text()
        .endswith(
            "| `first_number.py` | First number: an analysis of galvanostatic cycling |\n"
            "| `second_number.py` | Second number: an analysis of galvanostatic cycling |\n"
        )
    )


def test_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    said = started("our number", tmp_path)
    assert f"wrote {tmp_path}/our_number.py\n" in said
    assert f"-m pytest {tmp_path}\n" in said
    assert f"export REGISTRY_PLUGINS_DIR={tmp_path}\n" in said


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "our_number.py").write_text("mine")
    with pytest.raises(CommandError, match=r"there is .*our_number\.py already, and nothing was written"):
        started("our number", tmp_path)
    assert files_in(tmp_path) == {"our_number.py"}
    assert (tmp_path / "our_number.py").read_text() == "mine"


def test_a_readme_that_is_there_keeps_its_text(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Ours\n")
    started("our number", tmp_path)
    assert (tmp_path / "README.md").read_text().startswith("# Ours\n")
    assert "| `our_number.py` |" in (tmp_path / "README.md").read_text()


def test_a_name_that_is_taken_says_by_whom(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"‘energy-density’ is an analysis of plugins\.energy_density already"):
        started("energy-density", tmp_path)
    with pytest.raises(CommandError, match=r"‘zplot’ is a reader of plugins\.readers\.zplot already: choose another"):
        started("zplot", tmp_path, kind="reader")


def test_a_name_whose_quantity_is_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Ours\n")
    with pytest.raises(CommandError, match="the quantity ‘density_g_cm3’ of density is already registered by Cellar"):
        started("density", tmp_path, technique="sem")
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "# Ours\n"


def test_without_a_folder_says_which_to_name(settings: LazySettings) -> None:
    settings.REGISTRY_PLUGINS_DIR = ""
    with pytest.raises(CommandError, match="say where to write it: --into FOLDER, or set REGISTRY_PLUGINS_DIR"):
        call_command("startplugin", "our-number")


def test_the_folder_of_ones_own_is_where_files_go(settings: LazySettings, tmp_path: Path) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    said = StringIO()
    call_command("startplugin", "our-number", stdout=said)
    assert (tmp_path / "our_number.py").is_file()
    assert "export" not in said.getvalue()


def test_the_plugins_that_ship_with_cellar_are_left_alone() -> None:
    with pytest.raises(CommandError, match="holds the plugins that ship with Cellar: choose a folder of your own"):
        started("our number", ROOT / "plugins" / "mine")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file is no folder"):
        started("our number", tmp_path / "file")
