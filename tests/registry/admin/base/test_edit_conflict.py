"""Edit conflicts: a secondr save does not overwrite an earlier one."""

import pytest
from django.urls import reverse

from registry.models import Cell
from tests import factories


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def page_of(record):
    return reverse(f"admin:registry_{record._meta.model_name}_change", args=[record.pk])


def test_an_outdated_page_is_not_saved(make_browser, cell, colleague, owner):
    second, first = make_browser(colleague), make_browser(owner)
    data = second.form_data(page_of(cell))
    row = {"position": 2, "role": "anode", "material": cell.layers.get().material_id, "thickness": "50 µm"}
    assert first.errors(first.fill(page_of(cell), {"notes": "dried at 80 °C"}, {"layers": [row]})) == {}
    response = second.client.post(page_of(cell), data | {"fabrication_pressure": "360 MPa"})
    (error,) = second.errors(response)["__all__"]
    assert " owner changed " in error
    cell = Cell.objects.get()
    assert (cell.notes, cell.fabrication_pressure, cell.layers.count()) == ("dried at 80 °C", "", 2)


def test_a_reopened_page_is_saved(browser, cell):
    browser.fill(page_of(cell), {"notes": "one"})
    assert browser.errors(browser.fill(page_of(cell), {"notes": "two"})) == {}
    assert Cell.objects.get().notes == "two"


def test_a_background_run_is_not_a_conflict(browser, cell):
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "100 Ω")
    data = browser.form_data(page_of(measurement))
    from registry.services.runs.queue import do_due_runs, queue_measurement

    queue_measurement(measurement, by=None)
    do_due_runs()
    assert browser.errors(browser.client.post(page_of(measurement), data | {"label": "CA"})) == {}


def test_an_ingredient_added_by_another_user_is_kept(make_browser, project, colleague, owner):
    active = factories.make_material(project)
    carbon = factories.make_material(project, kind="conductive_additive")
    composite = factories.make_formulation(project, (active, "active", ""))
    second, first = make_browser(colleague), make_browser(owner)
    data = second.form_data(page_of(composite))
    row = {"position": 2, "material": carbon.pk, "role": "conductive"}
    assert first.errors(first.fill(page_of(composite), {}, {"ingredients": [row]})) == {}
    assert "__all__" in second.errors(second.client.post(page_of(composite), data | {"notes": "x"}))
    assert composite.ingredients.count() == 2


def test_the_empty_rows_of_a_new_formulation_are_numbered(browser, project):
    data = browser.form_data(reverse("admin:registry_formulation_add"))
    assert [data[f"ingredients-{number}-position"] for number in range(3)] == [1, 2, 3]
