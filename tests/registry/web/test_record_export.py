"""Materials, publications and comparison tables as CSV and JSON at their own addresses."""

import csv
import io
import json

from django.contrib.auth.models import User
from django.test import Client

from registry.models import Project
from registry.services.material import save_material
from tests import factories


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def test_materials_have_numbers_with_bounds(public_project: Project, client: Client) -> None:
    parent = factories.make_material(public_project, "LPSCl", formula="Li6PS5Cl", density="1.64 g/cm³")
    save_material(parent, ["argyrodite", "LPSC"], by=None)
    factories.make_material(public_project, "S-LPSCl", variant_of=parent, median_particle_size=">1 µm")
    first, second = rows_of(client, "/materials.csv")
    assert (first["name"], first["synonyms"], second["variant of"]) == ("LPSCl", "LPSC; argyrodite", "LPSCl")
    density = [first[f"Density{part} / g cm⁻³"] for part in ("", ", lower bound", ", upper bound")]
    assert list(map(float, density)) == [1.64, 1.635, 1.645]
    (size,) = (name for name in second if name.endswith("size, qualifier"))
    assert second[size] == ">"
    same = json.loads(client.get("/materials.json").getvalue())
    assert [row["Density / g cm⁻³"] for row in same] == [1.64, None]


def test_publications_count_the_cells_one_may_see(public_project: Project, client: Client) -> None:
    paper = factories.make_publication(public_project, key="wu2025", doi="10.1002/aenm.202404817", year=2025)
    factories.make_cell(public_project, origin="literature", publication=paper)
    (row,) = rows_of(client, "/publications.csv")
    assert (row["key"], row["doi"], row["year"], row["cells"]) == ("wu2025", "10.1002/aenm.202404817", "2025", "1")
    assert json.loads(client.get("/publications.json").getvalue())[0]["year"] == 2025


def test_private_records_are_exported_for_members_only(project: Project, viewer: User, client: Client) -> None:
    factories.make_material(project)
    factories.make_publication(project)
    addresses = ("/materials.csv", "/publications.csv")
    assert [len(rows_of(client, address)) for address in addresses] == [0, 0]
    client.force_login(viewer)
    assert [len(rows_of(client, address)) for address in addresses] == [1, 1]


def test_unknown_parameters_are_refused(client: Client, db: None) -> None:
    for name in ("materials", "publications"):
        for ending in ("csv", "json"):
            assert client.get(f"/{name}.{ending}?kind=x").status_code == 400
    assert client.get("/compare/low-pressure-cells.csv?anod=Li").status_code == 400


def test_a_table_has_an_address_for_each_format(client: Client, db: None) -> None:
    for ending in ("csv", "json", "md", "tex", "latex", "html", "xlsx"):
        response = client.get(f"/compare/low-pressure-cells.{ending}")
        assert response.status_code == 200, ending
    page = client.get("/compare/low-pressure-cells/?format=csv&anode=Li")
    assert client.get("/compare/low-pressure-cells.csv?anode=Li").content == page.content
    assert client.get("/compare/low-pressure-cells.doc").status_code == 404
    assert client.get("/compare/nothing.csv").status_code == 404
