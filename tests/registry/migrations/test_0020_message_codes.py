"""What becomes of messages that were stored before they had codes."""

from typing import Any

import pytest
from django.utils import timezone

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0019_source_of_runs"
AFTER = "0020_message_codes"


def test_stored_messages_get_a_code_and_can_be_found_by_it(before: Any, schema: Schema) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(refcode="C-1", label="a", format="die", project=project)
    runs = before.get_model("registry", "AnalysisRun").objects
    messages = [{"text": "no thickness", "level": "warning"}, {"text": "fine", "level": "info"}]
    now = timezone.now()
    ended = {"status": "refused", "started_at": now, "finished_at": now, "inputs_hash": "0", "is_latest": False}
    for stored in (messages, []):
        runs.create(cell=cell, analysis="a", plugin="p", version="1", messages=stored, **ended)

    after = schema.migrate(AFTER)

    first, second = after.get_model("registry", "AnalysisRun").objects.order_by("pk")
    assert first.messages == [{"code": "uncoded", "parameters": {}, **message} for message in messages]
    assert second.messages == []
    codes = after.get_model("registry", "MessageCode").objects.values_list("run", "code")
    assert list(codes) == [(first.pk, "uncoded")]
