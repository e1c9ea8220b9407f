"""What becomes of refcodes that runs stored joined by commas."""

from typing import Any

import pytest
from django.utils import timezone

from registry.hookspecs import Analysis, Outcome
from registry.services.runs.analysis import inputs_hash
from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE = "0022_quantities_of_curves"
AFTER = "0023_lists_of_refcodes"
ANALYSIS = Analysis(
    name="sum", version="1", title="Sum", description="", techniques=("eis",), outputs=(), run=lambda inputs: Outcome()
)
OLD = {"measurements.eis": "M-00001, M-00002", "measurements.M-00001.label": "a, b", "cell.format": "die"}
NEW = OLD | {"measurements.eis": {"list": ["M-00001", "M-00002"]}}


def test_refcodes_become_lists_and_the_hash_follows(before: Any, schema: Schema) -> None:
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

    run = schema.migrate(AFTER).get_model("registry", "AnalysisRun").objects.get()
    assert run.inputs == NEW
    assert run.inputs_hash == inputs_hash(ANALYSIS, parameters, NEW)

    run = schema.migrate(BEFORE).get_model("registry", "AnalysisRun").objects.get()
    assert run.inputs == OLD
