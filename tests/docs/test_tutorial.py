"""Runs the tutorial as a newcomer would: writes every file, runs every command, compares the output.

The checkout is a directory of links to this one with its own environment, so that this one does not change.
"""

import os
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import DjangoDbBlocker

from tests.docs.blocks import DOCS, blocks_of, commands_of, matches

ROOT = DOCS.parent
TUTORIAL = DOCS / "plugins" / "tutorial.md"
EXCLUDED = {".venv", "var", ".git", "tests"}
SHOWN_HOME = "/home/you"


@pytest.fixture
def home(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Path:
    """The home of a newcomer; its database is a copy of the test database if possible, because migrations are slow.

    Not with `--no-migrations`: the copy would have all tables but no record of its migrations, which `migrate` repeats.
    """
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and MigrationRecorder(connection).applied_migrations():
            with closing(sqlite3.connect(home / "data" / "cellar.sqlite3")) as copy:
                connection.connection.backup(copy)
    return home


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with Cellar installed."""
    directory = tmp_path / "cellar"
    directory.mkdir()
    for path in ROOT.iterdir():
        if path.name not in EXCLUDED and not path.name.endswith("_cache"):
            (directory / path.name).symlink_to(path)
    venv = directory / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "installed.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    # What `pip install --editable` leaves for pip to know that cellar-registry is installed.
    metadata = "import sys, setuptools.build_meta as backend; backend.prepare_metadata_for_build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", metadata, str(packages)], cwd=directory, check=True, capture_output=True)
    for stamp in ("python", "requirements", "checkout"):
        (venv / f"{stamp}.stamp").touch()
    return directory


@pytest.fixture
def terminal(checkout: Path, home: Path) -> Iterator["Terminal"]:
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    # The build requirements are installed, so that pip downloads nothing.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # `make install` does not install the pytest plugins of this test suite.
    no_plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    settings = {"HOME": str(home), "CELLAR_DATA_DIR": str(home / "data"), "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
    terminal = Terminal(checkout, inherited | offline | no_plugins | settings)
    yield terminal
    terminal.close()


class Terminal:
    """An interactive shell."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> str:
        """Run a command and return its output."""
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.write(f"{{ {command}\n}} < /dev/null\necho; echo '=== done ==='\n")
        self.shell.stdin.flush()
        lines = iter(self.shell.stdout.readline, "=== done ===\n")
        return "".join(lines)

    def close(self) -> None:
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.close()
        self.shell.wait(timeout=10)
        self.shell.stdout.close()


def test_every_step_has_the_documented_output(terminal: Terminal, home: Path) -> None:
    for block in blocks_of(TUTORIAL):
        assert block.language in {"console", "python"}
        if block.language == "python":
            (home / block.file.removeprefix("~/")).write_text(block.text)
            continue
        for command, expected in commands_of(block):
            output = terminal.type(command).replace(str(home), SHOWN_HOME)
            assert matches(expected, output), f"$ {command}\n{output}\n--- documented as ---\n{expected}"
