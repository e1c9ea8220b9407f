"""What becomes of curves stored before their axes named quantities."""

from typing import Any

import pytest
from django.utils import timezone

from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0020_message_codes"
AFTER = "0022_quantities_of_curves"


def test_curves_of_built_in_analyses_name_their_quantities(before: Any, schema: Schema) -> None:
    project = before.get_model("registry", "Project").objects.create(slug="lab", name="Lab")
    cell = before.get_model("registry", "Cell").objects.create(
        refcode="C-00001", label="a", label_key="a", format="die", project=project
    )
    runs = before.get_model("registry", "AnalysisRun").objects
    curves = before.get_model("registry", "Curve").objects
    for analysis, name, x, y in (
        ("capacity-retention", "capacity", "Cycle", "Capacity"),
        ("activation-energy", "arrhenius", "1000 / T", "σT"),
        ("of-a-plugin", "capacity", "Cycle", "Capacity"),
    ):
        now = timezone.now()
        run = runs.create(cell=cell, analysis=analysis, status="done", started_at=now, finished_at=now, inputs_hash="0")
        axes = {"x": {"label": x, "unit": "K⁻¹"}, "y": {"label": y, "unit": "mAh", "log": True}}
        curves.create(run=run, name=name, title=name, data={**axes, "series": [{"name": "a", "x": [1], "y": [2]}]})

    after = schema.migrate(AFTER)

    rows = list(after.get_model("registry", "Curve").objects.order_by("pk"))
    assert [(row.kind, row.x_quantity, row.y_quantity) for row in rows] == [
        ("line", "cycle_number", "capacity_mah"),
        ("line", "reciprocal_temperature_per_kk", "conductivity_temperature_s_k_cm"),
        ("line", "", ""),
    ]
    assert rows[0].data["y"] == {"label": "Capacity", "unit": "mAh", "log": True, "quantity": "capacity_mah"}
    assert (rows[1].data["x"]["label"], rows[1].data["x"]["unit"]) == ("1 / T", "kK⁻¹")
    assert (rows[2].data["x"]["unit"], rows[2].data["kind"]) == ("K⁻¹", "line")
    assert rows[2].data["series"] == [{"name": "a", "x": [1], "y": [2]}]
