"""A measurement with its conditions, reported values and files."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from registry.admin.measurement import SHORT_TECHNIQUES
from registry.hookspecs import TECHNIQUES
from registry.models import AnalysisRun, Dataset, Measurement, RawFile
from registry.services.background import do_due_work
from registry.services.files.dataset import add_file
from registry.services.runs.queue import do_due_runs
from tests import factories
from tests.plugins.readers.samples import PEIS

ADD = "admin:registry_measurement_add"


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def page_of(measurement):
    return reverse("admin:registry_measurement_change", args=[measurement.pk])


def test_add_starts_with_the_cell_it_was_asked_for(browser, cell):
    assert str(browser.shown(reverse(ADD) + f"?cell={cell.pk}")["cell"]) == str(cell.pk)


def test_saves_conditions_and_reported_values_together(browser, cell):
    data = {"cell": cell.pk, "technique": "cycling", "stack_pressure": "10 MPa", "c_rate_as_written": "C/5"}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "90.9%"}]}
    browser.fill(reverse(ADD), data, rows)
    measurement = Measurement.objects.get()
    assert (measurement.stack_pressure_mpa, measurement.c_rate) == (10, 0.2)
    assert measurement.values.get().magnitude == 90.9


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("10 mA", "is a current"), ("12,5", "12"), ("-2 MPa", "at least 0"), ("1.00×10", "has no unit")],
)
def test_refuses_a_bad_pressure_beside_its_field(browser, cell, written, sentence):
    data = {"cell": cell.pk, "technique": "cycling", "stack_pressure": written}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "90.9%"}]}
    response = browser.fill(reverse(ADD), data, rows)
    assert sentence in browser.errors(response)["stack_pressure"][0]
    assert not Measurement.objects.exists()


def test_a_bad_value_leaves_no_measurement_behind(browser, cell):
    data = {"cell": cell.pk, "technique": "cycling", "stack_pressure": "10 MPa"}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "ninety 9"}]}
    assert "values-0-written" in browser.errors(browser.fill(reverse(ADD), data, rows))
    assert not Measurement.objects.exists()


CA = b"time (s),voltage (V),current (A)\n0,0.1,0.001\n1,0.1,0.001\n2,0.2,0.002\n"


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def measurement(cell):
    return factories.make_measurement(cell, technique="chronoamperometry")


def test_keeps_an_uploaded_file_with_what_a_reader_made_of_it(browser, measurement, colleague):
    response = browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    assert browser.errors(response) == {}
    dataset = Dataset.objects.get()
    assert (dataset.filename, dataset.created_by, dataset.status) == ("ca.csv", colleague, "queued")
    assert "‘ca.csv’ is kept and waits to be read" in browser.said(response)[0]
    do_due_work()
    assert Dataset.objects.get().rows == 3
    page = browser.get(page_of(measurement)).content.decode()
    assert reverse("web:dataset-file", args=[dataset.pk]) in page


def test_the_page_follows_a_file_until_it_was_read(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    dataset = Dataset.objects.get()
    for page in (page_of(measurement), reverse("admin:registry_dataset_change", args=[dataset.pk])):
        text = browser.get(page).content.decode()
        assert f'data-pending="file-{dataset.pk}-queued ' in text
        assert "registry/follow.js" in text
    do_due_work()
    assert "data-follow" not in browser.get(page_of(measurement)).content.decode()


def test_the_same_file_again_is_said_to_be_there(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    do_due_work()
    response = browser.fill(page_of(measurement), {"uploads": upload("again.csv", CA)})
    assert "‘ca.csv’ is on this measurement already" in browser.said(response)[-2]
    assert Dataset.objects.count() == 1


def test_files_can_be_read_again(browser, make_browser, viewer, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    do_due_work()
    dataset = Dataset.objects.get()
    data = {"action": "read_again", "_selected_action": [dataset.pk]}
    make_browser(viewer).client.post(reverse("admin:registry_dataset_changelist"), data)
    assert Dataset.objects.get().status == "parsed"
    browser.client.post(reverse("admin:registry_dataset_changelist"), data)
    assert Dataset.objects.get().status == "queued"


def test_several_files_go_in_at_once(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": [upload("a.csv", CA), upload("b.csv", CA + b"3,0.2,0.002\n")]})
    assert set(Dataset.objects.values_list("filename", flat=True)) == {"a.csv", "b.csv"}


def test_a_file_no_reader_can_read_is_kept_and_says_why(browser, measurement):
    response = browser.fill(page_of(measurement), {"uploads": upload("ca.csv", b"PK\x03\x04 an Excel file")})
    assert browser.errors(response) == {}
    do_due_work()
    dataset = Dataset.objects.get()
    assert dataset.status == "failed"
    page = browser.get(page_of(measurement)).content.decode()
    assert "Could not be read" in page
    assert escape(dataset.messages[0]["text"]) in page


def test_refuses_an_empty_file_beside_the_field_and_saves_nothing(browser, measurement):
    data = {"uploads": upload("ca.csv", b""), "notes": "with a file"}
    rows = {"values": [{"quantity": "resistance_ohm", "written": "5 Ω"}]}
    response = browser.fill(page_of(measurement), data, rows)
    assert "0 bytes" in browser.errors(response)["uploads"][0]
    measurement.refresh_from_db()
    assert measurement.notes == ""
    assert not measurement.values.exists()
    assert not RawFile.objects.exists()


@pytest.fixture
def spectra(cell):
    """A measurement whose file holds two."""
    measurement = factories.make_measurement(cell, technique="eis", label="Run 7")
    add_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    return measurement


def test_a_dataset_is_chosen_on_the_page(browser, spectra):
    page = browser.get(page_of(spectra)).content.decode()
    assert "the file run.mpt holds 2 spectra: choose one, or make a measurement of each" in page
    choices = [text for _, text in browser.get(page_of(spectra)).context["adminform"].form.fields["dataset"].choices]
    assert choices[1:] == ["run.mpt, cycle number 1, 2 rows", "run.mpt, cycle number 2, 2 rows"]
    chosen = spectra.datasets.get(part=1)
    assert browser.errors(browser.fill(page_of(spectra), {"dataset": chosen.pk})) == {}
    spectra.refresh_from_db()
    assert spectra.dataset == chosen
    assert AnalysisRun.objects.filter(measurement=spectra, status="queued").exists()
    assert "No data are used" not in browser.get(page_of(spectra)).content.decode()


def test_a_technique_the_chosen_dataset_does_not_suit_is_refused_beside_it(browser, spectra):
    browser.fill(page_of(spectra), {"dataset": spectra.datasets.get(part=1).pk})
    errors = browser.errors(browser.fill(page_of(spectra), {"technique": "cycling"}))
    assert "holds electrochemical impedance spectroscopy" in errors["dataset"][0]


def test_each_dataset_gets_a_measurement_at_a_press(browser, spectra):
    response = browser.fill(page_of(spectra), {"_split": "yes", "stack_pressure": "10 MPa"})
    assert response.status_code == 302
    one, other = Measurement.objects.order_by("pk")
    assert (one.label, other.label) == ("Run 7, cycle number 1", "Run 7, cycle number 2")
    assert (one.stack_pressure_mpa, other.stack_pressure_mpa) == (10, 10)
    assert f"Each dataset has a measurement now: {one.refcode}, {other.refcode}." in browser.said(response)
    assert AnalysisRun.objects.filter(measurement__in=[one, other], status="queued").count() >= 2
    assert "_split" not in browser.get(page_of(one)).content.decode()


def test_enter_saves_and_parts_nothing(browser, spectra):
    """A form sent by Enter presses its first button."""
    page = browser.get(page_of(spectra)).content.decode()
    assert page.index('name="_save"') < page.index('name="_split"')


def test_nothing_is_chosen_where_there_is_one_dataset(browser, measurement):
    add_file(measurement=measurement, file=BytesIO(CA), filename="ca.csv", by=None)
    form = browser.get(page_of(measurement)).context["adminform"].form
    assert "dataset" not in form.fields


def test_the_dataset_used_cannot_be_taken_off(browser, spectra):
    browser.fill(page_of(spectra), {"dataset": spectra.datasets.get(part=0).pk})
    response = browser.fill(page_of(spectra), {"datasets-0-DELETE": "on"})
    assert "protected related objects: measurement" in browser.errors(response)["datasets"][0]
    assert spectra.datasets.count() == 2


def test_takes_a_file_off_again(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    browser.fill(page_of(measurement), {"datasets-0-DELETE": "on"})
    assert not Dataset.objects.exists()


def test_a_file_may_be_added_on_its_own_page(browser, measurement):
    data = {"measurement": measurement.pk, "file": upload("ca.csv", CA)}
    browser.fill(reverse("admin:registry_dataset_add"), data)
    dataset = Dataset.objects.get()
    form = browser.get(reverse("admin:registry_dataset_change", args=[dataset.pk])).context["adminform"].form
    assert set(form.fields) == {"mapping", "seen"}


def test_runs_the_analyses_that_are_due_and_shows_what_they_gave(browser, project):
    cell = factories.make_pellet(project, area="0.785 cm²", thickness="0.060 cm")
    measurement = factories.make_measurement(cell, technique="eis")
    factories.report(measurement, "resistance_ohm", "200 Ω")
    url = reverse("admin:registry_measurement_changelist")
    browser.client.post(url, {"action": "analyze", "_selected_action": [measurement.pk]})
    assert set(AnalysisRun.objects.values_list("status", flat=True)) == {"queued"}
    assert "ionic-conductivity: queued" in browser.get(page_of(measurement)).content.decode()
    do_due_runs()
    assert "computed values" in browser.get(page_of(measurement)).content.decode().lower()
    for run in AnalysisRun.objects.all():
        page = browser.get(reverse("admin:registry_analysisrun_change", args=[run.pk]))
        assert page.status_code == 200
        assert run.inputs_hash in page.content.decode()


def test_analyses_run_only_where_one_may_edit(make_browser, viewer, measurement):
    url = reverse("admin:registry_measurement_changelist")
    make_browser(viewer).client.post(url, {"action": "analyze", "_selected_action": [measurement.pk]})
    assert not AnalysisRun.objects.exists()


def test_each_value_of_a_row_carries_its_name_where_there_is_no_room_for_heads(browser, measurement):
    page = browser.get(page_of(measurement)).content.decode()
    for name, label in [("quantity", "Quantity"), ("written", "As printed"), ("publication", "Publication")]:
        assert f'<td class="field-{name}" data-label="{label}">' in page


@pytest.mark.parametrize("new", [True, False])
def test_where_there_are_no_files_it_says_how_they_come(browser, measurement, new):
    page = browser.get(reverse(ADD) if new else page_of(measurement)).content.decode()
    assert "files go in by ‘Add data files’ above" in page
    assert "Data found" not in page


def test_the_state_is_named_as_on_the_public_pages(browser, measurement):
    form = browser.get(page_of(measurement)).context["adminform"].form
    assert [form[name].label for name in ("voltage", "cycle_number_as_written")] == ["At the voltage", "At cycle"]


@pytest.mark.parametrize(("technique", "shown"), [("eis", "EIS"), ("symmetric_cycling", "Symmetric cell")])
def test_the_list_prints_techniques_short(browser, cell, technique, shown):
    factories.make_measurement(cell, technique=technique)
    page = browser.get(reverse("admin:registry_measurement_changelist")).content.decode()
    assert f'<td class="field-short_technique">{shown}</td>' in page


def test_each_technique_has_a_short_name():
    assert set(SHORT_TECHNIQUES) == set(TECHNIQUES)
