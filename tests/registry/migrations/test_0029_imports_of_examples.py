"""What becomes of changes that an import made before histories named it."""

from typing import Any

import pytest
from django.utils import timezone

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0027_cycle_columns"
AFTER = "0029_imports_of_examples"


def test_changes_of_an_import_name_the_example(before: Any, schema: Schema) -> None:
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

    rows = schema.migrate(AFTER).get_model("registry", "HistoricalProject").objects.order_by("history_id")
    assert list(rows.values_list("history_import", flat=True)) == ["wu2025", "", ""]
