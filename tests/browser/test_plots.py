"""Plots answer to the pointer."""

import pytest
from playwright.sync_api import Page, expect

from registry.models import Curve
from tests import factories
from tests.registry.web.conftest import fill

POINT = """() => {
  const canvas = document.querySelector(".canvas.drawn"), box = canvas.getBoundingClientRect();
  const { xaxis, yaxis } = canvas._fullLayout;
  const trace = canvas.data[0], middle = Math.floor(trace.x.length / 2);
  return [box.x + xaxis._offset + xaxis.d2p(trace.x[middle]), box.y + yaxis._offset + yaxis.d2p(trace.y[middle])];
}"""
"""Where the middle point of the first series is on the page."""


@pytest.fixture
def curve(transactional_db: None) -> Curve:
    cell = fill(factories.make_project(slug="open", name="Open", visibility="public"))
    curve = Curve.objects.filter(run__cell=cell, run__analysis="capacity-retention").first()
    assert curve is not None
    return curve


def test_a_drawing_becomes_a_figure_with_numbers_under_the_pointer(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    frame = page.locator("figure.plot").first
    expect(frame.locator(".canvas.drawn .main-svg").first).to_be_visible()
    x, y = page.evaluate(POINT)
    page.mouse.move(x - 30, y)
    page.mouse.move(x, y, steps=5)
    expect(frame.locator(".hoverlayer .hovertext").first).to_be_visible()


def test_the_scale_can_be_logarithmic(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    button = page.locator("[data-log]").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.querySelector('.canvas.drawn').layout.yaxis.type") == "log"


def test_a_plot_is_saved_for_print(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    for name, ending in (("svg", ".svg"), ("png", ".png")):
        page.locator(".tools summary").first.click()
        with page.expect_download() as download:
            page.locator(f"[data-save={name}]").first.click()
        assert download.value.suggested_filename.endswith(ending)
        page.keyboard.press("Escape")


def test_a_link_reproduces_the_view(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/#plot=/curves/{curve.pk}/figure.json&x=5,10&y=0.001,0.002&log=0")
    page.locator(".canvas.drawn .main-svg").first.wait_for()
    assert page.evaluate("document.querySelector('.canvas.drawn').layout.xaxis.range") == [5, 10]


def test_the_styles_of_plotly_are_those_of_its_bundle(page: Page, curve: Curve) -> None:
    """Plotly adds no style of its own, which the content security policy would refuse."""
    page.goto(f"/curves/{curve.pk}/")
    page.locator(".canvas.drawn .main-svg").first.wait_for()
    assert page.evaluate("document.querySelectorAll('style').length") == 0
