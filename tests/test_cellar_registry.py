"""The packages that are imported are Cellar's, wherever it is started; others in their place are refused in words."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import cellar_registry

ROOT = Path(__file__).parents[1]
CHECK = "from cellar_registry import main; main(['cellar', 'check'])"
STARTS = {
    "cellar": ["-c", CHECK],
    "python -m registry": ["-m", "registry", "check"],
    "wsgi": ["-c", "import registry.wsgi"],
    "pytest plugin": ["-c", "import registry.testing.pytest_plugin"],
    "any module, as in a sandbox child": ["-m", "registry.hookspecs"],
}


def ran(arguments: Sequence[str], *path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def package(folder: Path, name: str, text: str = "") -> Path:
    path = folder / name / "__init__.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["plugins", "analyses"])
@pytest.mark.parametrize("start", STARTS)
def test_another_package_in_the_way_is_refused_in_words(start: str, name: str, tmp_path: Path) -> None:
    foreign = package(tmp_path, name)
    ended = ran(STARTS[start], tmp_path, ROOT, cwd=tmp_path)
    assert ended.returncode != 0
    assert f"‘{name}’, {foreign}, instead of {ROOT / name}" in ended.stderr


def test_another_registry_in_the_way_is_refused_by_the_command(tmp_path: Path) -> None:
    foreign = package(tmp_path, "registry", "raise SystemExit('imported')")
    ended = ran(STARTS["cellar"], tmp_path, ROOT, cwd=tmp_path)
    assert ended.returncode == 1
    assert f"‘registry’, {foreign}" in ended.stderr.splitlines()[0]


def test_a_folder_without_an_init_file_hides_no_package(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    ended = ran(["-c", "import registry"], tmp_path, ROOT, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_a_package_installed_over_cellars_is_named_with_the_way_back(tmp_path: Path) -> None:
    for name in cellar_registry.PACKAGES:
        package(tmp_path, name, '"""Part of Cellar."""')
    shutil.copy(ROOT / "cellar_registry.py", tmp_path)
    (tmp_path / "plugins" / "__init__.py").write_text('"""Plugins of someone else."""')
    info = tmp_path / "plugins-1.3.4.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugins\nVersion: 1.3.4\n")
    (info / "RECORD").write_text("plugins/__init__.py,,\n")
    ended = ran(STARTS["cellar"], tmp_path, cwd=tmp_path)
    assert ended.returncode == 1
    assert f"‘plugins’ ({tmp_path}/plugins/__init__.py)" in ended.stderr
    expected = "pip uninstall plugins; pip install --force-reinstall --no-deps cellar-registry"
    assert ended.stderr.strip().endswith(expected)


def test_what_is_put_on_the_path_later_replaces_nothing(tmp_path: Path) -> None:
    package(tmp_path, "plugins", "raise SystemExit('imported')")
    code = f"import registry, sys; sys.path.insert(0, {str(tmp_path)!r}); import plugins; print(plugins.__file__)"
    ended = ran(["-c", code], ROOT, cwd=tmp_path)
    assert ended.stdout.strip() == str(ROOT / "plugins" / "__init__.py")


def test_a_child_of_a_command_finds_the_packages_from_any_directory(tmp_path: Path) -> None:
    package(tmp_path, "registry", "raise SystemExit('imported')")
    command = cellar_registry.python_command("-m", "registry", "--version")
    environment = cellar_registry.python_environment()
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_commands_are_printed_as_they_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cellar_registry.command("plugins") == "manage.py plugins"
    monkeypatch.setattr(cellar_registry, "IS_CHECKOUT", False)
    assert cellar_registry.command("plugins") == "cellar plugins"
