"""Invalid request bodies."""

import pytest
from rest_framework.test import APIClient

from registry.models import Cell, Project
from tests import factories


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"fabrication_pressure_mpa": NaN}', "NaN is not a finite number"),
        (b'{"fabrication_pressure_mpa": Infinity}', "Infinity"),
        (b'{"fabrication_pressure_mpa": -1e999}', "-1e999 is not a finite number"),
        (b'{"label": ', "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"label": "one", "label": "two"}', "‘label’ twice"),
        (b"[1]", "object"),
        (b'"text"', "object"),
        (b'{"label": "\\u0000"}', "U+0000"),
        (b'{"label": "\\ud800"}', "U+D800"),
    ],
)
def test_an_invalid_body_is_rejected_and_changes_nothing(
    api: APIClient, project: Project, body: bytes, words: str
) -> None:
    cell = factories.make_cell(project, label="original")
    response = api.generic("PATCH", f"/api/cells/{cell.refcode}/", body, content_type="application/json")
    assert response.status_code == 400
    assert words in response.json()["error"]
    assert Cell.objects.get().label == "original"
