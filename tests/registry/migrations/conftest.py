"""Databases as earlier versions of the schema left them.

Going back from the newest schema to an old one costs a minute and more. On SQLite each test gets a copy of a database
that was migrated forward from nothing, once in a session; on PostgreSQL that of the suite is taken back and forth.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class Schema:
    """The schema of the database, which starts empty."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory

    def start(self, name: str) -> Any:
        """Return the models of an empty database after the migration of this name."""
        if self.directory is None:
            return self.migrate(name)
        snapshot = self.directory / f"{name}.sqlite3"
        if not snapshot.exists():
            earlier = [path for path in sorted(self.directory.glob("*.sqlite3")) if path.name < snapshot.name]
            self._use(earlier[-1] if earlier else None)
            self.migrate(name)
            connection.close()
            shutil.copy(str(connection.settings_dict["NAME"]), snapshot)
        self._use(snapshot)
        return _models(name)

    def start_new(self) -> None:
        """Let the test have an empty database."""
        if self.directory is None:
            MigrationExecutor(connection).migrate([("registry", None)])
        else:
            self._use(None)

    def migrate(self, name: str) -> Any:
        """Migrate to the migration of this name, and return the models as they are then."""
        _executor().migrate([("registry", name)])
        return _models(name)

    def migrate_to_newest(self) -> None:
        """Migrate to the newest schema."""
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    def _use(self, snapshot: Path | None) -> None:
        """Let the connection of this thread use a copy of a database, or an empty one."""
        connection.close()
        path = Path(str(connection.settings_dict["NAME"]))
        path.unlink(missing_ok=True)
        if snapshot is not None:
            shutil.copy(snapshot, path)


def _executor() -> MigrationExecutor:
    """An executor that goes from migration to migration, not over many in the one that replaces them."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def _models(name: str) -> Any:
    return _executor().loader.project_state([("registry", name)]).apps


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the databases that were migrated, by migration."""
    return tmp_path_factory.mktemp("schemas")


@pytest.fixture
def schema(transactional_db: None, snapshots: Path, tmp_path: Path) -> Iterator[Schema]:
    """A database of its own for the test, empty at first."""
    if connection.vendor != "sqlite":
        yield Schema(None)
        Schema(None).migrate_to_newest()
        return
    of_suite = connections["default"]
    own = connections.create_connection("default")
    own.settings_dict = {**of_suite.settings_dict, "NAME": str(tmp_path / "old.sqlite3")}
    connections["default"] = own
    try:
        yield Schema(snapshots)
    finally:
        own.close()
        connections["default"] = of_suite


@pytest.fixture
def before(request: pytest.FixtureRequest, schema: Schema) -> Any:
    """The models before the migration that the module tests, of an empty database."""
    return schema.start(request.module.BEFORE)
