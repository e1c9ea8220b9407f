"""Pages on A4 paper: no controls, nothing cut off, one line a value, heads that repeat."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from registry.models import AnalysisRun, Cell, Comparison
from registry.services.record import save_record
from tests import factories
from tests.browser.test_session import sign_in
from tests.registry.web.conftest import fill

A4_PX = {"width": 703, "height": 1000}
"""A4 portrait at 96 dpi, without margins of 12 mm."""
CONTROLS = "button, select, textarea, input:not([type=hidden]), summary.small, nav, header.site, .drop, .notice form"


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    return fill(factories.make_project(slug="open", name="Open", visibility="public"))


def addresses(cell: Cell) -> list[str]:
    columns = [{"key": key} for key in ("refcode", "label", "electronic_conductivity_s_cm", "stack_pressure_mpa")]
    table = Comparison(project=cell.project, slug="printed", title="Printed", definition={"columns": columns})
    save_record(table, by=None)
    run = AnalysisRun.objects.filter(cell=cell, status="done").latest("pk")
    return [cell.get_absolute_url(), "/cells/", "/measurements/", "/compare/printed/", f"/runs/{run.pk}/"]


def test_paper_has_no_controls_and_nothing_is_cut_off(page: Page, cell: Cell) -> None:
    user = factories.make_member(cell.project, "owner", "owner")
    page.goto("/")
    sign_in(page, user)
    AnalysisRun.objects.filter(cell=cell).update(version="0.0.1")
    page.set_viewport_size(A4_PX)
    page.emulate_media(media="print")
    for address in addresses(cell):
        page.goto(address)
        shown = page.evaluate(
            """(controls) => [...document.querySelectorAll(controls)]
              .filter((element) => element.checkVisibility() && element.getClientRects().length
                && !element.closest(".hidden, .skip")).map((element) => element.outerHTML.slice(0, 90))""",
            CONTROLS,
        )
        assert (address, shown) == (address, [])
        wide = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((element) => element.checkVisibility()
              && !element.closest("svg, .hidden") && element.getBoundingClientRect().right > innerWidth + 1)
              .map((element) => element.outerHTML.slice(0, 90))"""
        )
        assert (address, wide) == (address, [])


def test_the_keys_that_print_wait_for_all_figures(page: Page, cell: Cell) -> None:
    page.add_init_script(
        """window.print = () => {
          const images = [...document.querySelectorAll("img.on-paper")];
          window.printed = [images.length, images.filter((image) => image.complete && image.naturalWidth).length];
        };"""
    )
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    drawings = re.compile(r"/figures?[/.].*svg")
    page.route(drawings, hold)
    page.goto(cell.get_absolute_url())
    page.keyboard.press("Control+p")
    expect(page.locator(".preparing")).to_be_visible()
    assert page.evaluate("window.printed") is None
    for route in held:
        route.continue_()
    page.unroute(drawings)
    expect(page.locator(".preparing")).to_have_count(0)
    number, loaded = page.evaluate("window.printed")
    assert number == loaded > 0


def test_a_value_is_a_row_of_its_table_and_heads_repeat(page: Page, cell: Cell) -> None:
    page.set_viewport_size(A4_PX)
    page.emulate_media(media="print")
    page.goto(cell.get_absolute_url())
    displays = page.evaluate(
        """() => [...document.querySelectorAll("table.values :is(thead, tr)")]
          .map((element) => getComputedStyle(element).display)"""
    )
    assert set(displays) == {"table-header-group", "table-row"}
