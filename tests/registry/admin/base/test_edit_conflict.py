"""Two people at one page: the second does not undo what the first did."""

import pytest
from django.urls import reverse

from registry.models import Cell
from tests import factories


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def page_of(record):
    return reverse(f"admin:registry_{record._meta.model_name}_change", args=[record.pk])


def test_a_page_that_is_out_of_date_saves_nothing_and_says_who_was_there_first(make_browser, cell, colleague, owner):
    late, early = make_browser(colleague), make_browser(owner)
    opened = late.shown(page_of(cell))
    row = {"position": 2, "role": "anode", "material": cell.layers.get().material_id, "thickness": "50 µm"}
    assert early.errors(early.fill(page_of(cell), {"notes": "dried at 80 °C"}, {"layers": [row]})) == {}
    response = late.client.post(page_of(cell), opened | {"fabrication_pressure": "360 MPa"})
    (said,) = late.errors(response)["__all__"]
    assert said.startswith("This was changed by owner on ")
    cell = Cell.objects.get()
    assert (cell.notes, cell.fabrication_pressure, cell.layers.count()) == ("dried at 80 °C", "", 2)


def test_a_page_opened_anew_saves(browser, cell):
    browser.fill(page_of(cell), {"notes": "one"})
    assert browser.errors(browser.fill(page_of(cell), {"notes": "two"})) == {}
    assert Cell.objects.get().notes == "two"


def test_what_the_background_computes_is_no_change_of_the_record(browser, cell):
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "100 Ω")
    opened = browser.shown(page_of(measurement))
    from registry.services.runs.queue import do_due_runs, queue_measurement

    queue_measurement(measurement, by=None)
    do_due_runs()
    assert browser.errors(browser.client.post(page_of(measurement), opened | {"label": "CA"})) == {}


def test_a_formulation_keeps_the_ingredient_somebody_else_added(make_browser, project, colleague, owner):
    active = factories.make_material(project)
    carbon = factories.make_material(project, kind="conductive_additive")
    composite = factories.make_formulation(project, (active, "active", ""))
    late, early = make_browser(colleague), make_browser(owner)
    opened = late.shown(page_of(composite))
    row = {"position": 2, "material": carbon.pk, "role": "conductive"}
    assert early.errors(early.fill(page_of(composite), {}, {"ingredients": [row]})) == {}
    assert "__all__" in late.errors(late.client.post(page_of(composite), opened | {"notes": "x"}))
    assert composite.ingredients.count() == 2


def test_a_new_formulation_numbers_its_empty_rows(browser, project):
    shown = browser.shown(reverse("admin:registry_formulation_add"))
    assert [shown[f"ingredients-{number}-position"] for number in range(3)] == [1, 2, 3]
