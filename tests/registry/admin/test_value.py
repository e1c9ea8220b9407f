"""Reported values in the admin."""

import pytest
from django.urls import reverse

from registry.models import Measurement, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.entry.reported_quantities import quantity_choices
from registry.services.measurement import save_measurement
from registry.services.runs.analysis import run_jobs
from tests import factories


@pytest.fixture
def measurement(project):
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def page_of(measurement):
    return reverse("admin:registry_measurement_change", args=[measurement.pk])


def report(browser, measurement, *rows):
    values = [{"quantity": quantity, "written": written} for quantity, written in rows]
    return browser.fill(page_of(measurement), {}, {"values": values})


@pytest.mark.parametrize(
    ("quantity", "written", "text"),
    [
        ("resistance_ohm", "7.87×10^3 Ω", "= 7870 Ω, 7865 to 7875"),
        ("ionic_conductivity_s_cm", "0.366 mS cm⁻¹", "= 0.000366 S cm⁻¹, 0.0003655 to 0.0003665"),
        ("capacity_retention_percent", "90.9%", "= 90.9 %, 90.85 to 90.95"),
        ("resistance_ohm", "1.00×10 Ω", "= 10 Ω, 9.95 to 10.05"),
        ("porosity_percent", "Coin cell", "a missing number: Coin cell"),
    ],
)
def test_shows_the_parsed_number(browser, measurement, quantity, written, text):
    """Entries of Tables 1 to 3 of Wu et al. 2025, where 1.00×10 means 1.00×10^1; ‘Coin cell’ is in row 8 of Table 3."""
    assert report(browser, measurement, (quantity, written)).status_code == 302
    value = Value.objects.get()
    assert value.written == written
    assert text in browser.get(page_of(measurement)).content.decode()
    assert text in browser.get(reverse("admin:registry_value_change", args=[value.pk])).content.decode()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("7.87x10^3", "has no unit"),
        ("12,5 Ω", "12"),
        ("1.00×10", "has no unit"),
        ("10 mA", "is a current"),
        ("-3 Ω", "above 0"),
    ],
)
def test_refuses_an_invalid_number(browser, measurement, written, message):
    rows = [("porosity_percent", "3 %"), ("resistance_ohm", written)]
    (error,) = browser.errors(report(browser, measurement, *rows))["values-1-written"]
    assert message in error
    assert not Value.objects.exists()


def test_refuses_a_quantity_reported_twice(browser, measurement):
    rows = [("resistance_ohm", "1 Ω"), ("resistance_ohm", "2 Ω")]
    assert "is reported twice" in browser.errors(report(browser, measurement, *rows))["values-1-quantity"][0]
    assert not Value.objects.exists()


def test_changing_a_reported_value_supersedes_it(browser, measurement, colleague):
    old = factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"values-0-written": "2 Ω"})
    assert list(Value.objects.order_by("pk").values_list("written", "is_latest")) == [("1 Ω", False), ("2 Ω", True)]
    old.refresh_from_db()
    assert old.retired_by == colleague


def test_saving_unchanged_reports_nothing(browser, measurement):
    factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"notes": "again"})
    assert Value.objects.count() == 1


def test_changing_the_quantity_retires_the_old_value(browser, measurement):
    factories.report(measurement, "resistance_ohm", "90 Ω")
    browser.fill(page_of(measurement), {"values-0-quantity": "porosity_percent", "values-0-written": "90 %"})
    latest = Value.objects.get(is_latest=True)
    assert (latest.quantity, latest.magnitude) == ("porosity_percent", 90)


def test_deleting_a_row_retires_the_value(browser, measurement):
    factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"values-0-DELETE": "on"})
    assert not Value.objects.get().is_latest


def test_reports_on_the_value_page(browser, measurement):
    data = {"measurement": measurement.pk, "quantity": "resistance_ohm", "written": "5 Ω"}
    browser.fill(reverse("admin:registry_value_add"), data)
    value = Value.objects.get()
    assert (value.cell, value.created_by.username) == (measurement.cell, "colleague")


def test_a_quantity_under_conditions_requires_a_measurement(browser, measurement):
    data = {"cell": measurement.cell_id, "quantity": "resistance_ohm", "written": "5 Ω"}
    response = browser.fill(reverse("admin:registry_value_add"), data)
    assert browser.errors(response).keys() == {"measurement"}
    assert not Value.objects.exists()


def test_changing_a_value_redirects_to_the_new_one(browser, measurement):
    old = factories.report(measurement, "resistance_ohm", "1 Ω")
    url = reverse("admin:registry_value_change", args=[old.pk])
    response = browser.fill(url, {"written": "2 Ω", "_continue": "1"})
    latest = Value.objects.get(is_latest=True)
    assert latest.written == "2 Ω"
    assert response.url == reverse("admin:registry_value_change", args=[latest.pk])


def test_a_superseded_value_is_read_only(browser, measurement):
    old = factories.report(measurement, "resistance_ohm", "1 Ω")
    factories.report(measurement, "resistance_ohm", "2 Ω")
    url = reverse("admin:registry_value_change", args=[old.pk])
    assert b'name="_save"' not in browser.get(url).content
    assert browser.client.post(url, {"written": "3 Ω"}).status_code == 403


def test_deleting_a_value_retires_it(browser, measurement):
    value = factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.client.post(reverse("admin:registry_value_delete", args=[value.pk]), {"post": "yes"})
    value.refresh_from_db()
    assert not value.is_latest


def test_refuses_a_less_visible_publication(browser, project, public_project, colleague):
    from registry.models import Membership
    from registry.services.record import save_record

    save_record(Membership(project=public_project, user=colleague, role="editor"), by=None)
    measurement = factories.make_measurement(factories.make_pellet(public_project))
    paper = factories.make_publication(project)
    row = {"quantity": "porosity_percent", "written": "3 %", "publication": paper.pk}
    response = browser.fill(page_of(measurement), {}, {"values": [row]})
    assert "fewer people" in browser.errors(response)["values-0-publication"][0]
    assert not Value.objects.exists()


def test_quantities_are_grouped_with_their_units():
    groups = dict(quantity_choices())
    assert ("resistance_ohm", "Resistance (Ω)") in groups["Resistance and conductivity"]
    slugs = {slug for group in groups.values() if isinstance(group, list) for slug, _ in group}
    assert "thickness_um" not in slugs


def interpret(browser, quantity, written):
    return browser.client.get(reverse("admin:registry_read_as"), {"quantity": quantity, "written": written}).json()


def test_preview_shows_the_parsed_number_or_the_error(browser):
    assert interpret(browser, "stack_pressure_mpa", "10 MPa") == {
        "text": "= 10 MPa, 9.5 to 10.5",
        "kind": "number",
        "remedies": [],
    }
    assert interpret(browser, "stack_pressure_mpa", "1,5 MPa")["remedies"] == [["1.5 MPa", ""]]
    error = interpret(browser, "stack_pressure_mpa", "10 mA")
    assert ("is a current" in error["text"], error["kind"]) == (True, "error")
    assert interpret(browser, "stack_pressure_mpa", "") == {"text": "", "kind": "", "remedies": []}


def test_preview_distinguishes_text_from_a_number(browser, measurement):
    text = "saved as the reason for a missing number: scraped off"
    assert interpret(browser, "mass_loading_mg_cm2", "scraped off") == {"text": text, "kind": "words", "remedies": []}
    save_measurement(measurement, {"stack_pressure_mpa": "Coin cell"}, by=None)
    note = '<span class="read-as read-as-words" aria-live="polite">saved as the reason for a missing number: Coin cell'
    assert note in browser.get(page_of(measurement)).content.decode()


def test_preview_is_for_staff(client, db):
    assert client.get(reverse("admin:registry_read_as")).status_code == 302


def test_requires_a_measurement_or_cell(browser, measurement):
    errors = browser.errors(browser.fill(reverse("admin:registry_value_add")))
    assert set(errors) == {"measurement", "quantity", "written"}
    data = {"measurement": "0", "quantity": "resistance_ohm", "written": "5 Ω"}
    assert len(browser.errors(browser.fill(reverse("admin:registry_value_add"), data))["measurement"]) == 1


def test_the_help_text_does_not_repeat_the_label(browser):
    form = browser.get(reverse("admin:registry_value_add")).context["adminform"].form
    assert form["written"].label not in form["written"].help_text


def test_a_computed_value_shows_its_components(browser, project):
    spectrum = factories.make_measurement(
        factories.make_pellet(project, thickness="600 ± 18 µm", area="1.0 cm²"), technique="eis"
    )
    factories.report(spectrum, "resistance_ohm", "100 ± 1 Ω")
    run_jobs(list_due_jobs(Measurement.objects.all()), by=None)
    value = Value.objects.get(quantity="ionic_conductivity_s_cm", origin="computed")
    response = browser.get(reverse("admin:registry_value_change", args=[value.pk]))
    assert "geometry 1.8×10⁻⁵" in response.content.decode()
    assert "resistance 6×10⁻⁶" in response.content.decode()
