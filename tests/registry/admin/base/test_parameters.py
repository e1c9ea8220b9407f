"""Analysis parameters on project, cell and measurement pages."""

import pytest
from django.urls import reverse

from registry.models import AnalysisRun
from registry.services.runs.queue import do_due_runs, queue_measurement
from tests import factories

ELECTRONIC = "electronic-conductivity"
LAST_POINTS = f"parameter:{ELECTRONIC}:last_points"


@pytest.fixture
def measurement(project):
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def page_of(record):
    return reverse(f"admin:registry_{record._meta.model_name}_change", args=[record.pk])


def test_a_measurement_has_the_parameters_for_its_technique(browser, measurement):
    fields = browser.get(page_of(measurement)).context["adminform"].form.fields
    names = {name.split(":")[1] for name in fields if name.startswith("parameter:")}
    assert ELECTRONIC in names
    assert "ionic-conductivity" not in names


def test_saves_a_typed_value_with_history(browser, measurement):
    assert browser.errors(browser.fill(page_of(measurement), {LAST_POINTS: "50"})) == {}
    measurement.refresh_from_db()
    assert measurement.parameters == {ELECTRONIC: {"last_points": 50}}
    assert measurement.history.first().prev_record.parameters == {}
    assert browser.form_data(page_of(measurement))[LAST_POINTS] == "50"


def test_an_empty_field_is_inherited(browser, measurement):
    browser.fill(page_of(measurement), {LAST_POINTS: "50"})
    browser.fill(page_of(measurement), {LAST_POINTS: ""})
    measurement.refresh_from_db()
    assert measurement.parameters == {}


def test_the_help_text_shows_the_inherited_value(browser, measurement, owner):
    measurement.cell.parameters = {ELECTRONIC: {"last_points": 30}}
    factories.save_record(measurement.cell, by=None)
    field = browser.get(page_of(measurement)).context["adminform"].form.fields[LAST_POINTS]
    assert field.help_text.endswith("If empty: 30 (inherited).")


def test_the_help_text_of_an_empty_default_says_automatic(browser, project):
    spectrum = factories.make_measurement(factories.make_pellet(project), technique="eis")
    fields = browser.get(page_of(spectrum)).context["adminform"].form.fields
    assert fields["parameter:ionic-conductivity:circuit"].help_text.endswith(": automatic.")


@pytest.mark.parametrize(("text", "message"), [("1", "from 2 to "), ("many", "last_points must ")])
def test_an_invalid_value_is_a_field_error(browser, measurement, text, message):
    response = browser.fill(page_of(measurement), {LAST_POINTS: text, "label": "new"})
    assert message in browser.errors(response)[LAST_POINTS][0]
    measurement.refresh_from_db()
    assert (measurement.label, measurement.parameters) == ("", {})


def test_a_choice_is_saved(browser, project):
    spectrum = factories.make_measurement(factories.make_pellet(project), technique="eis")
    browser.fill(page_of(spectrum), {"parameter:ionic-conductivity:resistance_method": "minimum"})
    spectrum.refresh_from_db()
    assert spectrum.parameters == {"ionic-conductivity": {"resistance_method": "minimum"}}


def test_a_parameter_of_a_cell_makes_its_results_stale(browser, measurement):
    factories.report(measurement, "resistance_ohm", "100 Ω")
    queue_measurement(measurement, by=None)
    do_due_runs()
    browser.fill(page_of(measurement.cell), {LAST_POINTS: "50"})
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, stale_since__isnull=False).count() == 1


def test_a_project_has_parameters(owner_browser, measurement):
    owner_browser.fill(page_of(measurement.cell.project), {LAST_POINTS: "50"})
    measurement.cell.project.refresh_from_db()
    assert measurement.cell.project.parameters == {ELECTRONIC: {"last_points": 50}}


def test_a_change_queues_due_analyses(browser, measurement):
    factories.report(measurement, "resistance_ohm", "100 Ω")
    layer = measurement.cell.layers.get()
    page = reverse("admin:registry_cell_change", args=[measurement.cell_id])
    assert browser.errors(browser.fill(page, {"layers-0-thickness": "500 µm"})) == {}
    layer.refresh_from_db()
    assert layer.thickness_um == 500
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, status="queued").count() == 1


def test_parameters_are_collapsed_after_the_layers(browser, measurement):
    page = browser.get(page_of(measurement.cell)).content.decode()
    assert page.index("layers-group") < page.index("Analysis parameters") < page.index("DC polarisation")
    assert page.count("<details>") == 1
    assert "for X-ray" not in page
    assert "for chronoamperometry." in page


def test_the_section_is_open_on_an_error(browser, measurement):
    invalid = browser.fill(page_of(measurement), {LAST_POINTS: "many"}).content.decode()
    assert "<details open>" in invalid
    other = browser.fill(page_of(measurement), {"conditions.stack_pressure_mpa": "10"}).content.decode()
    assert "<details open>" not in other


def test_a_new_record_has_no_parameters(browser):
    assert "Analysis parameters" not in browser.get(reverse("admin:registry_cell_add")).content.decode()
