"""JSON that is none."""

import pytest
from rest_framework.test import APIClient

from registry.models import Cell, Project
from tests import factories


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"fabrication_pressure_mpa": NaN}', "NaN is not a finite number"),
        (b'{"fabrication_pressure_mpa": Infinity}', "Infinity is not a finite number"),
        (b'{"fabrication_pressure_mpa": -1e999}', "-1e999 is not a finite number"),
        (b'{"label": ', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"label": "one", "label": "two"}', "‘label’ is there twice"),
        (b"[1]", "dictionary"),
        (b'"text"', "dictionary"),
        (b'{"label": "\\u0000"}', "label: This text contains the control character U+0000"),
        (b'{"label": "\\ud800"}', "label: This text contains half of a surrogate pair (U+D800)"),
    ],
)
def test_refuses_a_body_and_changes_nothing(api: APIClient, project: Project, body: bytes, words: str) -> None:
    cell = factories.make_cell(project, label="as it was")
    answer = api.generic("PATCH", f"/api/cells/{cell.refcode}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert Cell.objects.get().label == "as it was"
