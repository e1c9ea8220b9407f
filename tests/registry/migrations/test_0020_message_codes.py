"""What becomes of messages that were stored before they had codes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = [("registry", "0019_source_of_runs")]
AFTER = [("registry", "0020_message_codes")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    yield migrate(BEFORE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_stored_messages_get_a_code_and_can_be_found_by_it(before: Any) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(refcode="C-1", label="a", format="die", project=project)
    runs = before.get_model("registry", "AnalysisRun").objects
    messages = [{"text": "no thickness", "level": "warning"}, {"text": "fine", "level": "info"}]
    now = timezone.now()
    ended = {"status": "refused", "started_at": now, "finished_at": now, "inputs_hash": "0", "is_latest": False}
    for stored in (messages, []):
        runs.create(cell=cell, analysis="a", plugin="p", version="1", messages=stored, **ended)

    after = migrate(AFTER)

    first, second = after.get_model("registry", "AnalysisRun").objects.order_by("pk")
    assert first.messages == [{"code": "uncoded", "parameters": {}, **message} for message in messages]
    assert second.messages == []
    codes = after.get_model("registry", "MessageCode").objects.values_list("run", "code")
    assert list(codes) == [(first.pk, "uncoded")]
