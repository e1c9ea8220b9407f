"""Measurement sections of the cell page."""

import io

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image

from registry import plugin_loading
from registry.models import Cell, Dataset, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.files.dataset import add_file
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.measurement import save_measurement
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from registry.services.runs.queue import do_due_runs, queue_run
from registry.web.cell_page.measurement_section import MeasurementSection, get_cell_sections
from registry.web.cell_page.outcome import ShownMessage
from registry.web.cell_page.section_plots import PLOTS_DRAWN
from tests import factories
from tests.plugins.readers.samples import PEIS
from tests.registry.web.conftest import PER_CYCLE


def header(text: str) -> str:
    """A table header with its unit kept on one line."""
    name, unit = text.split(" / ")
    return f"{name} /" + f" {unit}".replace(" ", "\N{NO-BREAK SPACE}")


def test_rows_are_in_catalogue_order(cell: Cell) -> None:
    section = get_cell_sections(cell, AnonymousUser()).measurements[0]
    assert [row.heading for row in section.rows] == [
        header("Resistance / Ω"),
        header("Electronic conductivity / S cm⁻¹"),
    ]


def test_values_are_compared_only_if_both_are_numbers(cell: Cell) -> None:
    sections = get_cell_sections(cell, AnonymousUser())
    assert [row.deviation for row in sections.measurements[0].rows] == ["", "+4.6"]
    assert [row.heading for _, row in sections.disagreeing] == [header("Electronic conductivity / S cm⁻¹")]


def test_a_missing_number_shows_its_reason(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    factories.report(factories.make_measurement(cell), "capacity_retention_percent", "not reported")
    (row,) = get_cell_sections(cell, AnonymousUser()).measurements[0].rows
    assert (row.reported_text, row.finding) == ("not reported", None)


def test_analyses_without_a_run_are_listed(public_project: Project) -> None:
    layer = Layer(position=1, role="anode", material=factories.make_material(public_project))
    cell = factories.make_cell(public_project, [layer])
    factories.make_measurement(cell, technique="cycling")
    (section,) = get_cell_sections(cell, AnonymousUser()).measurements
    assert "capacity-retention" in [analysis.name for analysis in section.not_run]


def test_a_page_draws_few_plots_itself_and_names_the_others(public_project: Project, client: Client) -> None:
    cell = factories.make_cell(public_project)
    for _ in range(PLOTS_DRAWN):
        measurement = factories.make_measurement(cell)
        add_file(measurement=measurement, file=io.BytesIO(PER_CYCLE.encode()), filename="c.csv", by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["capacity-retention"]), by=None)
    sections = get_cell_sections(cell, AnonymousUser()).measurements
    plots = [plot for section in sections for _, plot in section.plots]
    assert sum(bool(plot.svg) for plot in plots) == PLOTS_DRAWN < len(plots)
    assert all(plot.source for plot in plots)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert all(f'data-figure="{plot.source}"' in page for plot in plots)


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


def test_the_page_follows_queued_files_until_they_are_imported(client: Client, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell)
    (dataset,) = upload_file(
        measurement=measurement, file=io.BytesIO(PER_CYCLE.encode()), filename="cycles.csv", by=None
    )
    page = client.get(cell.get_absolute_url()).content.decode()
    assert f'data-pending="file-{dataset.pk}-queued"' in page
    assert "Processing: 1 file " in page
    assert '<span class="tag queued">' in page
    # Only what needs no data of a measurement.
    assert page.count("not run yet") == 1
    do_due_work()
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "50 rows, <span" in page
    dataset.refresh_from_db()
    assert f"<summary>{len(dataset.columns)} columns" in page
    assert "data-follow" not in page


def test_the_dataset_in_use_is_marked_if_there_are_several(client: Client, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell, technique="eis")
    add_file(measurement=measurement, file=io.BytesIO(PEIS), filename="run.mpt", by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "2 datasets (run.mpt)" in page
    assert '<span class="tag done">in use</span>' not in page
    measurement.dataset = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "run.mpt holds 2 " not in page
    assert page.count('<span class="tag done">in use</span>') == 1
    assert page.count("Not read: ‘Cs/µF’.") == 1
    assert page.index("2 remarks</summary>") < page.index("Not read: ‘Cs/µF’.")


def test_the_rest_of_many_datasets_is_folded(client: Client, public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="sem")
    pages = [Image.fromarray(np.full((4, 5), number, np.uint8)) for number in range(9)]
    stack = io.BytesIO()
    pages[0].save(stack, "TIFF", save_all=True, append_images=pages[1:])
    stack.seek(0)
    add_file(measurement=measurement, file=stack, filename="stack.tif", by=None)
    page = client.get(measurement.cell.get_absolute_url()).content.decode()
    assert page.count("<li>File: ") == 9
    assert page.partition("<summary>3 more datasets</summary>")[2].count("<li>File: ") == 3


def test_warnings_and_notes_of_a_file_are_separated_and_shown_once() -> None:
    messages = [
        {"level": "warning", "text": "Mind this.", "code": "mind-this"},
        {"level": "info", "text": "Not read: ‘x’.", "code": "columns-left-out"},
    ]
    datasets = [Dataset(raw_file_id=1, messages=messages) for _ in range(2)]
    section = MeasurementSection(None, [], datasets, rows=[], latest_runs=[], pending_runs=[], not_run=[])
    assert [[warnings, notes] for _, warnings, notes, _ in section.datasets_shown] == [
        [[ShownMessage("Mind this.", "mind-this")], [ShownMessage("Not read: ‘x’.", "columns-left-out")]],
        [[], []],
    ]


def test_empty_columns_are_hidden(cell: Cell, client: Client, public_project: Project) -> None:
    other = factories.make_cell(public_project)
    factories.report(factories.make_measurement(other), "cycle_count", "5")
    page = client.get(other.get_absolute_url()).content.decode()
    assert 'class="number">Reported</th>' in page
    for column in ("Computed</th>", "Deviation / %</th>", "Agreement</th>"):
        assert column not in page
        assert column in client.get(cell.get_absolute_url()).content.decode()


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


def test_a_layer_denser_than_its_crystal_is_a_warning_without_a_fold(client: Client, public_project: Project) -> None:
    solid = factories.make_material(public_project, "Li6PS5Cl", density="1.64 g/cm³")
    numbers = {"mass_loading": "100 mg on ⌀10 mm", "area": "⌀10 mm", "thickness": "650 µm"}
    cell = factories.make_cell(public_project, [Layer(position=1, role="sample", material=solid, **numbers)])
    run_jobs(list_due_jobs(Measurement.objects.none(), Cell.objects.filter(pk=cell.pk), names=["cell-design"]), by=None)
    section = get_cell_sections(cell, AnonymousUser()).cell_level
    assert [warning.code for warning, _ in section.warnings if warning.is_impossible] == ["porosity-impossible"]
    assert section.number_of_remarks == 0
    assert '<p class="warning"><strong>' in client.get(cell.get_absolute_url()).content.decode()


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
