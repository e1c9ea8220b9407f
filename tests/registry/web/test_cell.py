"""The cell list and the cell page."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AnalysisRun, Cell, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.cell import save_cell
from registry.services.runs.analysis import run_jobs
from tests import factories

CEILING = 12


def make_cycled(project: Project, retention: str = "85%", pressure: str = "5 MPa") -> Cell:
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell, stack_pressure_mpa=pressure)
    factories.report(measurement, "capacity_retention_percent", retention)
    return cell


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "address", ["/cells/", "/cells/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10"]
)
def test_the_list_costs_the_same_for_two_cells_and_for_twenty(
    public_project: Project, client: Client, address: str
) -> None:
    for _ in range(2):
        make_cycled(public_project)
    few = count_queries(client, address)
    for _ in range(18):
        make_cycled(public_project)
    assert count_queries(client, address) == few <= CEILING


def test_the_page_of_a_cell_costs_the_same_for_two_measurements_and_for_twenty(
    public_project: Project, client: Client
) -> None:
    cell = make_cycled(public_project)
    address = f"/cells/{cell.refcode}/"
    factories.report(factories.make_measurement(cell), "cycle_count", "5")
    few = count_queries(client, address)
    for _ in range(18):
        factories.report(factories.make_measurement(cell), "cycle_count", "5")
    assert count_queries(client, address) == few


def test_a_filtered_list_shows_the_measurement_that_matched_and_where_its_number_is_from(
    public_project: Project, client: Client
) -> None:
    cell = make_cycled(public_project, "90%", "20 MPa")
    factories.report(factories.make_measurement(cell, stack_pressure_mpa="2 MPa"), "capacity_retention_percent", "60%")
    make_cycled(public_project, "85%", "5 MPa")
    response = client.get("/cells/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10")
    (result,) = response.context["results"]
    assert result.cell != cell
    (match,) = result.matches
    assert [(metric.text, metric.origins) for metric in match.values] == [("85 %", "reported")]


@pytest.mark.parametrize("text", ["c-{}", "C-{}", "C{}", "c-000{}"])
def test_a_refcode_typed_otherwise_leads_to_the_cell(public_project: Project, client: Client, text: str) -> None:
    cell = factories.make_cell(public_project)
    typed = text.format(int(cell.refcode[2:]))
    response = client.get(f"/cells/{typed}/?plot=eis")
    assert (response.status_code, response["Location"]) == (302, f"{cell.get_absolute_url()}?plot=eis")
    assert client.get("/cells/nonsense/").status_code == 404


def test_an_unknown_filter_is_refused_with_the_nearest_name(db: None, client: Client) -> None:
    response = client.get("/cells/?capacity_retenton_percent__gte=80")
    assert response.status_code == 400
    assert "‘capacity_retention_percent__gte’" in response.content.decode()


def test_a_filter_with_a_wrong_unit_is_refused_and_kept_in_the_form(db: None, client: Client) -> None:
    response = client.get("/cells/?stack_pressure_mpa__lte=10+mA")
    assert response.status_code == 400
    assert 'value="10 mA"' in response.content.decode()


def test_an_invalid_field_is_marked_and_named_by_its_label(db: None, client: Client) -> None:
    text = client.get("/cells/?stack_pressure_mpa__gte=abc").content.decode()
    assert re.search(r'id="filter-error">Stack pressure [^<]*: ‘abc’ ', text)
    assert text.count('aria-invalid="true" aria-describedby="filter-error"') == 1
    assert "<details open>" in text


def test_the_filters_stay_closed_and_active_filters_are_listed(cell: Cell, client: Client) -> None:
    text = client.get("/cells/?q=pellet&technique=cycling").content.decode()
    assert "<details open>" not in text
    assert "technique: Galvanostatic cycling" in text
    assert 'type="hidden" name="technique"' not in text


def test_a_page_beyond_the_last_is_not_found(cell: Cell, client: Client) -> None:
    assert client.get("/cells/?page=7").status_code == 404
    assert client.get("/cells/?page=last-but-one").status_code == 404


def test_the_condition_fields_become_one_parameter(db: None, client: Client) -> None:
    response = client.get("/cells/?q=&quantity=resistance_ohm&operator=lte&number=5+kΩ")
    assert response.status_code == 302
    assert response.headers["Location"] == "/cells/?resistance_ohm__lte=5+k%CE%A9"


def test_links_to_the_same_query_of_the_api(db: None, client: Client) -> None:
    text = client.get("/cells/?anode=Li&page=1").content.decode()
    assert 'href="/api/cells/?anode=Li"' in text


def test_an_empty_result_differs_from_an_empty_registry(cell: Cell, client: Client) -> None:
    page = client.get("/cells/?q=nowhere").content.decode()
    assert re.search(r'<p class="empty">[^\n]*<a href="/cells/">', page)


def test_a_cell_shows_reported_and_computed_values_with_their_deviation(cell: Cell, client: Client) -> None:
    # Wu et al. 2025, Table S1, 1 wt%: 6.89e-5 reported, L/(R A) = 6.59e-5 S/cm, a deviation of 4.6 %.
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "6.89×10⁻⁵ S/cm" in text
    assert "6.586×10⁻⁵" in text
    assert ">+4.6</td>" in text
    run = AnalysisRun.objects.get(cell=cell, analysis="electronic-conductivity")
    assert f'href="/runs/{run.pk}/"' in text


def test_a_cell_shows_why_an_analysis_was_refused(cell: Cell, client: Client) -> None:
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert '<details class="fold not-computed">' in text
    assert "Does not apply: " not in text


def test_a_cell_names_the_analyses_that_do_not_apply(cell: Cell, client: Client) -> None:
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["dc-polarisation"]), by=None)
    assert "Does not apply: " in client.get(f"/cells/{cell.refcode}/").content.decode()


def test_layers_come_before_measurements_and_the_visibility_is_shown(cell: Cell, client: Client) -> None:
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert text.index('<section class="section" id="layers"') < text.index('<section class="section" id="cycling"')
    assert "(visible to everyone)" in text


def test_a_configuration_that_is_the_label_is_not_repeated(public_project: Project, client: Client) -> None:
    layer = Layer(position=1, role="anode", material=factories.make_material(public_project, "Li"))
    cell = factories.make_cell(public_project, [layer], label="Li")
    assert cell.configuration == "Li"
    assert '<p class="lead">' not in client.get(f"/cells/{cell.refcode}/").content.decode()


def test_a_measurement_without_a_file_is_marked(cell: Cell, client: Client) -> None:
    assert "No data file." in client.get(f"/cells/{cell.refcode}/").content.decode()


def test_a_changed_thickness_marks_its_results_stale(cell: Cell, client: Client) -> None:
    assert "stale" not in client.get(f"/cells/{cell.refcode}/").content.decode()
    layers = list(cell.layers.order_by("position"))
    layers[0].thickness = "0.0700 cm (inferred)"
    save_cell(cell, layers, by=None)
    assert '>stale</span>' in client.get(f"/cells/{cell.refcode}/").content.decode()


def test_a_layer_without_a_thickness_is_labelled(public_project: Project, client: Client) -> None:
    layer = Layer(position=1, role="anode", material=factories.make_material(public_project, "Li"))
    cell = factories.make_cell(public_project, [layer])
    assert "no thickness entered" in client.get(f"/cells/{cell.refcode}/").content.decode()


def test_only_an_editor_is_offered_to_edit(private_cell: Cell, viewer: User, owner: User, client: Client) -> None:
    address = f"/cells/{private_cell.refcode}/"
    client.force_login(viewer)
    assert "Edit this cell" not in client.get(address).content.decode()
    client.force_login(owner)
    assert "Edit this cell" in client.get(address).content.decode()


def test_the_page_shows_repeat_units_packaging_and_coated_sides(public_project: Project, client: Client) -> None:
    foil = factories.make_material(public_project, "Cu", kind="current_collector")
    layer = Layer(position=1, role="current_collector", material=foil, coated_sides=2)
    cell = factories.make_cell(public_project, [layer], repeat_units=6, packaging_mass="850 mg")
    text = client.get(f"/cells/{cell.refcode}/").content.decode()
    assert "<dt>Repeat units</dt><dd>6</dd>" in text
    assert re.search(r"<dt>Packaging mass</dt><dd><a [^>]*>850 mg</a></dd>", text)
    assert "Coated sides" in text
    assert "Apparent density" not in text


def test_the_page_of_a_cell_costs_few_queries(cell: Cell, client: Client) -> None:
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["cycling-summary"]), by=None)
    assert count_queries(client, cell.get_absolute_url()) <= CEILING


def test_others_see_no_history(private_cell: Cell, client: Client) -> None:
    assert client.get(f"/cells/{private_cell.refcode}/history/").status_code == 404
