"""All that was measured on a cell, as its page shows it."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.measurement import save_measurement
from registry.services.runs.analysis import run_jobs
from registry.services.runs.queue import do_due_runs, queue_run
from registry.web.cell_page.cell_sections import get_cell_sections
from registry.web.cell_page.overview import list_headlines
from tests import factories


def header(text: str) -> str:
    """A table header with its unit kept on one line."""
    name, unit = text.split(" / ")
    return f"{name} /" + f" {unit}".replace(" ", "\N{NO-BREAK SPACE}")


def test_the_page_follows_runs_until_they_end(client: Client, public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    measurement = factories.make_measurement(cell, technique="eis")
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    run = queue_run(measurement=measurement, analysis=analysis, by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert f'data-pending="run-{run.pk}-queued"' in page
    assert "registry/live.js" in page
    assert '<noscript> <a href="">' in page
    assert 'http-equiv="refresh"' not in page
    pending = reverse("web:cell-pending", args=[cell.refcode])
    assert client.get(pending).json() == {"pending": [f"run-{run.pk}-queued"]}
    run_page = reverse("web:run", args=[run.pk])
    assert client.get(run_page).context["pending"] == [f"run-{run.pk}-queued"]
    do_due_runs()
    assert client.get(run_page).context["pending"] == []
    assert client.get(pending).json() == {"pending": []}
    assert "data-follow" not in client.get(cell.get_absolute_url()).content.decode()


def test_a_refusal_shared_by_measurements_is_shown_once(client: Client, public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for _ in range(2):
        factories.make_measurement(cell, technique="eis")
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["ionic-conductivity"]), by=None)
    sections = get_cell_sections(cell, AnonymousUser())
    (refusal,) = sections.shared_refusals
    assert [measurement for measurement, _ in refusal.runs] == [
        section.measurement for section in sections.measurements
    ]
    assert all(not section.refused for section in sections.measurements)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert page.count(escape(refusal.reason.text)) == 1
    assert '<p class="refused shared">Ionic conductivity ' in page


def test_uncertainty_notation_is_explained_once(cell: Cell, client: Client) -> None:
    sections = get_cell_sections(cell, AnonymousUser())
    assert [section.explains_uncertainty for section in sections.measurements] == [True, False]
    assert client.get(cell.get_absolute_url()).content.decode().count("Digits in parentheses") == 1


def test_an_outsider_cannot_poll_a_private_cell(client: Client, project: Project) -> None:
    cell = factories.make_pellet(project)
    assert client.get(reverse("web:cell-pending", args=[cell.refcode])).status_code == 404


def test_each_series_has_its_row_with_its_conditions(public_project: Project, client: Client) -> None:
    cell = factories.make_pellet(public_project)
    factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    section = get_cell_sections(cell, AnonymousUser()).cell_level
    assert [analysis.name for analysis in section.not_run].count("pressure-dependence") == 2
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["pressure-dependence"]), by=None)
    section = get_cell_sections(cell, AnonymousUser()).cell_level
    exponents = [
        row for row in section.rows if row.computed and row.computed.quantity == "conductivity_pressure_exponent"
    ]
    assert [row.computed_by.rpartition(" at ")[2] for row in exponents] == [
        "25\N{NO-BREAK SPACE}°C",
        "60\N{NO-BREAK SPACE}°C",
    ]
    assert client.get(cell.get_absolute_url()).status_code == 200
    page = client.get(reverse("web:run", args=[section.latest_runs[0].pk])).content.decode()
    assert "series at 25\N{NO-BREAK SPACE}°C" in page
    assert "Stack pressure" in page


def test_the_stale_run_of_a_series_that_is_gone_is_readable(public_project: Project, client: Client) -> None:
    cell = factories.make_pellet(public_project)
    members = factories.make_pressure_series(cell, 0.1)
    (run,) = run_jobs(list_due_jobs(Measurement.objects.all(), names=["pressure-dependence"]), by=None)
    factories.make_measurement(cell, technique="eis", stack_pressure_mpa="50 MPa", temperature_degc="25 °C")
    for member in members:
        save_measurement(member, {"temperature_degc": "60 °C"}, by=None)
    assert client.get(reverse("web:run", args=[run.pk])).status_code == 200


def conflict(quantity: str) -> dict[str, Any]:
    text = f"{quantity} is 738 times the theoretical capacity."
    parameters = {"quantities": [quantity, "theoretical_capacity_mah_g"]}
    return {"level": "warning", "code": "not-within-theoretical-capacity", "text": text, "parameters": parameters}


def test_numbers_in_conflict_are_shown_at_the_headline_and_without_a_fold(
    client: Client, public_project: Project
) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell)
    factories.make_measurement(cell)
    factories.report(measurement, "specific_capacity_mah_g", "274000 mAh/g")
    factories.report(measurement, "capacity_retention_percent", "80 %")
    factories.make_run(measurement, messages=[conflict("specific_capacity_mah_g")])
    sections = get_cell_sections(cell, AnonymousUser())
    assert (sections.number_of_conflicts, [item.anchor for item in sections.in_conflict]) == (1, [measurement.refcode])
    assert sections.measurements[0].number_of_remarks == 0
    in_conflict = {item.name: item.conflict for item in list_headlines(sections)}
    assert in_conflict == {"Specific capacity": measurement.refcode, "Capacity retention": ""}
    assert f'<a class="chip bad" href="#{measurement.refcode}">' in client.get(cell.get_absolute_url()).content.decode()


def test_an_outdated_headline_is_marked(cell: Cell) -> None:
    assert not any(item.is_outdated for item in list_headlines(get_cell_sections(cell, AnonymousUser())))
    AnalysisRun.objects.filter(cell=cell).update(version="0.0.1")
    sections = get_cell_sections(cell, AnonymousUser())
    assert sections.headlines_share_reason
    assert any(item.is_outdated for item in list_headlines(sections))


def test_places_of_layers_have_their_role(public_project: Project) -> None:
    cell = factories.make_pellet(public_project, thickness="1 mm", area="1 cm2", mass_loading="150 mg/cm2")
    run_jobs(list_due_jobs(Measurement.objects.none(), Cell.objects.filter(pk=cell.pk), names=["cell-design"]), by=None)
    (table,) = get_cell_sections(cell, AnonymousUser()).cell_level.place_tables
    assert [name for name, _ in table.rows] == ["1. Sample"]
