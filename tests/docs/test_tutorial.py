"""The tutorial is done as a newcomer does it: every file written, every command typed, what it says compared.

The checkout is a folder of links to this one, with an environment of its own, so that nothing here changes.
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
from pytest_django import DjangoDbBlocker

from tests.docs.blocks import DOCS, blocks_of, commands_of, says

ROOT = DOCS.parent
TUTORIAL = DOCS / "plugins" / "tutorial.md"
LEFT_OUT = {".venv", "var", ".git", "tests"}
SEEN_AS = "/home/you"


@pytest.fixture
def home(tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Path:
    """A newcomer's home; its database is a copy of the suite's where that can be had, as migrating takes long."""
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), closing(sqlite3.connect(home / "data" / "cellar.sqlite3")) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
    return home


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which Cellar has been installed."""
    folder = tmp_path / "cellar"
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name not in LEFT_OUT and not path.name.endswith("_cache"):
            (folder / path.name).symlink_to(path)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "installed.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    # What `pip install --editable` leaves for pip to know that cellar-registry is installed.
    metadata = "import sys, setuptools.build_meta as backend; backend.prepare_metadata_for_build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", metadata, str(packages)], cwd=folder, check=True, capture_output=True)
    for stamp in ("python", "requirements", "checkout"):
        (venv / f"{stamp}.stamp").touch()
    return folder


@pytest.fixture
def terminal(checkout: Path, home: Path) -> Iterator["Terminal"]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    # What a package is built with is at hand already, so that nothing is fetched.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # `make install` brings none of the plugins pytest has for this suite.
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    settings = {"HOME": str(home), "CELLAR_DATA_DIR": str(home / "data"), "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
    terminal = Terminal(checkout, kept | offline | alone | settings)
    yield terminal
    terminal.close()


class Terminal:
    """A shell that is typed into."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> str:
        """Type a command and return what it says."""
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


def test_every_step_comes_out_as_written(terminal: Terminal, home: Path) -> None:
    for block in blocks_of(TUTORIAL):
        assert block.language in {"console", "python"}
        if block.language == "python":
            (home / block.file.removeprefix("~/")).write_text(block.text)
            continue
        for command, expected in commands_of(block):
            said = terminal.type(command).replace(str(home), SEEN_AS)
            assert says(expected, said), f"$ {command}\n{said}\n--- is written as ---\n{expected}"
