"""Parameters of analyses on the pages of a project, a cell and a measurement."""

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


def test_a_measurement_shows_those_of_the_analyses_for_its_technique(browser, measurement):
    fields = browser.get(page_of(measurement)).context["adminform"].form.fields
    names = {name.split(":")[1] for name in fields if name.startswith("parameter:")}
    assert ELECTRONIC in names
    assert "ionic-conductivity" not in names


def test_what_is_typed_is_kept_as_its_type_with_history(browser, measurement):
    assert browser.errors(browser.fill(page_of(measurement), {LAST_POINTS: "50"})) == {}
    measurement.refresh_from_db()
    assert measurement.parameters == {ELECTRONIC: {"last_points": 50}}
    assert measurement.history.first().prev_record.parameters == {}
    assert browser.shown(page_of(measurement))[LAST_POINTS] == "50"


def test_an_emptied_field_is_as_set_further_out_again(browser, measurement):
    browser.fill(page_of(measurement), {LAST_POINTS: "50"})
    browser.fill(page_of(measurement), {LAST_POINTS: ""})
    measurement.refresh_from_db()
    assert measurement.parameters == {}


def test_the_help_says_what_holds_where_nothing_is_typed(browser, measurement, owner):
    measurement.cell.parameters = {ELECTRONIC: {"last_points": 30}}
    factories.save_record(measurement.cell, by=None)
    field = browser.get(page_of(measurement)).context["adminform"].form.fields[LAST_POINTS]
    assert field.help_text.endswith("Left empty: 30, as set further out.")


@pytest.mark.parametrize(
    ("typed", "told"), [("1", "last_points must be from 2 to"), ("many", "last_points must be a whole number")]
)
def test_a_refusal_stands_beside_its_field_and_nothing_is_saved(browser, measurement, typed, told):
    response = browser.fill(page_of(measurement), {LAST_POINTS: typed, "label": "new"})
    assert told in browser.errors(response)[LAST_POINTS][0]
    measurement.refresh_from_db()
    assert (measurement.label, measurement.parameters) == ("", {})


def test_a_choice_is_offered_as_such(browser, project):
    spectrum = factories.make_measurement(factories.make_pellet(project), technique="eis")
    browser.fill(page_of(spectrum), {"parameter:ionic-conductivity:resistance_method": "minimum"})
    spectrum.refresh_from_db()
    assert spectrum.parameters == {"ionic-conductivity": {"resistance_method": "minimum"}}


def test_set_for_a_cell_it_makes_its_results_stale(browser, measurement):
    factories.report(measurement, "resistance_ohm", "100 Ω")
    queue_measurement(measurement, by=None)
    do_due_runs()
    browser.fill(page_of(measurement.cell), {LAST_POINTS: "50"})
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, stale_since__isnull=False).count() == 1


def test_a_project_sets_them_for_all_its_cells(owners_browser, measurement):
    owners_browser.fill(page_of(measurement.cell.project), {LAST_POINTS: "50"})
    measurement.cell.project.refresh_from_db()
    assert measurement.cell.project.parameters == {ELECTRONIC: {"last_points": 50}}


def test_a_change_queues_what_it_makes_due_on_the_cell(browser, measurement):
    factories.report(measurement, "resistance_ohm", "100 Ω")
    layer = measurement.cell.layers.get()
    page = reverse("admin:registry_cell_change", args=[measurement.cell_id])
    assert browser.errors(browser.fill(page, {"layers-0-thickness": "500 µm"})) == {}
    layer.refresh_from_db()
    assert layer.thickness_um == 500
    assert AnalysisRun.objects.filter(analysis=ELECTRONIC, status="queued").count() == 1


def test_they_stand_in_one_folded_part_behind_the_layers(browser, measurement):
    page = browser.get(page_of(measurement.cell)).content.decode()
    assert page.index("Layers, from 1") < page.index("Parameters of the analyses") < page.index("DC polarisation")
    assert page.count("<details>") == 1
    assert "on X-ray" not in page
    assert "on chronoamperometry." in page


def test_the_part_is_open_where_one_of_them_is_refused(browser, measurement):
    refused = browser.fill(page_of(measurement), {LAST_POINTS: "many"}).content.decode()
    assert "<details open>" in refused
    other = browser.fill(page_of(measurement), {"stack_pressure": "10"}).content.decode()
    assert "<details open>" not in other


def test_a_new_record_has_none(browser):
    assert "Parameters of the analyses" not in browser.get(reverse("admin:registry_cell_add")).content.decode()
