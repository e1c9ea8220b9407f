"""What becomes of changes that an import made before histories named it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [("registry", "0027_cycle_columns")]
AFTER = [("registry", "0029_imports_of_examples")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    yield migrate(BEFORE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_changes_of_an_import_name_the_example(before: Any) -> None:
    histories = before.get_model("registry", "HistoricalProject").objects
    for reason in ("load_example wu2025", "weighed", None):
        now = timezone.now()
        histories.create(
            id=1,
            slug="lab",
            name="Lab",
            created_at=now,
            history_date=now,
            history_type="~",
            history_change_reason=reason,
        )

    rows = migrate(AFTER).get_model("registry", "HistoricalProject").objects.order_by("history_id")
    assert list(rows.values_list("history_import", flat=True)) == ["wu2025", "", ""]
