"""What all records share."""

import pytest
from rest_framework.test import APIClient

from registry.models import Layer, Project
from tests import factories


def test_names_the_nearest_field(api: APIClient, project: Project) -> None:
    answer = api.post("/api/setups/", {"project": "lab", "name": "Die", "kind": "die", "die_diametre": "10 mm"})
    assert answer.status_code == 400
    told = "There is no field ‘die_diametre’. Did you mean ‘die_diameter’?"
    assert answer.json()["fields"] == {"die_diametre": [told]}


def test_an_entry_sent_with_its_id_keeps_its_history(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    sent = {"id": layer.pk, "role": "sample", "material": layer.material_id, "thickness": "500 µm"}
    assert api.patch(f"/api/cells/{cell.refcode}/", {"layers": [sent]}).status_code == 200
    assert Layer.history.filter(id=layer.pk).count() == 2
    changes = api.get(f"/api/cells/{cell.refcode}/history/").json()
    thickness = {"name": "thickness", "before": "600 µm", "after": "500 µm"}
    assert any(change["what"] == "layer 1" and thickness in change["fields"] for change in changes)


def test_a_field_of_an_entry_that_is_not_sent_is_empty(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    sent = {"id": layer.pk, "role": "sample", "material": layer.material_id}
    (shown,) = api.patch(f"/api/cells/{cell.refcode}/", {"layers": [sent]}).json()["layers"]
    assert (shown["thickness"], shown["thickness_um"]) == ("", None)


ALIKE = [("Müller", "Mu\u0308ller"), ("NCM 01", "NCM\u200b 01"), ("Zelle Ä", "ZELLE ä")]
NAMED = {
    "cells": ("label", {"format": "die"}),
    "materials": ("name", {"kind": "binder"}),
    "formulations": ("name", {"ingredients": []}),
    "setups": ("name", {"kind": "die"}),
    "column-mappings": (
        "name",
        {"mapping": {"columns": {"f": "frequency_hertz", "Z'": "Z' / Ohm", "Z''": "Z'' / Ohm"}}},
    ),
}


@pytest.mark.parametrize(("first", "second"), ALIKE)
@pytest.mark.parametrize("endpoint", NAMED)
def test_a_name_is_taken_however_it_is_spelled(
    api: APIClient, project: Project, endpoint: str, first: str, second: str
) -> None:
    field, others = NAMED[endpoint]
    sent = {"project": project.slug, **others}
    answer = api.post(f"/api/{endpoint}/", {**sent, field: first})
    assert answer.status_code == 201, answer.json()
    refused = api.post(f"/api/{endpoint}/", {**sent, field: second})
    assert refused.status_code == 400
    assert "already" in refused.json()["error"]


@pytest.mark.parametrize(("first", "second"), ALIKE)
@pytest.mark.parametrize("endpoint", [name for name, (field, _) in NAMED.items() if field == "name"])
def test_a_name_is_found_however_it_is_spelled(
    api: APIClient, project: Project, endpoint: str, first: str, second: str
) -> None:
    field, others = NAMED[endpoint]
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
def test_what_cannot_be_stored_is_refused_with_the_path_to_it(
    api: APIClient, endpoint: str, body: str, path: str | None, bad: str
) -> None:
    answer = api.post(f"/api/{endpoint}/", body.replace("BAD", bad), content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [path or f"parameters.{bad}"]


def test_a_number_is_stored_in_the_one_form_of_text(api: APIClient, project: Project) -> None:
    cell = factories.make_cell(project)
    measurement = {"cell": cell.refcode, "technique": "cycling", "stack_pressure": "10\u200b MPa", "label": "a\u0308"}
    answer = api.post("/api/measurements/", measurement)
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["stack_pressure"], answer.json()["label"]) == ("10 MPa", "ä")
    value = {"measurement": answer.json()["refcode"], "quantity": "resistance_ohm", "written": "5\u2060 \u2126\ufeff"}
    answer = api.post("/api/values/", value)
    assert (answer.status_code, answer.json()["written"]) == (201, "5 Ω")
