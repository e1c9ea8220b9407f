"""The page of a cell shows what has been computed since it was loaded, without a reload."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from registry import plugin_loading
from registry.models import Cell
from registry.services.runs.queue import do_due_runs, queue_run
from tests import factories


@pytest.fixture
def cell(transactional_db: None, settings: Any) -> Cell:
    """A cell with two reported resistances, of which conductivities are queued and not computed at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    cell = factories.make_pellet(
        factories.make_project(slug="open", name="Open", visibility="public"), thickness="1 mm", area="1 cm2"
    )
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    for pressure in ("2 MPa", "10 MPa"):
        measurement = factories.make_measurement(cell, technique="eis", stack_pressure_mpa=pressure)
        factories.report(measurement, "resistance_ohm", "100 Ω")
        queue_run(measurement=measurement, analysis=analysis, by=None)
    return cell


def test_results_appear_and_what_is_open_stays(page: Page, cell: Cell) -> None:
    page.clock.install()
    page.goto(cell.get_absolute_url())
    status = page.locator("#processing")
    expect(status).to_contain_text("2 analyses pending")
    page.evaluate("window.notReloaded = true")
    fold = page.locator("details.measured").first
    fold.locator("summary").first.click()
    page.locator("#find").fill("half a word")
    page.clock.fast_forward(2_500)
    expect(status).to_contain_text("2 analyses pending")
    do_due_runs()
    page.clock.fast_forward(5_000)
    expect(status).to_have_text("Processing has finished: the results are on this page.")
    expect(page.locator("table.overview")).to_contain_text("Ionic conductivity")
    expect(fold).to_have_attribute("open", "")
    expect(page.locator("#find")).to_have_value("half a word")
    assert page.evaluate("window.notReloaded")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(60_000)
    assert asked == []


def test_a_drawing_stays_visible_when_the_first_headline_is_put_before_it(page: Page, cell: Cell) -> None:
    def without_headlines(route: Route) -> None:
        if route.request.resource_type == "fetch":
            route.continue_()
            return
        response = route.fetch()
        route.fulfill(response=response, body=re.sub(r'<dl class="strip">.*?</dl>', "", response.text()))

    page.clock.install()
    page.route(f"**{cell.get_absolute_url()}", without_headlines)
    page.goto(cell.get_absolute_url())
    expect(page.locator("svg.stack")).to_be_visible()
    do_due_runs()
    page.clock.fast_forward(5_000)
    expect(page.locator("dl.strip")).to_be_visible()
    assert page.locator("svg.stack").evaluate("drawing => drawing instanceof SVGElement")
