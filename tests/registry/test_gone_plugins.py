"""A plugin that is gone leaves its values readable, and marked, on every page, in the API and in tables.

The plugin is tests/data/plugins/sound.py: it gave a quantity of its own, which then no plugin registers.
"""

import shutil
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
from registry.selectors.audit import list_findings
from registry.selectors.comparison.tables import build_table, format_table, get_table
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import parse_list_query
from registry.services.parameters import set_parameters
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from tests import factories

PLUGINS = Path(__file__).parent.parent / "data" / "plugins"
SLUG = "doubled_thickness_um"
NOTE = "Computed by doubled-thickness, which is not loaded any more."
COLUMNS = ["label", "stack_pressure_mpa", {"key": SLUG, "title": "Twice", "unit": "mm"}]
DEFINITION = {"columns": COLUMNS, "filters": {f"{SLUG}__gte": "1"}, "order": [f"-{SLUG}"], "require": [SLUG]}


@pytest.fixture
def cell(public_project: Project, settings: LazySettings, tmp_path: Path) -> Iterator[Cell]:
    """A pellet 600 µm thick; 1200 µm was computed of it and 1210 µm reported, then the plugin was removed."""
    directory = tmp_path / "plugins"
    directory.mkdir()
    shutil.copy(PLUGINS / "sound.py", directory)
    settings.REGISTRY_PLUGINS_DIR = str(directory)
    plugin_loading.load()
    cell = factories.make_pellet(public_project)
    measurement = factories.make_measurement(cell, technique="eis", stack_pressure="10 MPa")
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


def test_the_page_of_the_cell_shows_the_numbers_and_marks_them(cell: Cell, client: Client) -> None:
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "1.21 mm" in text
    assert ">1200" in text
    assert f'title="{NOTE}">plugin not loaded</span>' in text
    assert text.count("plugin not loaded</span>") == 2
    assert text.count("not registered</span>") == 1


def test_the_page_of_the_run_says_what_became_of_the_plugin(run: AnalysisRun, client: Client) -> None:
    text = client.get(f"/runs/{run.pk}/").content.decode()
    assert "The analysis doubled-thickness is not loaded: sound is not installed any more." in text
    assert "1200" in text


def test_the_api_marks_the_value_wherever_it_is_shown(cell: Cell, run: AnalysisRun, client: Client) -> None:
    def gone(address: str) -> set[tuple[str, bool]]:
        answer = client.get(address).json()
        return {(item["quantity"], item["gone"]) for item in answer.get("values", answer.get("results"))}

    both = {(SLUG, True), ("pressure_change_mpa", True)}
    assert gone(f"/api/values/?cell={cell.refcode}") == both
    assert gone(f"/api/cells/{cell.refcode}/") == both
    assert gone(f"/api/measurements/{cell.measurements.get().refcode}/") == both
    assert gone(f"/api/runs/{run.pk}/") == {(SLUG, True)}
    assert client.get(f"/api/runs/{run.pk}/").json()["loaded_version"] is None


def test_what_is_not_gone_is_not_marked(cell: Cell, client: Client) -> None:
    factories.report(cell.measurements.get(), "resistance_ohm", "12 Ω")
    (value,) = client.get("/api/values/?quantity=resistance_ohm").json()["results"]
    assert (value["gone"], value["analysis"]) == (False, None)


def test_one_can_still_ask_for_the_quantity(cell: Cell, client: Client) -> None:
    found = client.get(f"/api/cells/?{SLUG}__gte=1205&ordering=-{SLUG}").json()["results"]
    assert [item["refcode"] for item in found] == [cell.refcode]
    assert [entry["written"] for entry in found[0]["matches"][0]["values"]] == ["1.21 mm"]
    assert client.get(f"/api/cells/?{SLUG}__gte=1300").json()["results"] == []
    assert cell.label in client.get(f"/cells/?{SLUG}__gte=1").content.decode()
    parsed = parse_list_query({f"{SLUG}__exists": ["false"]})
    assert list(to_sql.filter_cells(parsed, AnonymousUser())) == []
    ordered = order_measurements(Measurement.objects.all(), parsed, [SLUG])
    assert [element.cell for element in ordered] == [cell]


def test_of_a_whole_cell_too(cell: Cell, client: Client) -> None:
    Value.objects.filter(quantity=SLUG, origin="computed").update(measurement=None)
    found = client.get(f"/api/cells/?{SLUG}__lte=1205").json()["results"]
    assert [item["refcode"] for item in found] == [cell.refcode]


def test_a_name_that_never_was_a_quantity_is_refused_as_before(cell: Cell, client: Client) -> None:
    answer = client.get("/api/cells/?trebled_thickness_um__gte=1")
    assert answer.status_code == 400
    assert "There is no parameter" in answer.json()["error"]


def test_a_saved_table_prints_the_numbers_with_a_footnote(cell: Cell, client: Client) -> None:
    printed = format_table(get_table("twice", AnonymousUser()), AnonymousUser())
    assert [heading.title for heading in printed.headings] == ["Label", "Stack pressure", "Twice"]
    assert [row.number for row in printed.rows[0]] == [None, 10.0, 1210.0]
    assert printed.footnotes == (
        "doubled thickness um: reported 1.21 mm, computed 1200.0 (reported − computed: +0.8 %): they disagree.",
        f"No loaded plugin registers {SLUG}; its numbers are in the unit its name ends in.",
    )
    assert "1210" in client.get("/compare/twice/").content.decode()
    assert client.get("/api/comparisons/twice/?format=csv").status_code == 200


def test_a_table_of_what_was_computed_names_the_analysis(cell: Cell) -> None:
    computed = build_table("computed", "Computed", {"columns": ["label", {"key": SLUG, "origin": "computed"}]})
    printed = format_table(computed, AnonymousUser())
    assert (printed.rows[0][1].text, printed.footnotes[-1]) == ("1200", NOTE)


def test_a_reason_for_a_number_that_is_missing_is_printed(cell: Cell) -> None:
    reported = Value.objects.filter(quantity=SLUG, origin="reported")
    reported.update(magnitude=None, lower=None, upper=None, written="Too thin", missing="Too thin")
    table = build_table("reported", "Reported", {"columns": [{"key": SLUG, "origin": "reported"}]})
    assert format_table(table, AnonymousUser()).rows[0][0].text == "Too thin"


def test_a_table_can_be_saved_and_edited_with_it(cell: Cell, client: Client, owner: User) -> None:
    sent = {"project": "lab", "slug": "mine", "title": "Mine", "definition": DEFINITION}
    api = APIClient()
    api.force_authenticate(owner)
    assert api.post("/api/comparisons/", sent).status_code == 201
    assert api.get("/api/comparisons/mine/definition/").status_code == 200


def test_the_audit_compares_it_still(cell: Cell, client: Client) -> None:
    (finding,) = [item for item in list_findings(None) if item.quantity == SLUG]
    assert not finding.agrees
    assert SLUG.replace("_", " ") in client.get("/audit/").content.decode()
    said = StringIO()
    call_command("audit", stdout=said)
    assert "reported 1.21 mm, computed 1200" in said.getvalue()
    assert client.get("/api/audit/").status_code == 200


def test_every_page_and_list_answers(cell: Cell, run: AnalysisRun, client: Client, admin_client: Client) -> None:
    value = Value.objects.get(quantity=SLUG, origin="reported")
    measurement = cell.measurements.get()
    for address in ("/", "/cells/", "/plugins/", "/audit/", "/api/curves/", "/api/plugins/gone/", "/api/schema/"):
        assert client.get(address).status_code == 200, address
    for path in ("value", f"value/{value.pk}/change", f"measurement/{measurement.pk}/change", "analysisrun",
                 f"analysisrun/{run.pk}/change", f"cell/{cell.pk}/change"):  # fmt: skip
        assert admin_client.get(f"/admin/registry/{path}/").status_code == 200, path


def test_nothing_of_it_is_run_and_its_parameters_are_kept(cell: Cell) -> None:
    said = StringIO()
    call_command("analyze", stdout=said)
    assert "doubled-thickness" not in said.getvalue()
    cell.refresh_from_db()
    cell.label = "renamed"
    save_record(cell, by=None)
    assert cell.parameters == {"doubled-thickness": {"factor": 2.0}}
    assert cell.runs.filter(analysis="doubled-thickness", is_latest=True).exists()


def test_it_is_all_there_again_when_the_plugin_is(
    cell: Cell, settings: LazySettings, tmp_path: Path, client: Client
) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(tmp_path / "plugins")
    plugin_loading.load()
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "plugin not loaded" not in text
    assert "Doubled thickness /\N{NO-BREAK SPACE}µm" in text
    assert list_due_jobs(Measurement.objects.all(), names=["doubled-thickness"]) == []
