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
