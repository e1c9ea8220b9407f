"""A measurement without a file is entered and corrected on its page."""

import pytest
from playwright.sync_api import Page, expect

from registry.models import Cell
from registry.selectors.entry.reported_quantities import reported_values
from registry.services.tag import save_tags
from tests import factories

ANALYSED_MS = 60_000
"""Analyses run before a change is answered, without a worker."""


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    return factories.make_pellet(factories.make_project(slug="lab", name="Lab"))


@pytest.fixture
def signed_in(page: Page, cell: Cell) -> Page:
    """The page of an editor who is not staff."""
    factories.make_member(cell.project, "editor", "editor")
    page.goto(f"/sign-in/?next={cell.get_absolute_url()}")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{cell.get_absolute_url()}")
    return page


def test_a_measurement_is_entered_and_corrected(signed_in: Page, cell: Cell) -> None:
    page = signed_in
    page.get_by_role("link", name="Add measurement").click()
    page.get_by_label("Technique").select_option("eis")
    page.get_by_label("Temperature").press_sequentially("25")
    expect(page.locator("[id='id_conditions.temperature_degc-echo'].bad")).to_be_visible()
    page.get_by_label("Temperature").press_sequentially(" °C")
    expect(page.locator("[id='id_conditions.temperature_degc-echo']")).to_contain_text("24.5")
    page.get_by_role("button", name="Add value").click()
    page.get_by_label("Quantity").select_option("resistance_ohm")
    page.get_by_role("textbox", name="Value", exact=True).fill("12.5 Ω")
    expect(page.locator("#id_values-0-written-echo")).to_contain_text("12.45")
    page.get_by_role("button", name="Save measurement").last.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=ANALYSED_MS)
    measurement = cell.measurements.get()
    page.get_by_role("link", name=f"Edit {measurement.refcode}").click()
    page.get_by_label("Temperature").fill("60 °C")
    page.get_by_label("Reason for the change").fill("typing error")
    page.get_by_role("button", name="Save changes").last.click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=ANALYSED_MS)
    assert factories.written(measurement) == {"temperature_degc": "60 °C"}
    assert [value.written for value in reported_values(measurement)] == ["12.5 Ω"]
    assert measurement.history.latest("history_id").history_change_reason == "typing error"


def test_tags_are_suggested_and_shown_at_the_folded_measurement(signed_in: Page, cell: Cell) -> None:
    page = signed_in
    for label in ("10", "20"):
        measurement = factories.make_measurement(cell, technique="eis", label=label, stack_pressure_mpa=f"{label} MPa")
        factories.report(measurement, "resistance_ohm", "12.5 Ω")
    save_tags(measurement, ["dry room"], by=None)
    page.goto(f"/cells/{cell.refcode}/measurements/new/")
    page.get_by_label("Tags").press_sequentially("dr")
    expect(page.locator("#id_tags-options [role=option]")).to_contain_text(["dry room"])
    page.goto(cell.get_absolute_url())
    fold = page.locator(f"details#{measurement.refcode}")
    expect(fold.locator("> summary .tagged")).to_have_text(["dry room"])
    fold.locator("> summary").click()
    fold.locator("details:has(> summary:text('Add tag')) > summary").click()
    fold.get_by_label("New tags").fill("shorted")
    fold.get_by_role("button", name="Add", exact=True).last.click()
    expect(fold.locator("> summary .tagged")).to_have_text(["dry room", "shorted"])
    expect(fold.locator("form.tags")).to_have_count(1)
    expect(fold.get_by_role("button", name="Remove tag shorted")).to_be_visible()
    fold.get_by_role("button", name="Remove tag dry room").click()
    expect(fold.locator("> summary .tagged")).to_have_text(["shorted"])
