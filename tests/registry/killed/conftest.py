"""A separate registry for processes that are killed: a temporary database and data directory."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).parent.parent.parent.parent


def environment(directory: Path, url: str = "") -> dict[str, str]:
    return os.environ | {
        "CELLAR_DATA_DIR": str(directory),
        "DATABASE_URL": url or f"sqlite:///{directory / 'cellar.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "registry.settings",
        "SECRET_KEY": "only for these tests",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "ERROR",
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    manage(environment(directory), "migrate", "--verbosity", "0")
    return directory


@pytest.fixture
def scratch(_migrated: Path, tmp_path: Path) -> dict[str, str]:
    """Environment variables for a process on a new registry."""
    directory = tmp_path / "scratch"
    shutil.copytree(_migrated, directory)
    return environment(directory)


ENGINES = ["sqlite", *(["postgresql"] if os.environ.get("TEST_DATABASE_URL") else [])]


@pytest.fixture(params=ENGINES)
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A new registry on SQLite and, if TEST_DATABASE_URL is set, on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("scratch")
        return
    with database(template=request.getfixturevalue("_template")) as url:
        yield environment(tmp_path / "scratch", url)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a migrated template database."""
    with database() as url:
        manage(environment(tmp_path_factory.mktemp("template"), url), "migrate", "--verbosity", "0")
        yield urlsplit(url).path.removeprefix("/")


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    """Create a database from a template, yield its URL, and drop it at the end."""
    server = os.environ["TEST_DATABASE_URL"]
    name = f"cellar_killed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
