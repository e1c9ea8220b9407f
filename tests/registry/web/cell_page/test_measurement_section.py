"""Measurement sections of the cell page."""

import io

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from PIL import Image

from registry.models import Cell, Dataset, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.files.dataset import add_file
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from registry.web.cell_page.cell_sections import get_cell_sections
from registry.web.cell_page.measurement_section import MeasurementSection
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


def test_a_layer_denser_than_its_crystal_is_a_warning_without_a_fold(client: Client, public_project: Project) -> None:
    solid = factories.make_material(public_project, "Li6PS5Cl", density="1.64 g/cm³")
    numbers = {"mass_loading": "100 mg on ⌀10 mm", "area": "⌀10 mm", "thickness": "650 µm"}
    cell = factories.make_cell(public_project, [Layer(position=1, role="sample", material=solid, **numbers)])
    run_jobs(list_due_jobs(Measurement.objects.none(), Cell.objects.filter(pk=cell.pk), names=["cell-design"]), by=None)
    section = get_cell_sections(cell, AnonymousUser()).cell_level
    assert [warning.code for warning, _ in section.conflicts] == ["porosity-impossible"]
    assert section.number_of_remarks == 0
    assert '<p class="warning"><strong>' in client.get(cell.get_absolute_url()).content.decode()
