"""What the page of a cell shows of its measurements."""

import io

from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from registry import plugin_loading
from registry.models import Cell, Dataset, Layer, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.background import do_due_work
from registry.services.files.dataset import add_file
from registry.services.files.upload import upload_file
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from registry.services.runs.queue import do_due_runs, queue_run
from registry.web.cell_page.measurement_section import PLOTS_SHOWN, Sheet, sheets_of
from tests import factories
from tests.plugins.readers.samples import PEIS
from tests.registry.web.conftest import PER_CYCLE


def head(text: str) -> str:
    """A head whose unit is not broken over lines."""
    name, unit = text.split(" / ")
    return f"{name} /" + f" {unit}".replace(" ", "\N{NO-BREAK SPACE}")


def test_lines_stand_in_the_order_of_the_catalogue(cell: Cell) -> None:
    sheet = sheets_of(cell, AnonymousUser()).sheets[0]
    assert [line.heading for line in sheet.lines] == [head("Resistance / Ω"), head("Electronic conductivity / S cm⁻¹")]


def test_only_pairs_that_both_have_a_number_are_compared(cell: Cell) -> None:
    found = sheets_of(cell, AnonymousUser())
    assert [line.difference for line in found.sheets[0].lines] == ["", "+4.6 %"]
    assert [line.heading for _, line in found.disagreeing] == [head("Electronic conductivity / S cm⁻¹")]


def test_a_reason_stands_where_a_number_is_missing(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    factories.report(factories.make_measurement(cell), "capacity_retention_percent", "not reported")
    (line,) = sheets_of(cell, AnonymousUser()).sheets[0].lines
    assert (line.reported_text, line.finding) == ("not reported", None)


def test_analyses_that_never_ran_are_named_as_waiting(public_project: Project) -> None:
    layer = Layer(position=1, role="anode", material=factories.make_material(public_project))
    cell = factories.make_cell(public_project, [layer])
    factories.make_measurement(cell, technique="cycling")
    (sheet,) = sheets_of(cell, AnonymousUser()).sheets
    assert "capacity-retention" in [one.name for one in sheet.waiting]


def test_a_page_draws_so_many_curves_and_counts_the_rest(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for _ in range(PLOTS_SHOWN):
        measurement = factories.make_measurement(cell)
        add_file(measurement=measurement, file=io.BytesIO(PER_CYCLE.encode()), filename="c.csv", by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["capacity-retention"]), by=None)
    sheets = sheets_of(cell, AnonymousUser()).sheets
    assert sum(len(sheet.plots) for sheet in sheets) == PLOTS_SHOWN
    assert sum(sheet.further_plots for sheet in sheets) > 0


def test_the_page_follows_runs_that_are_to_come(client: Client, public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    measurement = factories.make_measurement(cell, technique="eis")
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    run = queue_run(measurement=measurement, analysis=analysis, by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert f'data-pending="run-{run.pk}-queued"' in page
    assert "registry/follow.js" in page
    pending = reverse("web:cell-pending", args=[cell.refcode])
    assert client.get(pending).json() == {"pending": [f"run-{run.pk}-queued"]}
    assert "This run has not ended: it is queued." in client.get(reverse("web:run", args=[run.pk])).content.decode()
    do_due_runs()
    assert client.get(pending).json() == {"pending": []}
    assert "data-follow" not in client.get(cell.get_absolute_url()).content.decode()


def test_the_page_follows_a_file_that_is_to_be_read(client: Client, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell)
    (dataset,) = upload_file(
        measurement=measurement, file=io.BytesIO(PER_CYCLE.encode()), filename="cycles.csv", by=None
    )
    page = client.get(cell.get_absolute_url()).content.decode()
    assert f'data-pending="file-{dataset.pk}-queued"' in page
    assert "1 file to be read; this page shows the results when they are there." in page
    assert '<span class="tag queued">waits to be read</span>' in page
    assert "not run yet" not in page
    do_due_work()
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "50 rows, <span" in page
    dataset.refresh_from_db()
    assert f"<summary>{len(dataset.columns)} columns" in page
    assert "data-follow" not in page


def test_several_recordings_are_told_apart_and_the_one_used_is_marked(client: Client, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell, technique="eis")
    add_file(measurement=measurement, file=io.BytesIO(PEIS), filename="run.mpt", by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "No data are used: the file run.mpt holds 2 spectra: choose one, or make a measurement of each." in page
    assert '<span class="tag done">used</span>' not in page
    measurement.recording = measurement.datasets.get(part=1)
    save_record(measurement, by=None)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert "No data are used" not in page
    assert page.count('<span class="tag done">used</span>') == 1
    assert page.count("Not read: ‘Cs/µF’.") == 1
    assert page.index("1 remark</summary>") < page.index("Not read: ‘Cs/µF’.")


def test_a_warning_on_a_file_is_told_from_a_remark_and_each_is_given_once() -> None:
    messages = [{"level": "warning", "text": "Mind this."}, {"level": "info", "text": "Not read: ‘x’."}]
    several = [Dataset(raw_file_id=1, messages=messages) for _ in range(2)]
    sheet = Sheet(None, [], several, lines=[], runs=[], pending=[], waiting=[])
    assert [said for _, *said in sheet.data] == [[["Mind this."], ["Not read: ‘x’."]], [[], []]]


def test_columns_without_a_value_are_left_out(cell: Cell, client: Client, public_project: Project) -> None:
    other = factories.make_cell(public_project)
    factories.report(factories.make_measurement(other), "cycle_count", "5")
    page = client.get(other.get_absolute_url()).content.decode()
    assert 'class="number">Reported</th>' in page
    for head in ("Computed</th>", "Reported − computed</th>", "Verdict</th>"):
        assert head not in page
        assert head in client.get(cell.get_absolute_url()).content.decode()


def test_the_same_refusal_of_several_measurements_is_said_once(client: Client, public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for _ in range(2):
        factories.make_measurement(cell, technique="eis")
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["ionic-conductivity"]), by=None)
    found = sheets_of(cell, AnonymousUser())
    (refusal,) = found.shared_refusals
    assert [measurement for measurement, _ in refusal.on] == [sheet.measurement for sheet in found.sheets]
    assert all(not sheet.refused for sheet in found.sheets)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert page.count(escape(refusal.reason)) == 1
    assert "Ionic conductivity not computed on" in page


def test_brackets_are_explained_below_the_first_number_that_has_some(cell: Cell, client: Client) -> None:
    found = sheets_of(cell, AnonymousUser())
    assert [sheet.explains_doubt for sheet in found.sheets] == [True, False]
    assert client.get(cell.get_absolute_url()).content.decode().count("Digits in brackets are") == 1


def test_an_outsider_cannot_follow_a_private_cell(client: Client, project: Project) -> None:
    cell = factories.make_pellet(project)
    assert client.get(reverse("web:cell-pending", args=[cell.refcode])).status_code == 404
