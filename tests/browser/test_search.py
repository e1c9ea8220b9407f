"""The search box of the header: key, suggestions and keyboard."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from registry.models import Cell
from tests import factories


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    project = factories.make_project(slug="open", name="Open", visibility="public")
    factories.make_material(project, "LPSCl", kind="solid_electrolyte")
    return factories.make_cell(project, label="pellet of LPSCl")


def test_suggestions_are_chosen_with_the_keyboard(page: Page, cell: Cell) -> None:
    page.goto("/materials/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search all records")
    expect(box).to_be_focused()
    page.keyboard.type("lpsc")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[aria-selected='true']")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(cell.refcode))


def test_escape_closes_the_suggestions_and_enter_searches(page: Page, cell: Cell) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name="Search all records")
    box.fill("pellet")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("pellet")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=pellet"))
    expect(page.get_by_role("heading", level=1)).to_have_text("“pellet”")


def test_a_suggestion_is_chosen_with_the_pointer(page: Page, cell: Cell) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Search all records").fill(cell.refcode)
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("pellet of LPSCl")


def test_what_was_gone_to_is_opened_whatever_is_answered_later(page: Page, cell: Cell) -> None:
    page.goto("/materials/")
    page.keyboard.press("/")
    page.keyboard.type("lps")
    expect(page.get_by_role("option")).to_have_count(2)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/suggestions/?q=lpsc*", hold)
    with page.expect_request("**/suggestions/?q=lpsc*"):
        page.keyboard.type("c")
    page.keyboard.press("ArrowDown")
    held.pop().continue_()
    page.wait_for_timeout(200)
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    address = page.get_by_role("option").first.get_attribute("data-url")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
