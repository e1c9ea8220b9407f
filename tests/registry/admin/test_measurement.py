"""The measurement page with conditions, reported values and files."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from registry.models import AnalysisRun, Dataset, Measurement, RawFile, Value
from registry.services.files.dataset import add_file
from registry.services.jobs.background import do_due_work
from registry.services.measurement import save_measurement
from registry.services.runs.queue import do_due_runs
from tests import factories
from tests.plugins.readers.samples import PEIS
from tests.registry.admin.conftest import Browser

PRESSURE = "conditions.stack_pressure_mpa"
ADD = "admin:registry_measurement_add"


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def page_of(measurement):
    return reverse("admin:registry_measurement_change", args=[measurement.pk])


def test_the_add_page_selects_the_requested_cell(browser, cell):
    assert str(browser.form_data(reverse(ADD) + f"?cell={cell.pk}")["cell"]) == str(cell.pk)


def test_saves_conditions_and_reported_values_together(browser, cell):
    data = {"cell": cell.pk, "technique": "cycling", PRESSURE: "10 MPa", "conditions.c_rate": "C/5"}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "90.9%"}]}
    browser.fill(reverse(ADD), data, rows)
    measurement = Measurement.objects.get()
    assert factories.magnitudes(measurement) == {"stack_pressure_mpa": 10, "c_rate": 0.2}
    assert measurement.values.get().magnitude == 90.9


@pytest.mark.parametrize(
    ("written", "message"),
    [("10 mA", "is a current"), ("12,5", "12"), ("-2 MPa", "at least 0"), ("1.00×10", "has no unit")],
)
def test_refuses_an_invalid_pressure(browser, cell, written, message):
    data = {"cell": cell.pk, "technique": "cycling", PRESSURE: written}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "90.9%"}]}
    response = browser.fill(reverse(ADD), data, rows)
    assert message in browser.errors(response)[PRESSURE][0]
    assert not Measurement.objects.exists()


def test_an_invalid_value_saves_no_measurement(browser, cell):
    data = {"cell": cell.pk, "technique": "cycling", PRESSURE: "10 MPa"}
    rows = {"values": [{"quantity": "capacity_retention_percent", "written": "ninety 9"}]}
    assert "values-0-written" in browser.errors(browser.fill(reverse(ADD), data, rows))
    assert not Measurement.objects.exists()


CA = b"time (s),voltage (V),current (A)\n0,0.1,0.001\n1,0.1,0.001\n2,0.2,0.002\n"


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def measurement(cell):
    return factories.make_measurement(cell, technique="chronoamperometry")


def test_uploads_and_imports_a_file(browser, measurement, colleague):
    response = browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    assert browser.errors(response) == {}
    dataset = Dataset.objects.get()
    assert (dataset.filename, dataset.created_by, dataset.status) == ("ca.csv", colleague, "queued")
    assert "queued for import" in browser.messages(response)[0]
    do_due_work()
    assert Dataset.objects.get().rows == 3
    page = browser.get(page_of(measurement)).content.decode()
    assert reverse("web:dataset-file", args=[dataset.pk]) in page


def test_the_page_reloads_until_a_file_is_imported(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    dataset = Dataset.objects.get()
    for page in (page_of(measurement), reverse("admin:registry_dataset_change", args=[dataset.pk])):
        text = browser.get(page).content.decode()
        assert f'data-pending="file-{dataset.pk}-queued ' in text
        assert "registry/follow.js" in text
    do_due_work()
    assert "data-follow" not in browser.get(page_of(measurement)).content.decode()


def test_a_duplicate_file_is_reported(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    do_due_work()
    response = browser.fill(page_of(measurement), {"uploads": upload("again.csv", CA)})
    assert "‘ca.csv’" in browser.messages(response)[-2]
    assert Dataset.objects.count() == 1


def test_files_can_be_reimported(browser, make_browser, viewer, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    do_due_work()
    dataset = Dataset.objects.get()
    data = {"action": "reimport", "_selected_action": [dataset.pk]}
    make_browser(viewer).client.post(reverse("admin:registry_dataset_changelist"), data)
    assert Dataset.objects.get().status == "parsed"
    browser.client.post(reverse("admin:registry_dataset_changelist"), data)
    assert Dataset.objects.get().status == "queued"


def test_several_files_can_be_uploaded_at_once(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": [upload("a.csv", CA), upload("b.csv", CA + b"3,0.2,0.002\n")]})
    assert set(Dataset.objects.values_list("filename", flat=True)) == {"a.csv", "b.csv"}


def test_an_unreadable_file_is_stored_with_the_reason(browser, measurement):
    response = browser.fill(page_of(measurement), {"uploads": upload("ca.csv", b"PK\x03\x04 an Excel file")})
    assert browser.errors(response) == {}
    do_due_work()
    dataset = Dataset.objects.get()
    assert dataset.status == "failed"
    page = browser.get(page_of(measurement)).content.decode()
    assert "Import failed" in page
    assert escape(dataset.messages[0]["text"]) in page


def test_refuses_an_empty_file_and_saves_nothing(browser, measurement):
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
    """A measurement whose file contains two spectra."""
    measurement = factories.make_measurement(cell, technique="eis", label="Run 7")
    add_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    return measurement


def test_a_dataset_can_be_selected(browser, spectra):
    page = browser.get(page_of(spectra)).content.decode()
    assert "No dataset selected" in page
    assert "several-datasets" in page
    choices = [text for _, text in browser.get(page_of(spectra)).context["adminform"].form.fields["dataset"].choices]
    assert choices[1:] == ["run.mpt, cycle number 1, 2 rows", "run.mpt, cycle number 2, 2 rows"]
    chosen = spectra.datasets.get(part=1)
    assert browser.errors(browser.fill(page_of(spectra), {"dataset": chosen.pk})) == {}
    spectra.refresh_from_db()
    assert spectra.dataset == chosen
    assert AnalysisRun.objects.filter(measurement=spectra, status="queued").exists()
    assert "No dataset selected" not in browser.get(page_of(spectra)).content.decode()


def test_refuses_a_technique_that_does_not_match_the_dataset(browser, spectra):
    browser.fill(page_of(spectra), {"dataset": spectra.datasets.get(part=1).pk})
    errors = browser.errors(browser.fill(page_of(spectra), {"technique": "cycling"}))
    assert "electrochemical impedance spectroscopy" in errors["dataset"][0]


def test_splits_the_file_into_measurements(browser, spectra):
    response = browser.fill(page_of(spectra), {"_split": "yes", PRESSURE: "10 MPa"})
    assert response.status_code == 302
    first, second = Measurement.objects.order_by("pk")
    assert (first.label, second.label) == ("Run 7, cycle number 1", "Run 7, cycle number 2")
    assert [factories.magnitudes(item)["stack_pressure_mpa"] for item in (first, second)] == [10, 10]
    assert f"{first.refcode}, {second.refcode}" in browser.messages(response)[0]
    assert AnalysisRun.objects.filter(measurement__in=[first, second], status="queued").count() >= 2
    assert "_split" not in browser.get(page_of(first)).content.decode()


def test_enter_saves_without_splitting(browser, spectra):
    """Enter submits a form with its first button."""
    page = browser.get(page_of(spectra)).content.decode()
    assert page.index('name="_save"') < page.index('name="_split"')


def test_a_single_dataset_needs_no_selection(browser, measurement):
    add_file(measurement=measurement, file=BytesIO(CA), filename="ca.csv", by=None)
    form = browser.get(page_of(measurement)).context["adminform"].form
    assert "dataset" not in form.fields


def test_the_dataset_used_cannot_be_deleted(browser, spectra):
    browser.fill(page_of(spectra), {"dataset": spectra.datasets.get(part=0).pk})
    response = browser.fill(page_of(spectra), {"datasets-0-DELETE": "on"})
    assert spectra.refcode in browser.errors(response)["datasets"][0]
    assert spectra.datasets.count() == 2


def test_deletes_a_file(browser, measurement):
    browser.fill(page_of(measurement), {"uploads": upload("ca.csv", CA)})
    browser.fill(page_of(measurement), {"datasets-0-DELETE": "on"})
    assert not Dataset.objects.exists()


def test_a_file_can_be_uploaded_on_the_dataset_page(browser, measurement):
    data = {"measurement": measurement.pk, "file": upload("ca.csv", CA)}
    browser.fill(reverse("admin:registry_dataset_add"), data)
    dataset = Dataset.objects.get()
    form = browser.get(reverse("admin:registry_dataset_change", args=[dataset.pk])).context["adminform"].form
    assert set(form.fields) == {"mapping", "order", "role", "seen"}


def test_runs_due_analyses_and_shows_their_values(browser, project):
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


def test_a_computed_value_has_its_place(browser, measurement):
    run = AnalysisRun.objects.create(
        cell=measurement.cell, measurement=measurement, analysis="peaks", plugin="peaks", version="1",
        status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    for number in (2, 1):
        Value.objects.create(
            cell=measurement.cell, measurement=measurement, run=run, origin="computed", quantity="resistance_ohm",
            at_kind="peak", at_number=number, magnitude=number, lower=number, upper=number,
        )  # fmt: skip
    page = browser.get(page_of(measurement)).content.decode()
    assert page.index("Resistance, peak 1: 1 Ω") < page.index("Resistance, peak 2: 2 Ω")


def test_a_viewer_cannot_run_analyses(make_browser, viewer, measurement):
    url = reverse("admin:registry_measurement_changelist")
    make_browser(viewer).client.post(url, {"action": "analyze", "_selected_action": [measurement.pk]})
    assert not AnalysisRun.objects.exists()


def test_cells_carry_their_column_labels_for_narrow_screens(browser, measurement):
    page = browser.get(page_of(measurement)).content.decode()
    for name, label in [("quantity", "Quantity"), ("written", "Reported value"), ("publication", "Publication")]:
        assert f'<td class="field-{name}" data-label="{label}">' in page


@pytest.mark.parametrize("new", [True, False])
def test_without_files_the_page_says_how_to_upload(browser, measurement, new):
    page = browser.get(reverse(ADD) if new else page_of(measurement)).content.decode()
    assert " ‘Add data files’ " in page
    assert "column-data_summary" not in page


def test_labels_of_dc_voltage_and_cycle_number(browser, measurement):
    form = browser.get(page_of(measurement)).context["adminform"].form
    names = ("conditions.voltage_v", "conditions.cycle_number")
    assert [form[name].label for name in names] == ["DC voltage", "Cycle number"]


def test_a_condition_is_changed_and_removed(browser, cell):
    measurement = factories.make_measurement(cell, stack_pressure_mpa="10 MPa", temperature_degc="RT")
    browser.fill(page_of(measurement), {PRESSURE: "12 MPa", "conditions.temperature_degc": ""})
    assert factories.magnitudes(measurement) == {"stack_pressure_mpa": 12}
    page = browser.get(reverse("admin:registry_measurement_history", args=[measurement.pk])).content.decode()
    assert "Stack pressure 12 MPa" in page
    assert "Temperature RT" in page


def test_voltage_limits_in_the_wrong_order_are_refused(browser, measurement):
    limits = {"conditions.voltage_lower_v": "4.3 V", "conditions.voltage_upper_v": "2.5 V"}
    assert "conditions.voltage_upper_v" in browser.errors(browser.fill(page_of(measurement), limits))


def test_a_condition_that_another_user_changed_meanwhile_is_not_overwritten(browser, measurement):
    data = browser.form_data(page_of(measurement))
    save_measurement(measurement, {"stack_pressure_mpa": "5 MPa"}, by=None)
    browser.client.post(page_of(measurement), data | {PRESSURE: "12 MPa"})
    assert factories.magnitudes(measurement)["stack_pressure_mpa"] == 5


@pytest.mark.parametrize("direction", ["", "-"])
def test_the_list_is_sorted_by_a_condition(browser, cell, direction):
    low, high = (factories.make_measurement(cell, stack_pressure_mpa=text) for text in ("9 MPa", "10 MPa"))
    page = browser.get(reverse("admin:registry_measurement_changelist") + f"?o={direction}5")
    listed = list(page.context["cl"].result_list)
    assert listed == ([high, low] if direction else [low, high])
    assert "9 MPa" in page.content.decode()


def test_viewers_see_the_conditions(project, cell):
    measurement = factories.make_measurement(cell, stack_pressure_mpa="10 MPa", temperature_degc="RT")
    viewer = Browser(factories.make_member(project, "viewer", is_staff=True))
    page = viewer.get(page_of(measurement)).content.decode()
    assert "<div>Stack pressure: 10 MPa</div><div>Temperature: RT</div>" in page
    assert "conditions.stack_pressure_mpa" not in page


@pytest.mark.parametrize(("technique", "abbreviation"), [("eis", "EIS"), ("symmetric_cycling", "Symmetric cell")])
def test_the_list_abbreviates_techniques(browser, cell, technique, abbreviation):
    factories.make_measurement(cell, technique=technique)
    page = browser.get(reverse("admin:registry_measurement_changelist")).content.decode()
    assert f'<td class="field-short_technique">{abbreviation}</td>' in page
