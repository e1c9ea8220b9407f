"""The API of comparison tables, in every format."""

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import Comparison, Project
from tests import factories

DEFINITION = {
    "columns": ["label", "capacity_retention_percent", {"key": "stack_pressure_mpa", "unit": "kPa"}],
    "require": ["capacity_retention_percent"],
}


@pytest.fixture
def saved(api: APIClient, project: Project) -> str:
    for label, pressure, retention in (("low", "2 MPa", "90.9 %"), ("high", "20 MPa", "95 %")):
        measurement = factories.make_measurement(factories.make_cell(project, label=label), stack_pressure_mpa=pressure)
        factories.report(measurement, "capacity_retention_percent", retention)
    payload = {"project": "lab", "slug": "pressure", "title": "Pressure", "definition": DEFINITION}
    response = api.post("/api/comparisons/", payload)
    assert response.status_code == 201, response.json()
    return "/api/comparisons/pressure/"


@pytest.mark.usefixtures("saved")
def test_a_slug_that_is_taken_is_refused_alike_whoever_has_it(
    api: APIClient, client_for: Callable[[User], APIClient]
) -> None:
    """By a comparison one sees, one that is hidden, or a plugin."""
    other_project = factories.make_project(slug="other", name="Other")
    outsider = factories.make_member(other_project, "editor", "someone")
    payload = {"slug": "pressure", "title": "Pressure", "definition": DEFINITION}
    own = api.post("/api/comparisons/", {**payload, "project": "lab"})
    hidden = client_for(outsider).post("/api/comparisons/", {**payload, "project": other_project.slug})
    slug = next(iter(plugin_loading.current().tables))
    plugins = api.post("/api/comparisons/", {**payload, "project": "lab", "slug": slug})
    assert (own.status_code, list(own.json()["fields"])) == (400, ["slug"])
    assert own.json() == hidden.json() == plugins.json()


def test_a_table_is_formatted_in_every_format(api: APIClient, saved: str) -> None:
    for name, table_format in plugin_loading.current().table_formats.items():
        response = api.get(f"{saved}?format={name}")
        assert response.status_code == 200
        assert response["Content-Type"] == table_format.media_type
        if name == "xlsx":
            book = openpyxl.load_workbook(BytesIO(response.content))
            assert any(cell.value == 90.9 for sheet in book for row in sheet for cell in row)
        else:
            assert "90.9" in response.content.decode()


def test_the_default_format_is_json(api: APIClient, saved: str) -> None:
    response = api.get(saved)
    assert response["Content-Type"].startswith("application/json")
    assert response.json()["title"] == "Pressure"


def test_query_parameters_filter_the_table(api: APIClient, saved: str) -> None:
    text = api.get(f"{saved}?format=csv&stack_pressure_mpa__lte=10").content.decode()
    assert "low" in text
    assert "high" not in text


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("format=odt", "format", "csv"),
        ("format=", "format", "csv"),
        ("stack_pressure=2", "stack_pressure", "‘stack_pressure_mpa’"),
        ("stack_pressure_mpa__lte=", "stack_pressure_mpa__lte", "has no value"),
    ],
)
def test_an_unknown_format_or_parameter_is_rejected(
    api: APIClient, saved: str, query: str, parameter: str, words: str
) -> None:
    response = api.get(f"{saved}?{query}")
    assert response.status_code == 400
    assert words in response.json()["fields"][parameter][0]


def test_an_unknown_table_gets_a_suggestion(api: APIClient, saved: str) -> None:
    response = api.get("/api/comparisons/presure/")
    assert response.status_code == 404
    assert "‘pressure’" in response.json()["error"]


def test_declared_and_saved_tables_are_listed(api: APIClient, saved: str) -> None:
    listed = {item["slug"]: item["saved"] for item in api.get("/api/comparisons/").json()["results"]}
    assert listed["pressure"] is True
    for slug in plugin_loading.current().tables:
        assert listed[slug] is False


def test_the_definition_is_shown_and_changed(api: APIClient, saved: str) -> None:
    shown = api.get(f"{saved}definition/").json()
    assert (shown["slug"], shown["project"]) == ("pressure", "lab")
    assert [column["key"] for column in shown["definition"]["columns"]] == [
        "label",
        "capacity_retention_percent",
        "stack_pressure_mpa",
    ]
    changed = api.patch(saved, {"title": "Renamed", "definition": shown["definition"]})
    assert changed.status_code == 200, changed.json()
    assert api.get(saved).json()["title"] == "Renamed"
    assert api.delete(saved).status_code == 204
    assert api.get(saved).status_code == 404


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({"columns": ["capacity_retention"]}, "‘capacity_retention’"),
        ({"columns": []}, "`columns`"),
        ({"columns": ["label"], "filters": {"anod": "Li"}}, "‘anod’"),
        ({"columns": [{"key": "stack_pressure_mpa", "unit": "mA"}]}, "current"),
        ({"columns": ["label"], "colour": "red"}, "‘colour’"),
        ({"columns": ["label"], "filters": ["anode"]}, ""),
        *(
            ({"columns": ["label"], "filters": {"anode": odd}}, "‘anode’")
            for odd in ({"a": 1}, [["Li"]], None, True, [])
        ),
        ({"columns": ["label"], "replicates": "champion", "champion": "label"}, "‘label’"),
        ({"columns": ["label"], "compare_with": "row 1"}, "‘row 1’"),
        ({"columns": ["label"], "this_work": "nonsense"}, "‘nonsense’"),
        ({"columns": ["label"], "filters": {"stack_pressure_mpa__lte": "12,5 MPa"}}, "comma"),
        ({"columns": [3]}, "Column 1"),
        ({"columns": [{"key": "label", "title": 5}]}, "Column 1"),
        ({"columns": [{"key": "label", "titel": "Cell"}]}, "‘title’"),
        ({"columns": ["label"], "order": 3}, "`order`"),
        ({"columns": ["label"], "order": "label"}, "`order`"),
        ({"columns": ["label"], "row": ["stack_pressure_mpa"]}, "`row`"),
        ({"columns": ["label"], "caption": 7}, "`caption`"),
        ({"columns": ["label"], "transposed": "yes"}, "`transposed`"),
    ],
)
def test_an_invalid_definition_is_rejected(api: APIClient, project: Project, definition: dict, words: str) -> None:
    payload = {"project": "lab", "slug": "bad", "title": "Bad", "definition": definition}
    response = api.post("/api/comparisons/", payload)
    assert response.status_code == 400
    assert words in response.json()["fields"]["definition"][0]
    assert not Comparison.objects.exists()
