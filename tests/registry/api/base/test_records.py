"""Behaviour of all records."""

import pytest
from rest_framework.test import APIClient

from registry.models import Layer, Project
from tests import factories


def test_an_unknown_field_is_rejected_with_a_suggestion(api: APIClient, project: Project) -> None:
    response = api.post("/api/setups/", {"project": "lab", "name": "Die", "kind": "die", "die_diametre": "10 mm"})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["die_diametre"]
    assert "‘die_diameter’" in response.json()["error"]


def test_a_layer_sent_with_its_id_keeps_its_history(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    payload = {"id": layer.pk, "role": "sample", "material": layer.material_id, "thickness": "500 µm"}
    assert api.patch(f"/api/cells/{cell.refcode}/", {"layers": [payload]}).status_code == 200
    assert Layer.history.filter(id=layer.pk).count() == 2
    changes = api.get(f"/api/cells/{cell.refcode}/history/").json()
    thickness = {"name": "thickness", "before": "600 µm", "after": "500 µm"}
    assert any(change["what"] == "layer 1" and thickness in change["fields"] for change in changes)


def test_a_field_of_a_layer_that_is_not_sent_is_empty(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    payload = {"id": layer.pk, "role": "sample", "material": layer.material_id}
    (shown,) = api.patch(f"/api/cells/{cell.refcode}/", {"layers": [payload]}).json()["layers"]
    assert (shown["thickness"], shown["thickness_um"]) == ("", None)


EQUIVALENT_NAMES = [("Müller", "Mu\u0308ller"), ("NCM 01", "NCM\u200b 01"), ("Zelle Ä", "ZELLE ä")]
NAME_FIELDS = {
    "cells": ("label", {"format": "die"}),
    "materials": ("name", {"kind": "binder"}),
    "formulations": ("name", {"ingredients": []}),
    "setups": ("name", {"kind": "die"}),
    "column-mappings": (
        "name",
        {"mapping": {"columns": {"f": "frequency_hertz", "Z'": "Z' / Ohm", "Z''": "Z'' / Ohm"}}},
    ),
}


@pytest.mark.parametrize(("first", "second"), EQUIVALENT_NAMES)
@pytest.mark.parametrize("endpoint", NAME_FIELDS)
def test_an_equivalent_name_is_a_duplicate(
    api: APIClient, project: Project, endpoint: str, first: str, second: str
) -> None:
    field, others = NAME_FIELDS[endpoint]
    payload = {"project": project.slug, **others}
    response = api.post(f"/api/{endpoint}/", {**payload, field: first})
    assert response.status_code == 201, response.json()
    refused = api.post(f"/api/{endpoint}/", {**payload, field: second})
    assert refused.status_code == 400
    assert "already" in refused.json()["error"]


@pytest.mark.parametrize(("first", "second"), EQUIVALENT_NAMES)
@pytest.mark.parametrize("endpoint", [name for name, (field, _) in NAME_FIELDS.items() if field == "name"])
def test_an_equivalent_name_is_found(api: APIClient, project: Project, endpoint: str, first: str, second: str) -> None:
    field, others = NAME_FIELDS[endpoint]
    api.post(f"/api/{endpoint}/", {"project": project.slug, field: first, **others})
    assert [row["name"] for row in api.get(f"/api/{endpoint}/", {"name": second}).json()["results"]] == [first]


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\u001b"])
@pytest.mark.parametrize(
    ("endpoint", "body", "path"),
    [
        ("cells", '{"label": "BAD"}', "label"),
        ("cells", '{"layers": [{"as_written": "a"}, {"as_written": "BAD"}]}', "layers.2.as_written"),
        ("cells", '{"parameters": {"BAD": 1}}', None),
        ("comparisons", '{"definition": {"columns": ["label", {"heading": "BAD"}]}}', "definition.columns.2.heading"),
        ("materials", '{"synonyms": ["a", "BAD"]}', "synonyms.2"),
        ("values", '{"written": "BAD"}', "written"),
        ("publications/bibtex", '{"bibtex": "BAD"}', "bibtex"),
        ("projects", '{"slug": "BAD"}', "slug"),
        ("runs", '{"cell": "BAD"}', "cell"),
    ],
)
def test_text_that_cannot_be_stored_is_rejected_by_path(
    api: APIClient, endpoint: str, body: str, path: str | None, bad: str
) -> None:
    response = api.post(f"/api/{endpoint}/", body.replace("BAD", bad), content_type="application/json")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [path or f"parameters.{bad}"]


def test_text_is_stored_normalised(api: APIClient, project: Project) -> None:
    cell = factories.make_cell(project)
    conditions = {"stack_pressure_mpa": "10\u200b MPa"}
    measurement = {"cell": cell.refcode, "technique": "cycling", "conditions": conditions, "label": "a\u0308"}
    response = api.post("/api/measurements/", measurement)
    assert response.status_code == 201, response.json()
    assert (response.json()["conditions"], response.json()["label"]) == ({"stack_pressure_mpa": "10 MPa"}, "ä")
    value = {"measurement": response.json()["refcode"], "quantity": "resistance_ohm", "written": "5\u2060 \u2126\ufeff"}
    response = api.post("/api/values/", value)
    assert (response.status_code, response.json()["written"]) == (201, "5 Ω")
