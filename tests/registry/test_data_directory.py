"""The data directory is created on the first write and private to its owner."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import checks

from registry import apps, data_directory

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run_command(directory: Path, *arguments: str, **environment: str) -> str:
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    }
    settings = {"CELLAR_DATA_DIR": str(directory), "DATABASE_URL": "", **environment}
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.run(command, cwd=ROOT, env=inherited | settings, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.fixture
def _open_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_command_that_writes_nothing_creates_no_directory(tmp_path: Path) -> None:
    run_command(tmp_path / "data", "check")
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("_open_umask")
def test_the_database_files_are_private(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    directory.mkdir(mode=0o755)
    code = "from django.db import connection; connection.cursor().execute('CREATE TABLE cells (label)'); "
    code += f"import os; print(*(oct(e.stat().st_mode)[-3:] for e in os.scandir({str(directory)!r})))"
    assert run_command(directory, "shell", "--no-imports", "-c", code).split() == ["600"] * 3
    assert mode(directory) == 0o700


def test_the_key_is_generated_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret_key"
    key = data_directory.load_or_create_key(path)
    assert len(key) >= 50
    assert data_directory.load_or_create_key(path) == key
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert os.listdir(path.parent) == ["secret_key"]


@pytest.mark.usefixtures("_open_umask")
def test_open_files_of_an_older_version_are_closed(tmp_path: Path) -> None:
    database = tmp_path / "cellar.sqlite3"
    (tmp_path / "files").mkdir(mode=0o755)
    (tmp_path / "secret_key").touch(mode=0o640)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE cells (label)")
        tmp_path.chmod(0o755)
        paths = data_directory.private_paths(tmp_path, str(database))
        assert len(data_directory.open_to_others(paths)) == 6
        data_directory.tighten(paths)
        assert data_directory.open_to_others(paths) == []
        assert [mode(path) for path in data_directory.database_paths(str(database)) if path.exists()] == [0o600] * 3
    assert mode(tmp_path / "files") == 0o700


def test_a_shared_directory_stays_open_with_a_warning(tmp_path: Path, settings: LazySettings) -> None:
    tmp_path.chmod(0o1777)
    settings.DATA_DIR = tmp_path
    data_directory.tighten(apps.private_paths())
    assert mode(tmp_path) == 0o1777
    (warning,) = apps.permission_problems()
    assert isinstance(warning, checks.Warning)
    assert warning.id == "registry.W002"
    assert f"chmod go-rwx {tmp_path}" in warning.hint


@pytest.mark.parametrize("database", ["", ":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_an_in_memory_database_has_no_files(database: str) -> None:
    assert data_directory.database_paths(database) == []


def test_an_installed_cellar_stores_data_in_the_users_data_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert data_directory.default_directory() == ROOT / "var"
    monkeypatch.setattr(data_directory, "IS_CHECKOUT", False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert data_directory.default_directory() == tmp_path / ".local" / "share" / "cellar"
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert data_directory.default_directory() == Path("/srv/data/cellar")
