"""Values of a removed plugin remain readable, and are marked, on every page, in the API and in tables.

The plugin is tests/data/plugins/sound.py, which registers a quantity.
"""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Comparison, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.audit.audit import list_findings
from registry.selectors.comparison.tables import build_table, format_table, get_table
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import parse_list_query
from registry.services.parameters import set_parameters
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from tests import factories
from tests.plugin_directory import directory_with

PLUGINS = Path(__file__).parent.parent / "data" / "plugins"
SLUG = "doubled_thickness_um"
COLUMNS = ["label", "stack_pressure_mpa", {"key": SLUG, "title": "Twice", "unit": "mm"}]
DEFINITION = {"columns": COLUMNS, "filters": {f"{SLUG}__gte": "1"}, "order": [f"-{SLUG}"], "require": [SLUG]}


@pytest.fixture
def cell(public_project: Project, settings: LazySettings) -> Iterator[Cell]:
    """A pellet 600 µm thick, with 1200 µm computed and 1210 µm reported before the plugin was removed."""
    settings.REGISTRY_PLUGINS_DIR = str(directory_with(PLUGINS / "sound.py"))
    plugin_loading.load()
    cell = factories.make_pellet(public_project)
    measurement = factories.make_measurement(cell, technique="eis", stack_pressure_mpa="10 MPa")
    factories.report(measurement, SLUG, "1.21 mm")
    set_parameters(cell, {"doubled-thickness": {"factor": 2.0}}, by=None)
    jobs = list_due_jobs(Measurement.objects.all(), names=["doubled-thickness", "pressure-above-ambient"])
    run_jobs(jobs, by=None)
    saved = Comparison(project=public_project, slug="twice", title="Twice", definition=DEFINITION)
    save_record(saved, by=None)
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()
    yield cell
    plugin_loading.load()


@pytest.fixture
def run(cell: Cell) -> AnalysisRun:
    return cell.runs.get(analysis="doubled-thickness")


def test_the_cell_page_shows_and_marks_the_values(cell: Cell, client: Client) -> None:
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "1.21 mm" in text
    assert ">1200" in text
    assert re.search(r'title="[^"]*doubled-thickness[^"]*">plugin not loaded</span>', text)
    assert text.count("plugin not loaded</span>") == 2
    assert text.count("not registered</span>") == 1


def test_the_run_page_names_the_missing_plugin(run: AnalysisRun, client: Client) -> None:
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert re.search(r"doubled-thickness [^<]*\bsound\b", text)
    assert "1200" in text


def test_the_api_marks_the_values_in_every_response(cell: Cell, run: AnalysisRun, client: Client) -> None:
    def list_gone(url: str) -> set[tuple[str, bool]]:
        response = client.get(url).json()
        return {(item["quantity"], item["orphaned"]) for item in response.get("values", response.get("results"))}

    both = {(SLUG, True), ("pressure_change_mpa", True)}
    assert list_gone(f"/api/values/?cell={cell.refcode}") == both
    assert list_gone(f"/api/cells/{cell.refcode}/") == both
    assert list_gone(f"/api/measurements/{cell.measurements.get().refcode}/") == both
    assert list_gone(f"/api/runs/{run.pk}/") == {(SLUG, True)}
    assert client.get(f"/api/runs/{run.pk}/").json()["loaded_version"] is None


def test_other_values_are_not_marked(cell: Cell, client: Client) -> None:
    factories.report(cell.measurements.get(), "resistance_ohm", "12 Ω")
    (value,) = client.get("/api/values/?quantity=resistance_ohm").json()["results"]
    assert (value["orphaned"], value["analysis"]) == (False, None)


def test_the_quantity_can_still_be_queried(cell: Cell, client: Client) -> None:
    results = client.get(f"/api/cells/?{SLUG}__gte=1205&ordering=-{SLUG}").json()["results"]
    assert [item["refcode"] for item in results] == [cell.refcode]
    assert [value["written"] for value in results[0]["matches"][0]["values"]] == ["1.21 mm"]
    assert client.get(f"/api/cells/?{SLUG}__gte=1300").json()["results"] == []
    assert cell.label in client.get(f"/cells/?{SLUG}__gte=1").content.decode()
    parsed = parse_list_query({f"{SLUG}__exists": ["false"]})
    assert list(to_sql.filter_cells(parsed, AnonymousUser())) == []
    ordered = order_measurements(Measurement.objects.all(), parsed, [SLUG])
    assert [measurement.cell for measurement in ordered] == [cell]


def test_a_cell_level_value_can_still_be_queried(cell: Cell, client: Client) -> None:
    Value.objects.filter(quantity=SLUG, origin="computed").update(measurement=None)
    results = client.get(f"/api/cells/?{SLUG}__lte=1205").json()["results"]
    assert [item["refcode"] for item in results] == [cell.refcode]


def test_an_unknown_quantity_is_still_rejected(cell: Cell, client: Client) -> None:
    response = client.get("/api/cells/?trebled_thickness_um__gte=1")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["trebled_thickness_um__gte"]


def test_a_saved_table_shows_the_values_with_a_footnote(cell: Cell, client: Client) -> None:
    formatted = format_table(get_table("twice", AnonymousUser()), AnonymousUser())
    assert [heading.title for heading in formatted.headings] == ["Label", "Stack pressure", "Twice"]
    assert [row.number for row in formatted.rows[0]] == [None, 10.0, 1210.0]
    comparison, unregistered = formatted.footnotes
    assert "1.21 mm" in comparison
    assert "+0.8 %" in comparison
    assert SLUG in unregistered
    assert "1210" in client.get("/compare/twice/").content.decode()
    assert client.get("/api/comparisons/twice/?format=csv").status_code == 200


def test_a_table_of_computed_values_names_the_analysis(cell: Cell) -> None:
    computed = build_table("computed", "Computed", {"columns": ["label", {"key": SLUG, "origin": "computed"}]})
    formatted = format_table(computed, AnonymousUser())
    assert formatted.rows[0][1].text == "1200"
    assert "doubled-thickness" in formatted.footnotes[-1]


def test_the_reason_for_a_missing_value_is_shown(cell: Cell) -> None:
    reported = Value.objects.filter(quantity=SLUG, origin="reported")
    reported.update(magnitude=None, lower=None, upper=None, written="Too thin", missing="Too thin")
    table = build_table("reported", "Reported", {"columns": [{"key": SLUG, "origin": "reported"}]})
    assert format_table(table, AnonymousUser()).rows[0][0].text == "Too thin"


def test_a_table_with_the_quantity_can_be_saved(cell: Cell, client: Client, owner: User) -> None:
    payload = {"project": "lab", "slug": "copy", "title": "Copy", "definition": DEFINITION}
    api = APIClient()
    api.force_authenticate(owner)
    assert api.post("/api/comparisons/", payload).status_code == 201
    assert api.get("/api/comparisons/copy/definition/").status_code == 200


def test_the_audit_still_compares_the_values(cell: Cell, client: Client) -> None:
    (finding,) = [item for item in list_findings(None) if item.quantity == SLUG]
    assert not finding.agrees
    assert "Doubled thickness" in client.get("/audit/").content.decode()
    output = StringIO()
    call_command("audit", stdout=output)
    assert "1.21 mm" in output.getvalue()
    assert client.get("/api/audit/").status_code == 200


def test_every_page_and_list_is_available(cell: Cell, run: AnalysisRun, client: Client, admin_client: Client) -> None:
    value = Value.objects.get(quantity=SLUG, origin="reported")
    measurement = cell.measurements.get()
    for url in ("/", "/cells/", "/plugins/", "/audit/", "/api/curves/", "/api/plugins/orphans/", "/api/schema/"):
        assert client.get(url).status_code == 200, url
    for path in ("value", f"value/{value.pk}/change", f"measurement/{measurement.pk}/change", "analysisrun",
                 f"analysisrun/{run.pk}/change", f"cell/{cell.pk}/change"):  # fmt: skip
        assert admin_client.get(f"/admin/registry/{path}/").status_code == 200, path


def test_its_analysis_is_not_run_and_its_parameters_remain(cell: Cell) -> None:
    output = StringIO()
    call_command("analyze", stdout=output)
    assert "doubled-thickness" not in output.getvalue()
    cell.refresh_from_db()
    cell.label = "renamed"
    save_record(cell, by=None)
    assert cell.parameters == {"doubled-thickness": {"factor": 2.0}}
    assert cell.runs.filter(analysis="doubled-thickness", is_latest=True).exists()


def test_the_marks_disappear_when_the_plugin_is_loaded_again(
    cell: Cell, settings: LazySettings, client: Client
) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(directory_with(PLUGINS / "sound.py"))
    plugin_loading.load()
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "plugin not loaded" not in text
    assert "Doubled thickness /\N{NO-BREAK SPACE}µm" in text
    assert list_due_jobs(Measurement.objects.all(), names=["doubled-thickness"]) == []
