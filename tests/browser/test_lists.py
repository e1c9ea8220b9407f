"""Facets, filters and the selection of the list of cells."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.registry.web.conftest import fill


@pytest.fixture(autouse=True)
def _cells(transactional_db: None) -> None:
    project = factories.make_project(slug="open", name="Open", visibility="public")
    fill(project, "One")
    fill(project, "Two")
    factories.make_cell(project, label="Pouch", format="pouch")


def test_a_facet_filters_at_once_and_can_be_taken_back(page: Page) -> None:
    page.goto("/cells/")
    box = page.get_by_role("checkbox", name=re.compile("^Pouch cell"))
    expect(page.get_by_role("group", name="Format")).to_contain_text("2")
    box.check()
    expect(page).to_have_url(re.compile(r"/cells/\?format=pouch$"))
    expect(page.get_by_role("row")).to_have_count(2)
    box = page.get_by_role("checkbox", name=re.compile("^Pouch cell"))
    expect(box).to_be_checked()
    box.uncheck()
    expect(page).to_have_url(re.compile(r"/cells/\??$"))


def test_heads_sort_with_the_keyboard(page: Page) -> None:
    page.goto("/cells/")
    page.get_by_role("link", name="Cell", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Cell")).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("rowheader").first).to_contain_text("One")


def test_cells_are_ticked_and_their_curves_compared(page: Page) -> None:
    page.goto("/cells/")
    dock = page.locator("[data-dock]")
    expect(dock).to_be_hidden()
    page.get_by_role("row", name="Two").get_by_role("checkbox").check()
    expect(dock).to_contain_text("1 cell selected")
    expect(page.get_by_role("button", name="Compare curves")).to_be_disabled()
    page.get_by_role("row", name="One").get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare curves").click()
    expect(page).to_have_url(re.compile(r"/cells/curves/\?cell=[^=]*&cell=[^=&]*$"))
    expect(page.locator("figure.plot > .legend button").first).to_contain_text("One")


def test_filters_are_folded_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/cells/")
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    page.locator("details.facets > summary").click()
    expect(page.get_by_role("group", name="Format")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_numbers_of_runs_appear_on_the_page_of_plugins(page: Page) -> None:
    page.goto("/plugins/")
    section = page.locator("#analysis-electronic-conductivity")
    expect(section).to_contain_text("2 done, 0 not computed, 0 failed")
    expect(section.get_by_role("link", name="Count the runs")).to_have_count(0)


def test_a_narrow_screen_shows_all_columns_of_a_table(page: Page) -> None:
    """A row is two lines: its texts, and its numbers; screen readers still find a table."""
    project = factories.make_project(slug="paper", name="Paper", visibility="public")
    paper = factories.make_publication(project)
    for number in range(3):
        cell = factories.make_cell(project, label=f"Cell {number}", origin="literature", publication=paper)
        conditions = {"stack_pressure_mpa": "2.5 MPa", "c_rate": "0.2 C"}
        measurement = factories.make_measurement(cell, technique="cycling", **conditions)
        for quantity, written in (
            ("cycle_count", "2000"),
            ("specific_capacity_mah_g", "169.5 mAh/g"),
            ("capacity_retention_percent", "83.7 %"),
        ):
            factories.report(measurement, quantity, written)
    for width in (375, 768):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/compare/low-pressure-cells/", "/cells/", "/measurements/"):
            page.goto(address)
            scroller = page.locator(".scroll:has(table.two-line)")
            assert scroller.evaluate("element => element.scrollWidth - element.clientWidth") <= 1, (width, address)
            row = page.get_by_role("table").get_by_role("row").nth(1)
            numbers = row.locator(".number")
            assert numbers.count() >= 4
            tops = {round(box["y"]) for number in numbers.all() if (box := number.bounding_box())}
            assert len(tops) <= 2, (width, address)
            expect(row.get_by_role("cell").first).to_be_visible()


@pytest.mark.parametrize("width", [375, 500, 768])
def test_the_files_of_a_table_are_within_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/compare/low-pressure-cells/")
    page.locator("summary", has_text="Download").click()
    box = page.locator(".menu[open] ul").bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
