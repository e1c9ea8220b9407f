"""A number opens where it comes from, also by the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from registry.models import Cell
from tests import factories
from tests.registry.web.conftest import fill


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    return fill(factories.make_project(slug="open", name="Open", visibility="public"))


def test_one_click_to_the_run_and_two_to_the_bytes(page: Page, cell: Cell) -> None:
    page.goto(cell.get_absolute_url())
    link = page.locator("table.values a[data-provenance]", has_text=re.compile("97")).first
    link.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name="Where this number comes from")
    expect(box).to_contain_text("capacity-retention")
    expect(box).to_be_focused()
    with page.expect_download() as download:
        box.get_by_role("link", name="cycles.csv").click()
    assert download.value.suggested_filename == "cycles.csv"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile(f"{cell.refcode}/$"))
