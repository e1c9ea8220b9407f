"""The worked example, loaded and analysed once for all modules that read it."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

LOADED = "loaded.txt"


@pytest.fixture(scope="module")
def paper(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[str]:
    """Output of `load_example wu2025`, in a database that has only this example until the end of the module.

    On SQLite, the first process that needs it loads and analyses it, and the others take a copy of its database.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            yield from _of_a_copy(request, tmp_path_factory)
            return
        with transaction.atomic():
            yield _load()
            transaction.set_rollback(True)


def _of_a_copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    run = getattr(request.config, "workerinput", {}).get("testrunuid", f"alone-{os.getpid()}")
    shared = tmp_path_factory.getbasetemp().parent / f"paper-{run}"
    shared.mkdir(exist_ok=True)
    with _database_undone():
        with (shared / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / LOADED).exists():
                output = _load()
                with closing(sqlite3.connect(shared / "paper.sqlite3")) as stored:
                    connection.connection.backup(stored)
                (shared / LOADED).write_text(output)
        with closing(sqlite3.connect(shared / "paper.sqlite3")) as stored:
            stored.backup(connection.connection)
        yield (shared / LOADED).read_text()


@contextmanager
def _database_undone() -> Iterator[None]:
    """Restore the test database, in memory, at the end."""
    connection.ensure_connection()
    with closing(sqlite3.connect(":memory:")) as empty:
        connection.connection.backup(empty)
        try:
            yield
        finally:
            empty.backup(connection.connection)


def _load() -> str:
    output = StringIO()
    call_command("load_example", "wu2025", stdout=output)
    call_command("analyze", stdout=StringIO())
    return output.getvalue()
