"""What becomes of rows that were entered before their text was checked."""

from typing import Any

import pytest
from django.db import connection

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0011_values_that_were_deleted"
AFTER = "0014_names_unique_by_their_keys"


def test_old_rows_are_cleaned_and_names_that_now_clash_get_a_number(before: Any, schema: Schema) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab\u200b")
    other = before.get_model("registry", "Project").objects.create(slug="other", name="Other")
    cells = before.get_model("registry", "Cell").objects
    for number, (label, owner) in enumerate([("Müller", project), ("Mu\u0308ller", project), ("Mu\u0308ller", other)]):
        cells.create(refcode=f"C-{number:05d}", label=label, format="die", project=owner)
    material = before.get_model("registry", "Material").objects.create(project=project, name="LPSCl", kind="binder")
    for name in ("LPSC", "LPSC\u200b"):
        before.get_model("registry", "Synonym").objects.create(material=material, name=name)
        before.get_model("registry", "Batch").objects.create(material=material, lot=name)
    papers = before.get_model("registry", "Publication").objects
    for key, doi in (("a", "10.1016/J.X."), ("b", "10.1016/j.y–1"), ("c", "10.1016/j.y-1")):
        papers.create(project=project, key=key, doi=doi, authors="A", title="t")
    if connection.vendor == "sqlite":
        definition = {"columns": ["label"], "caption": "a\ud800b\0"}
        before.get_model("registry", "Comparison").objects.create(
            project=project, slug="bad", title="a\0b", definition=definition
        )

    after = schema.migrate(AFTER)

    def rows(model: str, *columns: str) -> list[Any]:
        ordered = after.get_model("registry", model).objects.order_by("pk")
        return list(ordered.values_list(*columns, flat=len(columns) == 1))

    assert rows("Project", "name") == ["Lab", "Other"]
    assert rows("Cell", "label", "label_key") == [
        ("Müller", "müller"),
        ("Müller (2)", "müller (2)"),
        ("Müller", "müller"),
    ]
    assert rows("HistoricalCell", "label", "history_type") == [("Müller (2)", "~"), ("Müller", "~")]
    assert rows("Synonym", "name", "name_key") == [("LPSC", "lpsc")]
    assert rows("HistoricalSynonym", "name", "history_type") == [("LPSC\u200b", "-")]
    assert rows("Batch", "lot") == ["LPSC", "LPSC (2)"]
    assert rows("Publication", "doi") == ["10.1016/j.x", "10.1016/j.y–1", "10.1016/j.y-1"]
    if connection.vendor == "sqlite":
        assert rows("Comparison", "title", "definition") == [("a�b", {"columns": ["label"], "caption": "a�b�"})]
