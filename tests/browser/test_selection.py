"""Points mark the rows of the table next to their plot, and rows their points."""

import pytest
from playwright.sync_api import Page, expect

from registry.models import Cell
from tests import factories

POINT = """(number) => {
  const canvas = document.querySelector(".canvas.drawn"), box = canvas.getBoundingClientRect();
  const { xaxis, yaxis } = canvas._fullLayout, [trace] = canvas.data;
  return [box.x + xaxis._offset + xaxis.d2p(trace.x[number]), box.y + yaxis._offset + yaxis.d2p(trace.y[number])];
}"""
"""Where a point of the first series is on the page."""


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    cell = factories.make_pellet(factories.make_project(slug="open", name="Open", visibility="public"))
    factories.make_pressure_series(cell, 0.5)
    return cell


def test_points_and_rows_mark_each_other(page: Page, cell: Cell) -> None:
    page.goto(f"{cell.get_absolute_url()}#eis")
    plot = page.locator("figure[data-scope=eis]")
    expect(plot.locator(".canvas.drawn .main-svg").first).to_be_visible()
    x, y = page.evaluate(POINT, 1)
    page.mouse.move(x - 20, y)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)
    # Rows and points rise in the pressure; the measurement at 10 MPa was entered first.
    first = cell.measurements.earliest("pk").refcode
    expect(page.locator("tr[data-marked]")).to_have_attribute("data-key", first)
    expect(plot.get_by_role("status")).to_contain_text(first)
    page.locator("table.overview tbody tr").nth(2).locator("a").first.focus()
    expect(plot.locator(".hovertext").first).to_contain_text("100 MPa")


def test_the_axes_of_the_plot_are_in_the_address(page: Page, cell: Cell) -> None:
    for measurement in cell.measurements.all():
        factories.report(measurement, "resistance_ohm", "10 Ω")
    page.goto(f"{cell.get_absolute_url()}#eis")
    plot = page.locator("figure[data-scope=eis]")
    expect(plot.locator(".canvas.drawn .main-svg").first).to_be_visible()
    plot.get_by_label("Quantity").select_option("resistance_ohm")
    expect(plot.locator("h4")).to_have_text("Resistance against stack pressure")
    assert "y=resistance_ohm" in page.url
    page.reload()
    expect(plot.locator("h4")).to_have_text("Resistance against stack pressure")
