"""What becomes of values that were stored before their uncertainty had components."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [("registry", "0036_groups_of_cells")]
AFTER = [("registry", "0037_uncertainty_by_component")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    yield migrate(BEFORE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_values_stay_and_have_no_components(before: Any) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(
        refcode="C-00001", label="a", label_key="a", format="die", project=project
    )
    columns = {"quantity": "resistance_ohm", "origin": "reported", "written": "7 Ω", "magnitude": 7.0}
    bounds = {"lower": 6.5, "upper": 7.5, "standard_uncertainty": 0.1, "created_at": timezone.now()}
    for is_latest in (True, False):
        before.get_model("registry", "Value").objects.create(cell=cell, is_latest=is_latest, **columns, **bounds)
    history = {"id": 9, "history_date": timezone.now(), "history_type": "-"}
    before.get_model("registry", "HistoricalValue").objects.create(cell_id=cell.pk, **columns, **bounds, **history)
    after = migrate(AFTER)
    names = ("magnitude", "standard_uncertainty", "components", "method_spread")
    for name, count in (("Value", 2), ("HistoricalValue", 1)):
        rows = after.get_model("registry", name).objects.values_list(*names)
        assert list(rows) == [(7.0, 0.1, [], [])] * count
