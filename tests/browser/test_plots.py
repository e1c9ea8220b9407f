"""Plots answer to the pointer."""

import pytest
from playwright.sync_api import Page, expect

from registry.models import Curve
from tests import factories
from tests.registry.web.conftest import fill


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
    box = frame.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for share in range(20):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + share * box["height"] / 20)
        if frame.locator(".hoverlayer .hovertext").count():
            break
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
