"""What becomes of values that were entered before a value could be at a place."""

from typing import Any

import pytest
from django.utils import timezone

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0034_an_open_vocabulary"
AFTER = "0035_values_at_places"


def test_values_stay_and_have_no_place(before: Any, schema: Schema) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(
        refcode="C-00001", label="a", label_key="a", format="die", project=project
    )
    columns = {"quantity": "resistance_ohm", "origin": "reported", "written": "7 Ω", "magnitude": 7.0}
    bounds = {"lower": 6.5, "upper": 7.5, "created_at": timezone.now()}
    for is_latest in (True, False):
        before.get_model("registry", "Value").objects.create(cell=cell, is_latest=is_latest, **columns, **bounds)
    history = {"id": 9, "history_date": timezone.now(), "history_type": "-"}
    before.get_model("registry", "HistoricalValue").objects.create(cell_id=cell.pk, **columns, **bounds, **history)
    after = schema.migrate(AFTER)
    for name, count in (("Value", 2), ("HistoricalValue", 1)):
        rows = after.get_model("registry", name).objects.values_list("magnitude", "at_kind", "at_number")
        assert list(rows) == [(7.0, "", None)] * count
