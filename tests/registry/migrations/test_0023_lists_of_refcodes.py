"""What becomes of refcodes that runs stored joined by commas."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from registry.hookspecs import Analysis, Outcome
from registry.services.runs.analysis import inputs_hash

BEFORE = [("registry", "0022_quantities_of_curves")]
AFTER = [("registry", "0023_lists_of_refcodes")]
ANALYSIS = Analysis(
    name="sum", version="1", title="Sum", description="", techniques=("eis",), outputs=(), run=lambda inputs: Outcome()
)
OLD = {"measurements.eis": "M-00001, M-00002", "measurements.M-00001.label": "a, b", "cell.format": "die"}
NEW = OLD | {"measurements.eis": {"list": ["M-00001", "M-00002"]}}


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    yield migrate(BEFORE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_refcodes_become_lists_and_the_hash_follows(before: Any) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(
        refcode="C-00001", label="a", label_key="a", format="die", project=project
    )
    now, parameters = timezone.now(), {"factor": 2.0}
    before.get_model("registry", "AnalysisRun").objects.create(
        cell=cell,
        analysis="sum",
        version="1",
        status="done",
        started_at=now,
        finished_at=now,
        parameters=parameters,
        inputs=OLD,
        inputs_hash=inputs_hash(ANALYSIS, parameters, OLD),
    )

    run = migrate(AFTER).get_model("registry", "AnalysisRun").objects.get()
    assert run.inputs == NEW
    assert run.inputs_hash == inputs_hash(ANALYSIS, parameters, NEW)

    run = migrate(BEFORE).get_model("registry", "AnalysisRun").objects.get()
    assert run.inputs == OLD
