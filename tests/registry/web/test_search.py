"""Search over all kinds of records, and its suggestions."""

import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Cell, Project
from registry.services.files.dataset import add_file
from registry.services.material import save_material
from tests import factories

CSV = b"cycle,charge capacity (mAh),discharge capacity (mAh)\n1,2,1.9\n2,2,1.8\n"


def hits(client: Client, **query: str) -> dict[str, list[str]]:
    """The titles found, by kind."""
    sections = client.get("/search/", query).context["sections"]
    return {section.kind.value: [hit.title for hit in section.hits] for section in sections}


def suggestions(client: Client, text: str) -> list[dict[str, Any]]:
    return list(json.loads(client.get("/search/suggestions/", {"q": text}).content)["suggestions"])


@pytest.fixture
def cell(public_project: Project) -> Cell:
    """A cell with a measurement and its file."""
    material = factories.make_material(public_project, "LPSCl", kind="solid_electrolyte")
    save_material(material, ["argyrodite"], by=None)
    cell = factories.make_cell(public_project, label="pellet of LPSCl")
    measurement = factories.make_measurement(cell, label="LPSCl at rest")
    add_file(measurement=measurement, file=io.BytesIO(CSV), filename="LPSCl_10MPa.csv", by=None)
    return cell


def test_each_kind_has_a_section_with_its_number_and_links(cell: Cell, client: Client) -> None:
    response = client.get("/search/", {"q": "lpscl"})
    sections = {section.kind.value: section for section in response.context["sections"]}
    assert {kind: section.count for kind, section in sections.items()} == {
        "cell": 1,
        "measurement": 1,
        "material": 1,
        "file": 1,
    }
    measurement = cell.measurements.get()
    assert [section.hits[0].url for section in sections.values()] == [
        f"/cells/{cell.refcode}/",
        f"/cells/{cell.refcode}/#{measurement.refcode}",
        f"/materials/{cell.project.materials.get().pk}/",
        f"/cells/{cell.refcode}/#{measurement.refcode}",
    ]
    for section in sections.values():
        assert client.get(section.hits[0].url).status_code == 200
        assert client.get(section.url).status_code == 200


def test_the_box_of_every_page_keeps_the_search(cell: Cell, client: Client) -> None:
    assert 'name="q" value="&lt;b&gt;"' in client.get("/search/", {"q": "<b>"}).content.decode()
    for address in ("/", "/cells/", "/materials/"):
        text = client.get(address).content.decode()
        assert 'role="search" action="/search/" data-suggestions="/search/suggestions/"' in text


def test_a_refcode_or_doi_leads_to_its_record(cell: Cell, public_project: Project, client: Client) -> None:
    paper = factories.make_publication(public_project, doi="10.1002/aenm.202404817")
    measurement = cell.measurements.get()
    number = cell.refcode[2:].lstrip("0")
    for text, url in (
        (cell.refcode, f"/cells/{cell.refcode}/"),
        (f"c-{number}", f"/cells/{cell.refcode}/"),
        (measurement.refcode, f"/cells/{cell.refcode}/#{measurement.refcode}"),
        ("https://doi.org/10.1002/AENM.202404817", f"/publications/{paper.pk}/"),
    ):
        response = client.get("/search/", {"q": f" {text} "})
        assert (response.status_code, response.headers["Location"]) == (302, url)
    assert client.get("/search/", {"q": cell.refcode, "kind": "cell"}).status_code == 200
    assert client.get("/search/", {"q": "C-99999"}).status_code == 200


def test_private_records_are_neither_listed_nor_counted(
    project: Project, viewer: User, outsider: User, client: Client
) -> None:
    cell = factories.make_cell(project, label="hidden pellet")
    factories.make_measurement(cell, label="hidden")
    factories.make_cell(project, label="hidden model", origin="simulated")
    for user in (None, outsider):
        if user:
            client.force_login(user)
        for query in ({"q": "hidden"}, {"q": "hidden", "kind": "cell"}, {"q": "hidden", "simulated": "true"}):
            response = client.get("/search/", query)
            assert response.context["sections"] == []
            assert not response.context.get("simulated")
            assert cell.label not in response.content.decode()
        assert client.get("/search/", {"q": cell.refcode}).status_code == 200
        assert suggestions(client, "hidden") == []
    client.force_login(viewer)
    assert [*hits(client, q="hidden pellet")] == ["cell", "measurement"]
    assert len(suggestions(client, "hidden")) == 2


def test_simulated_records_are_left_out_with_a_link(public_project: Project, client: Client) -> None:
    model = factories.make_cell(public_project, label="model pellet", origin="simulated")
    response = client.get("/search/", {"q": "model"})
    assert response.context["sections"] == []
    assert response.context["simulated"] == 1
    text = response.content.decode()
    assert "simulated=true" in text
    assert "Only simulated" in text
    assert "No record matches" not in text
    assert hits(client, q="model", simulated="true") == {"cell": [str(model)]}
    assert client.get("/search/", {"q": model.refcode}).status_code == 302


def test_all_hits_of_a_kind_are_paged(public_project: Project, client: Client) -> None:
    for number in range(53):
        factories.make_material(public_project, f"oxide {number}")
    exact = factories.make_material(public_project, "oxide")
    first = client.get("/search/", {"q": "oxide", "kind": "material"})
    second = client.get("/search/", {"q": "oxide", "kind": "material", "page": "2"})
    titles = [hit.title for response in (first, second) for hit in response.context["hits"]]
    assert titles == [exact.name, *(f"oxide {number}" for number in reversed(range(53)))]
    assert 'rel="next"' in first.content.decode()
    assert 'rel="next"' not in second.content.decode()
    assert client.get("/search/", {"q": "oxide", "kind": "material", "page": "3"}).status_code == 404


def test_tables_of_plugins_are_found(client: Client, db: None) -> None:
    assert hits(client, q="low-pressure-cells")["table"]
    response = client.get("/search/", {"q": "low-pressure-cells", "kind": "table"})
    assert response.context["hits"][0].url == "/compare/low-pressure-cells/"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "x", "kinds": "cell"}, 400),
        ({"q": "x", "kind": "cells"}, 400),
        ({"q": "x", "page": "0"}, 400),
        ({"q": "x", "page": "x"}, 400),
        ({"q": "x", "page": "²"}, 400),
        ({"q": "x", "page": "9" * 5000}, 400),
        ({"q": "x", "simulated": "yes"}, 400),
        ({"q": "x" * 10_000}, 400),
        ({"q": "x\0"}, 400),
        ({"q": "a\nb"}, 400),
        ({"q": '" OR * NEAR('}, 200),
        ({"q": "'; DROP TABLE x; --"}, 200),
        ({"q": "🔋"}, 200),
        ({"q": ""}, 200),
        ({}, 200),
    ],
)
def test_every_search_is_answered(client: Client, db: None, query: dict[str, str], status: int) -> None:
    assert client.get("/search/", query).status_code == status
    if set(query) == {"q"}:
        assert client.get("/search/suggestions/", query).status_code == status


def test_suggestions_name_the_kind_and_the_address(cell: Cell, client: Client) -> None:
    first, *others = suggestions(client, "lpscl")
    material = cell.project.materials.get()
    assert first == {
        "title": "LPSCl",
        "detail": "solid electrolyte · argyrodite",
        "kind": "material",
        "url": f"/materials/{material.pk}/",
    }
    assert sorted(item["kind"] for item in others) == ["cell", "file", "measurement"]
    assert suggestions(client, "argyr")[0] == first
    assert suggestions(client, "") == suggestions(client, "-") == []


def test_the_number_of_queries_is_constant(public_project: Project, client: Client) -> None:
    def count() -> list[int]:
        numbers = []
        for address, query in (
            ("/search/", {"q": "pellet"}),
            ("/search/", {"q": "pellet", "kind": "cell"}),
            ("/search/suggestions/", {"q": "pellet"}),
        ):
            with CaptureQueriesContext(connection) as captured:
                client.get(address, query)
            numbers.append(len(captured))
        return numbers

    factories.make_measurement(factories.make_cell(public_project, label="pellet"))
    few = count()
    for number in range(8):
        factories.make_measurement(factories.make_cell(public_project, label=f"pellet {number}"), label="pellet")
        factories.make_setup(public_project, name=f"pellet die {number}")
        factories.make_material(public_project, f"pellet {number}")
    assert count() == few
    assert max(few) <= 10
