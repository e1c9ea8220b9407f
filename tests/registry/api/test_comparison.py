"""Comparison tables over the API, in every format."""

from io import BytesIO

import openpyxl
import pytest
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
    for label, pressure, retention in (("one", "2 MPa", "90.9 %"), ("two", "20 MPa", "95 %")):
        measurement = factories.make_measurement(factories.make_cell(project, label=label), stack_pressure=pressure)
        factories.report(measurement, "capacity_retention_percent", retention)
    sent = {"project": "lab", "slug": "ours", "title": "Ours", "definition": DEFINITION}
    answer = api.post("/api/comparisons/", sent)
    assert answer.status_code == 201, answer.json()
    return "/api/comparisons/ours/"


def test_prints_the_table_in_every_format(api: APIClient, saved: str) -> None:
    for name, one in plugin_loading.current().table_formats.items():
        answer = api.get(f"{saved}?format={name}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == one.media_type
        if name == "xlsx":
            book = openpyxl.load_workbook(BytesIO(answer.content))
            assert any(cell.value == 90.9 for sheet in book for row in sheet for cell in row)
        else:
            assert "90.9" in answer.content.decode()


def test_is_json_unless_a_format_is_given(api: APIClient, saved: str) -> None:
    answer = api.get(saved)
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["title"] == "Ours"


def test_further_parameters_narrow_the_table(api: APIClient, saved: str) -> None:
    text = api.get(f"{saved}?format=csv&stack_pressure_mpa__lte=10").content.decode()
    assert "one" in text
    assert "two" not in text


@pytest.mark.parametrize(
    ("asked", "parameter", "words"),
    [
        ("format=odt", "format", "csv"),
        ("format=", "format", "There is no format"),
        ("stack_pressure=2", "stack_pressure", "Did you mean ‘stack_pressure_mpa’?"),
        ("stack_pressure_mpa__lte=", "stack_pressure_mpa__lte", "has no value"),
    ],
)
def test_refuses_an_unknown_format_or_parameter(
    api: APIClient, saved: str, asked: str, parameter: str, words: str
) -> None:
    answer = api.get(f"{saved}?{asked}")
    assert answer.status_code == 400
    assert words in answer.json()["fields"][parameter][0]


def test_names_the_nearest_table(api: APIClient, saved: str) -> None:
    answer = api.get("/api/comparisons/our/")
    assert answer.status_code == 404
    assert "Did you mean ‘ours’?" in answer.json()["error"]


def test_lists_declared_and_saved_tables(api: APIClient, saved: str) -> None:
    listed = {item["slug"]: item["saved"] for item in api.get("/api/comparisons/").json()["results"]}
    assert listed["ours"] is True
    for slug in plugin_loading.current().tables:
        assert listed[slug] is False


def test_shows_and_changes_the_definition(api: APIClient, saved: str) -> None:
    shown = api.get(f"{saved}definition/").json()
    assert (shown["slug"], shown["project"]) == ("ours", "lab")
    assert [column["key"] for column in shown["definition"]["columns"]] == [
        "label",
        "capacity_retention_percent",
        "stack_pressure_mpa",
    ]
    changed = api.patch(saved, {"title": "Mine", "definition": shown["definition"]})
    assert changed.status_code == 200, changed.json()
    assert api.get(saved).json()["title"] == "Mine"
    assert api.delete(saved).status_code == 204
    assert api.get(saved).status_code == 404


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({"columns": ["capacity_retention"]}, "There is no column ‘capacity_retention’"),
        ({"columns": []}, "`columns` lists what to print"),
        ({"columns": ["label"], "filters": {"anod": "Li"}}, "There is no parameter ‘anod’"),
        ({"columns": [{"key": "stack_pressure_mpa", "unit": "mA"}]}, "current"),
        ({"columns": ["label"], "colour": "red"}, "has no ‘colour’"),
        ({"columns": ["label"], "filters": ["anode"]}, ""),
        ({"columns": ["label"], "filters": {"stack_pressure_mpa__lte": "12,5 MPa"}}, "has a comma"),
        ({"columns": [3]}, "Column 1 is a key"),
        ({"columns": [{"key": "label", "title": 5}]}, "Column 1 is a key, or an object of texts"),
        ({"columns": [{"key": "label", "titel": "Cell"}]}, "Did you mean ‘title’?"),
        ({"columns": ["label"], "order": 3}, "`order` lists columns"),
        ({"columns": ["label"], "order": "label"}, "`order` lists columns"),
        ({"columns": ["label"], "row": ["stack_pressure_mpa"]}, "`row` is a text"),
        ({"columns": ["label"], "caption": 7}, "`caption` is a text"),
        ({"columns": ["label"], "transposed": "yes"}, "`transposed` is true or false"),
    ],
)
def test_refuses_an_unsound_definition(api: APIClient, project: Project, definition: dict, words: str) -> None:
    sent = {"project": "lab", "slug": "bad", "title": "Bad", "definition": definition}
    answer = api.post("/api/comparisons/", sent)
    assert answer.status_code == 400
    assert words in answer.json()["fields"]["definition"][0]
    assert not Comparison.objects.exists()
