"""Values at places: stored, read by other analyses, found, shown, printed and compared."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from registry import plugin_loading
from registry.contract.place import Place
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.audit.audit import list_findings
from registry.selectors.audit.disagreement import list_disagreements
from registry.selectors.comparison.tables import build_table, format_table, get_table
from registry.selectors.history.history import value_events
from registry.selectors.query import to_sql
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import parse_list_query
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from registry.services.runs.preview import preview_jobs
from registry.services.value import report_value
from tests import factories
from tests.plugin_directory import directory_with

PEAKS = Path(__file__).parents[3] / "data" / "peaks" / "peaks.py"
FIRST, SECOND = Place("peak", 1), Place("peak", 2)


@pytest.fixture(autouse=True)
def _peaks(settings: LazySettings) -> Iterator[None]:
    before = settings.REGISTRY_BUILTIN_PLUGINS
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = "", str(directory_with(PEAKS))
    plugin_loading.load()
    yield
    settings.REGISTRY_BUILTIN_PLUGINS, settings.REGISTRY_PLUGINS_DIR = before, ""
    plugin_loading.load()


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """A spectrum of a pellet of 600 µm, analysed."""
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    run_due()
    return measurement


def run_due() -> None:
    run_jobs(list_due_jobs(Measurement.objects.all()), by=None)


def report(measurement: Measurement, written: str, at: Place | None) -> Value:
    return report_value(measurement=measurement, quantity="peak_resistance_ohm", written=written, at=at, by=None)


def stored(quantity: str) -> dict[Place | None, float | None]:
    return {value.place: value.magnitude for value in Value.objects.filter(quantity=quantity, is_latest=True)}


def find(user: User, **parameters: str) -> list[Cell]:
    query = parse_list_query({name: [value] for name, value in parameters.items()}, user)
    return list(to_sql.filter_cells(query, user))


def test_values_of_places_are_stored_beside_one_without(measurement: Measurement) -> None:
    assert stored("peak_resistance_ohm") == {FIRST: 600.0, SECOND: 1200.0, None: 1800.0}


def test_the_reason_for_a_missing_value_is_stored_at_its_place(measurement: Measurement) -> None:
    (missing,) = Value.objects.filter(quantity="peak_time_s", magnitude__isnull=True)
    assert (missing.place, missing.missing_code) == (Place("peak", 3), "peak-cut-off")


def test_another_analysis_reads_them_by_place_and_its_reads_are_recorded(measurement: Measurement) -> None:
    run = AnalysisRun.objects.get(analysis="ratio")
    assert stored("peak_ratio") == {None: 2.0}
    assert run.inputs["computed.peak_resistance_ohm@places"] == {"list": ["peak:1", "peak:2"]}
    assert run.inputs["computed.peak_resistance_ohm@peak:2"][0] == 1200.0


def test_a_result_is_stale_when_a_value_at_a_place_it_read_changes(measurement: Measurement) -> None:
    layer = measurement.cell.layers.get()
    layer.thickness = "700 µm"
    save_record(layer, by=None)
    assert AnalysisRun.objects.get(analysis="ratio", is_latest=True).stale_since is not None
    run_due()
    assert stored("peak_resistance_ohm")[SECOND] == 1400.0


def test_a_value_is_stored_once_a_place(measurement: Measurement) -> None:
    value = Value.objects.get(quantity="peak_time_s", at_number=2)
    value.pk = None
    with pytest.raises(IntegrityError):
        value.save(force_insert=True)


def test_conditions_match_any_place_or_the_one_asked_for(measurement: Measurement, owner: User) -> None:
    assert find(owner, peak_time_s__gte="5e-5") == [measurement.cell]
    assert find(owner, peak_time_s__gte="5e-5", at="peak:1") == [measurement.cell]
    assert find(owner, peak_time_s__gte="5e-5", at="peak:2") == []
    assert find(owner, peak_time_s__exists="true", at="peak:3") == []
    assert find(owner, peak_time_s__exists="false", at="peak:3") == [measurement.cell]
    assert find(owner, at="peak:2") == [measurement.cell]
    with pytest.raises(QueryError) as error:
        find(owner, at="cycle:2")
    assert error.value.code == "unknown-place"


@pytest.mark.parametrize("text", ["peak", "peak:", "peak:-1", "peak:1.5", "Peak:1", "peak:99999999999", "2"])
def test_a_malformed_place_of_a_query_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as error:
        parse_list_query({"at": [text]})
    assert error.value.parameter == "at"


def test_order_is_by_the_value_at_the_place(project: Project, owner: User) -> None:
    cells = [factories.make_pellet(project) for _ in range(2)]
    for cell, first, second in zip(cells, ("1 Ω", "2 Ω"), ("9 Ω", "3 Ω"), strict=True):
        spectrum = factories.make_measurement(cell, technique="eis")
        report(spectrum, first, FIRST)
        report(spectrum, second, SECOND)
    for at, expected in (("peak:1", cells), ("peak:2", cells[::-1])):
        query = parse_list_query({"at": [at]})
        ordered = to_sql.order_cells(to_sql.filter_cells(query, owner), query, ["peak_resistance_ohm"])
        assert list(ordered) == expected


def test_a_report_supersedes_only_that_at_its_place(measurement: Measurement, owner: User) -> None:
    for written, at in (("500 Ω", None), ("590 Ω", FIRST), ("1210 Ω", SECOND), ("605 Ω", FIRST)):
        report(measurement, written, at)
    latest = Value.objects.filter(origin="reported", is_latest=True).order_by("magnitude")
    assert [(value.place, value.magnitude) for value in latest] == [(None, 500.0), (FIRST, 605.0), (SECOND, 1210.0)]
    assert len(value_events(latest[1], owner)) == 4


def test_reported_and_computed_are_compared_at_the_same_place(measurement: Measurement, owner: User) -> None:
    report(measurement, "600 Ω", FIRST)
    report(measurement, "900 Ω", SECOND)
    report(measurement, "1800 Ω", None)
    findings = {finding.place: finding.agrees for finding in list_findings(owner)}
    assert findings == {FIRST: True, SECOND: False, None: True}
    assert [finding.place for finding in list_disagreements(owner)] == [SECOND]


def test_a_preview_compares_values_at_the_same_place(measurement: Measurement) -> None:
    layer = measurement.cell.layers.get()
    layer.thickness = "700 µm"
    save_record(layer, by=None)
    previews = {preview.analysis: preview for preview in preview_jobs(list_due_jobs(Measurement.objects.all()))}
    changed = {change.quantity: change.difference for change in previews["peaks"].changes}
    assert changed == {"peak_resistance_ohm": 300, "peak_resistance_ohm@peak:1": 100, "peak_resistance_ohm@peak:2": 200}


def test_a_column_shows_the_value_at_its_place_or_lists_all(measurement: Measurement, owner: User) -> None:
    printed = format_table(get_table("peaks", owner), owner)
    _, at_second, listed, placeless = printed.rows[0]
    assert at_second.number == 1e-5
    assert [cell.number for cell in (listed, placeless)] == [None, 1800.0]
    assert listed.text.startswith("peak 1: ")
    assert "; peak 2: " in listed.text
    assert not listed.missing
    assert [heading.title for heading in printed.headings][1:3] == ["Peak time, peak 2", "Peak time"]


@pytest.mark.parametrize("column", [{"key": "peak_time_s", "at": "2"}, {"key": "refcode", "at": "peak:2"}])
def test_a_column_with_a_wrong_place_is_refused(column: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=column["key"]):
        build_table("t", "T", {"columns": [column]})


@pytest.mark.parametrize("name", ["csv", "json", "latex", "markdown", "html", "xlsx"])
def test_every_format_writes_values_at_places(measurement: Measurement, owner: User, name: str) -> None:
    plugin_formats = pytest.importorskip(
        f"plugins.table_formats.{ {'csv': 'csv_text', 'json': 'json_text'}.get(name, name) }"
    )
    (written,) = plugin_formats.register_table_formats()
    content = written.render(format_table(get_table("peaks", owner), owner))
    assert name == "xlsx" or b"peak 2: " in content or b"peak~2: " in content


def test_the_api_gives_and_takes_places(measurement: Measurement, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    body = {"measurement": measurement.refcode, "quantity": "peak_time_s", "written": "2 ms", "at": "peak:2"}
    created = client.post("/api/values/", body, content_type="application/json")
    assert (created.status_code, created.json()["at"]) == (201, {"peak": 2})
    refused = client.post("/api/values/", {**body, "at": "second"}, content_type="application/json")
    assert refused.status_code == 400
    listed = client.get("/api/values/", {"quantity": "peak_time_s", "at": "peak:1"}).json()["results"]
    assert [value["at"] for value in listed] == [{"peak": 1}]
    cell = client.get("/api/cells/", {"peak_time_s__lte": "5e-5", "at": "peak:2"}).json()["results"][0]
    assert {(value["quantity"], str(value["at"])) for value in cell["matches"][0]["values"]} == {
        ("peak_time_s", "{'peak': 2}")
    }
    assert client.get("/api/cells/", {"at": "peak"}).status_code == 400
    run = AnalysisRun.objects.get(analysis="peaks", is_latest=True)
    values = client.get(f"/api/runs/{run.pk}/").json()["values"]
    assert [value["at"] for value in values] == [*({"peak": number} for number in (2, 1, 1, 2)), None, {"peak": 3}]


def test_pages_show_a_row_a_place(measurement: Measurement, owner: User) -> None:
    report(measurement, "900 Ω", SECOND)
    client = Client()
    client.force_login(owner)
    run = AnalysisRun.objects.get(analysis="peaks")
    for path in (measurement.cell.get_absolute_url(), f"/runs/{run.pk}/"):
        page = client.get(path)
        assert page.status_code == 200
        assert len(re.findall(rb'<th scope="row"[^>]*>2</th>', page.content)) == 1
    cell_page = client.get(measurement.cell.get_absolute_url())
    (section,) = cell_page.context["sections"].measurements
    (table,) = section.place_tables
    assert [name for name, _ in table.rows] == ["1", "2", "3"]
    assert len(table.headings) == 2
    assert [row.reported.place for _, row in cell_page.context["sections"].disagreeing] == [SECOND]


def test_the_form_of_a_value_takes_a_place(measurement: Measurement, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    form = {"measurement": measurement.pk, "quantity": "peak_time_s", "written": "2 ms", "note": ""}
    client.post("/admin/registry/value/add/", {**form, "at": "peak:2"})
    value = Value.objects.get(origin="reported", is_latest=True)
    assert value.place == SECOND
    client.post(f"/admin/registry/value/{value.pk}/change/", {**form, "at": "peak:1"})
    assert [item.place for item in Value.objects.filter(origin="reported", is_latest=True)] == [FIRST]
    refused = client.post("/admin/registry/value/add/", {**form, "at": "second"})
    assert "at" in refused.context["adminform"].form.errors


def test_a_report_at_a_place_is_validated_as_any_other(measurement: Measurement) -> None:
    with pytest.raises(ValidationError):
        report(measurement, "5 MPa", FIRST)
