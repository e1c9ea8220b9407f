"""A condition of a plugin is entered, filtered, ordered by and printed like a built-in one, and stays without it."""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import Cell, Measurement, Project
from registry.selectors.analysis_inputs.targets import get_target
from registry.selectors.comparison.tables import build_table, format_table
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import parse_list_query
from registry.services.measurement import save_measurement
from tests import factories

SLUG = "relative_humidity_percent"
PLUGIN = """
from registry.hookspecs import Condition, Quantity, hookimpl

HUMIDITY = Quantity(
    slug="relative_humidity_percent", name="Relative humidity", unit="percent", unit_label="%", symbol="RH",
    minimum=0, maximum=100,
)


@hookimpl
def register_conditions():
    return [Condition(quantity=HUMIDITY, example="40 %")]
"""


@pytest.fixture
def plugin(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "humidity.py").write_text(PLUGIN)
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path)
    plugin_loading.load()
    yield tmp_path
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


def remove(plugin: Path) -> None:
    (plugin / "humidity.py").unlink()
    shutil.rmtree(plugin / "__pycache__", ignore_errors=True)
    plugin_loading.load()


@pytest.fixture
def cell(plugin: Path, public_project: Project) -> Cell:
    """A cell measured at 20 % and at 60 %, both at 10 MPa."""
    cell = factories.make_cell(public_project)
    for humidity in ("20 %", "60 %"):
        factories.make_measurement(cell, stack_pressure_mpa="10 MPa", relative_humidity_percent=humidity)
    return cell


def matching(**parameters: str) -> list[str]:
    query = parse_list_query({name: [value] for name, value in parameters.items()})
    measurements = to_sql.filter_measurements(query, AnonymousUser()).order_by("pk")
    return [factories.written(measurement)[SLUG] for measurement in measurements]


@pytest.mark.parametrize("loaded", [True, False])
def test_it_is_filtered_and_ordered_by(cell: Cell, plugin: Path, loaded: bool) -> None:
    if not loaded:
        remove(plugin)
    assert matching(relative_humidity_percent__lte="30") == ["20 %"]
    assert matching(relative_humidity_percent__gte="10", stack_pressure_mpa__lte="10") == ["20 %", "60 %"]
    assert matching(relative_humidity_percent__gte="30", stack_pressure_mpa__lte="5") == []
    assert matching(relative_humidity_percent__exists="false") == []
    ordered = order_measurements(Measurement.objects.all(), parse_list_query({}), [f"-{SLUG}"])
    assert [factories.written(item)[SLUG] for item in ordered] == ["60 %", "20 %"]


@pytest.mark.parametrize("loaded", [True, False])
def test_it_is_a_column_and_the_row_of_a_table(cell: Cell, plugin: Path, loaded: bool) -> None:
    if not loaded:
        remove(plugin)
    definition = {"columns": ["label", SLUG], "order": [f"-{SLUG}"]}
    for row in ("measurement", SLUG):
        printed = format_table(build_table("humidity", "Humidity", {**definition, "row": row}), AnonymousUser())
        assert [cells[1].number for cells in printed.rows] == [60, 20]


@pytest.mark.parametrize("loaded", [True, False])
def test_pages_show_it(cell: Cell, plugin: Path, client: Client, loaded: bool) -> None:
    if not loaded:
        remove(plugin)
    for path in (f"/cells/{cell.refcode}/", f"/cells/?{SLUG}__lte=30"):
        assert "10 MPa, 20 %" in client.get(path).content.decode()


def test_the_api_reads_and_writes_it(cell: Cell, plugin: Path, public_project: Project) -> None:
    api = APIClient()
    api.force_authenticate(factories.make_member(public_project))
    url = f"/api/measurements/{cell.measurements.first().refcode}/"
    changed = api.patch(url, {"conditions": {SLUG: 25}}, format="json").json()
    assert changed["conditions"] == {"stack_pressure_mpa": "10 MPa", SLUG: "25 %"}
    assert api.patch(url, {"conditions": {SLUG: "120 %"}}, format="json").status_code == 400
    remove(plugin)
    shown = api.get(url).json()
    assert shown["conditions"] == changed["conditions"]
    assert api.patch(url, shown, format="json").status_code == 200
    refused = api.patch(url, {"conditions": {SLUG: "30 %"}}, format="json")
    assert list(refused.json()["fields"]) == [f"conditions.{SLUG}"]
    assert api.patch(url, {"conditions": {SLUG: None}}, format="json").json()["conditions"] == {
        "stack_pressure_mpa": "10 MPa"
    }


def test_words_that_give_no_reason_are_refused(cell: Cell, public_project: Project) -> None:
    api = APIClient()
    api.force_authenticate(factories.make_member(public_project))
    url = f"/api/measurements/{cell.measurements.first().refcode}/"
    refused = api.patch(url, {"conditions": {SLUG: "abc"}}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [f"conditions.{SLUG}"])
    kept = api.patch(url, {"conditions": {SLUG: "not reported"}}, format="json").json()
    assert kept["condition_numbers"][SLUG]["missing"] == "not reported"


def test_the_form_has_a_field_for_it(cell: Cell, plugin: Path, public_project: Project) -> None:
    client = Client()
    client.force_login(factories.make_member(public_project, is_staff=True))
    measurement = cell.measurements.first()
    url = reverse("admin:registry_measurement_change", args=[measurement.pk])
    for _ in range(2):
        form = client.get(url).context["adminform"].form
        assert form[f"conditions.{SLUG}"].value() == "20 %"
        remove(plugin) if plugin_loading.current().plugin_of("condition", SLUG) else None


def test_the_importer_takes_it_as_an_option(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "steps.csv").write_text("time (s),voltage (V),current (A)\n0,0.1,0.001\n1,0.1,0.001\n2,0.2,0.002\n")
    options = ["--cell", cell.refcode, "--technique", "chronoamperometry", "--relative-humidity", "35 %"]
    call_command("ingest", str(tmp_path / "steps.csv"), *options, stdout=StringIO())
    assert factories.written(Measurement.objects.latest("pk")) == {SLUG: "35 %"}


def test_an_analysis_reads_it(cell: Cell, plugin: Path, colleague: User) -> None:
    measurement = cell.measurements.first()
    for magnitude in (20.0, 20.0):
        fact = get_target(measurement=measurement).facts[f"measurement.{SLUG}"]
        assert fact.magnitude == magnitude
        if plugin_loading.current().plugin_of("condition", SLUG):
            remove(plugin)


def test_it_cannot_be_entered_without_the_plugin(plugin: Path, public_project: Project) -> None:
    remove(plugin)
    measurement = factories.make_measurement(factories.make_cell(public_project))
    with pytest.raises(ValidationError) as error:
        save_measurement(measurement, {SLUG: "20 %"}, by=None)
    assert list(error.value.message_dict) == [f"conditions.{SLUG}"]


def test_a_quantity_without_its_plugin_is_named_as_such(plugin: Path, cell: Cell) -> None:
    remove(plugin)
    measurement = cell.measurements.first()
    with pytest.raises(ValidationError) as error:
        save_measurement(measurement, {SLUG: "20.5 %"}, by=None)
    assert [item.code for item in error.value.error_dict[f"conditions.{SLUG}"]] == ["condition-not-registered"]
    with pytest.raises(ValidationError) as error:
        factories.report(measurement, SLUG, "20.5 %")
    assert [item.code for item in error.value.error_dict["quantity"]] == ["quantity-not-registered"]
