"""Reported values typed as printed."""

import pytest
from django.urls import reverse

from registry.admin.value import quantity_choices
from registry.models import Value
from tests import factories


@pytest.fixture
def measurement(project):
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def page_of(measurement):
    return reverse("admin:registry_measurement_change", args=[measurement.pk])


def reported(browser, measurement, *rows):
    typed = [{"quantity": quantity, "written": written} for quantity, written in rows]
    return browser.fill(page_of(measurement), {}, {"values": typed})


@pytest.mark.parametrize(
    ("quantity", "written", "shown"),
    [
        ("resistance_ohm", "7.87×10^3 Ω", "= 7870 Ω, 7865 to 7875"),
        ("ionic_conductivity_s_cm", "0.366 mS cm⁻¹", "= 0.000366 S cm⁻¹, 0.0003655 to 0.0003665"),
        ("capacity_retention_percent", "90.9%", "= 90.9 %, 90.85 to 90.95"),
        ("resistance_ohm", "1.00×10 Ω", "= 10 Ω, 9.95 to 10.05"),
        ("porosity_percent", "Coin cell", "no number: Coin cell"),
    ],
)
def test_shows_back_what_was_understood(browser, measurement, quantity, written, shown):
    """Numbers of Tables 1 to 3 of Wu et al. 2025, where 1.00×10 means 1.00×10^1; the words are in row 8 of Table 3."""
    assert reported(browser, measurement, (quantity, written)).status_code == 302
    value = Value.objects.get()
    assert value.written == written
    assert shown in browser.get(page_of(measurement)).content.decode()
    assert shown in browser.get(reverse("admin:registry_value_change", args=[value.pk])).content.decode()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("7.87x10^3", "has no unit"),
        ("12,5 Ω", "12"),
        ("1.00×10", "has no unit"),
        ("10 mA", "is a current"),
        ("-3 Ω", "above 0"),
    ],
)
def test_refuses_a_bad_number_beside_its_field(browser, measurement, written, sentence):
    rows = [("porosity_percent", "3 %"), ("resistance_ohm", written)]
    (said,) = browser.errors(reported(browser, measurement, *rows))["values-1-written"]
    assert sentence in said
    assert not Value.objects.exists()


def test_refuses_one_quantity_twice(browser, measurement):
    rows = [("resistance_ohm", "1 Ω"), ("resistance_ohm", "2 Ω")]
    assert "is reported twice" in browser.errors(reported(browser, measurement, *rows))["values-1-quantity"][0]
    assert not Value.objects.exists()


def test_changing_a_reported_value_supersedes_it(browser, measurement, colleague):
    old = factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"values-0-written": "2 Ω"})
    assert list(Value.objects.order_by("pk").values_list("written", "is_latest")) == [("1 Ω", False), ("2 Ω", True)]
    old.refresh_from_db()
    assert old.retired_by == colleague


def test_saving_unchanged_reports_nothing_anew(browser, measurement):
    factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"notes": "again"})
    assert Value.objects.count() == 1


def test_changing_the_quantity_retires_the_value_under_the_old_one(browser, measurement):
    factories.report(measurement, "resistance_ohm", "90 Ω")
    browser.fill(page_of(measurement), {"values-0-quantity": "porosity_percent", "values-0-written": "90 %"})
    latest = Value.objects.get(is_latest=True)
    assert (latest.quantity, latest.magnitude) == ("porosity_percent", 90)


def test_taking_a_row_out_retires_the_value(browser, measurement):
    factories.report(measurement, "resistance_ohm", "1 Ω")
    browser.fill(page_of(measurement), {"values-0-DELETE": "on"})
    assert not Value.objects.get().is_latest


def test_reports_on_the_values_own_page(browser, measurement):
    data = {"measurement": measurement.pk, "quantity": "resistance_ohm", "written": "5 Ω"}
    browser.fill(reverse("admin:registry_value_add"), data)
    value = Value.objects.get()
    assert (value.cell, value.created_by.username) == (measurement.cell, "colleague")


def test_a_quantity_under_conditions_needs_its_measurement(browser, measurement):
    data = {"cell": measurement.cell_id, "quantity": "resistance_ohm", "written": "5 Ω"}
    response = browser.fill(reverse("admin:registry_value_add"), data)
    assert "depends on the conditions" in browser.errors(response)["measurement"][0]
    assert not Value.objects.exists()


def test_changing_a_value_on_its_own_page_goes_on_with_the_new_one(browser, measurement):
    old = factories.report(measurement, "resistance_ohm", "1 Ω")
    url = reverse("admin:registry_value_change", args=[old.pk])
    response = browser.fill(url, {"written": "2 Ω", "_continue": "1"})
    latest = Value.objects.get(is_latest=True)
    assert latest.written == "2 Ω"
    assert response.url == reverse("admin:registry_value_change", args=[latest.pk])


def test_a_superseded_value_is_only_to_read(browser, measurement):
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


def test_refuses_a_publication_fewer_people_may_see(browser, project, public_project, colleague):
    from registry.models import Membership
    from registry.services.record import save_record

    save_record(Membership(project=public_project, user=colleague, role="editor"), by=None)
    measurement = factories.make_measurement(factories.make_pellet(public_project))
    paper = factories.make_publication(project)
    row = {"quantity": "porosity_percent", "written": "3 %", "publication": paper.pk}
    response = browser.fill(page_of(measurement), {}, {"values": [row]})
    assert "which fewer people may see" in browser.errors(response)["values-0-publication"][0]
    assert not Value.objects.exists()


def test_quantities_are_grouped_with_their_units():
    groups = dict(quantity_choices())
    assert ("resistance_ohm", "Resistance (Ω)") in groups["Resistance and conductivity"]
    offered = {slug for group in groups.values() if isinstance(group, list) for slug, _ in group}
    assert "thickness_um" not in offered


def read_as(browser, quantity, written):
    return browser.client.get(reverse("admin:registry_read_as"), {"quantity": quantity, "written": written}).json()


def test_preview_says_what_is_understood_and_what_is_wrong(browser):
    assert read_as(browser, "stack_pressure_mpa", "10 MPa") == {"text": "= 10 MPa, 9.5 to 10.5", "kind": "number"}
    wrong = read_as(browser, "stack_pressure_mpa", "10 mA")
    assert ("is a current" in wrong["text"], wrong["kind"]) == (True, "error")
    assert read_as(browser, "stack_pressure_mpa", "") == {"text": "", "kind": ""}


def test_preview_tells_words_from_a_number(browser, measurement):
    said = "kept as the reason why there is no number: scraped off"
    assert read_as(browser, "mass_loading_mg_cm2", "scraped off") == {"text": said, "kind": "words"}
    measurement.stack_pressure = "Coin cell"
    factories.save_record(measurement, by=None)
    said = '<span class="read-as read-as-words" aria-live="polite">kept as the reason why there is no number: Coin cell'
    assert said in browser.get(page_of(measurement)).content.decode()


def test_preview_is_for_staff(client, db):
    assert client.get(reverse("admin:registry_read_as")).status_code == 302


def test_without_a_place_the_first_attempt_names_it(browser, measurement):
    errors = browser.errors(browser.fill(reverse("admin:registry_value_add")))
    assert errors["measurement"] == ["Give the measurement, or the cell if the value is one of the whole cell."]
    assert set(errors) == {"measurement", "quantity", "written"}
    data = {"measurement": "0", "quantity": "resistance_ohm", "written": "5 Ω"}
    assert len(browser.errors(browser.fill(reverse("admin:registry_value_add"), data))["measurement"]) == 1


def test_the_help_of_a_number_does_not_repeat_its_label(browser):
    form = browser.get(reverse("admin:registry_value_add")).context["adminform"].form
    assert form["written"].label not in form["written"].help_text
