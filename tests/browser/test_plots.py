"""Plots answer to the pointer."""

import itertools

import pytest
from playwright.sync_api import Page, Route, expect

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


@pytest.mark.parametrize("axis", ["x", "y"])
def test_the_scale_can_be_logarithmic(page: Page, curve: Curve, axis: str) -> None:
    page.goto(f"/curves/{curve.pk}/")
    button = page.locator(f"[data-log={axis}]").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(f"document.querySelector('.canvas.drawn').layout.{axis}axis.type") == "log"
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(f"document.querySelector('.canvas.drawn').layout.{axis}axis.type") == "linear"


def test_a_plot_is_saved_for_print(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    for name, ending in (("svg", ".svg"), ("png", ".png")):
        page.locator(".tools summary").first.click()
        with page.expect_download() as download:
            page.locator(f"[data-save={name}]").first.click()
        assert download.value.suggested_filename.endswith(ending)
        page.keyboard.press("Escape")


def test_a_link_reproduces_the_view(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/#plot=/curves/{curve.pk}/figure.json&x=5,10&y=0.001,0.002&log=")
    page.locator(".canvas.drawn .main-svg").first.wait_for()
    assert page.evaluate("document.querySelector('.canvas.drawn').layout.xaxis.range") == [5, 10]


def test_the_styles_of_plotly_are_those_of_its_bundle(page: Page, curve: Curve) -> None:
    """Plotly adds no style of its own, which the content security policy would refuse."""
    page.goto(f"/curves/{curve.pk}/")
    page.locator(".canvas.drawn .main-svg").first.wait_for()
    assert page.evaluate("document.querySelectorAll('style').length") == 0


def test_a_printed_page_shows_all_figures_and_whole_tables(page: Page, curve: Curve) -> None:
    page.set_viewport_size({"width": 700, "height": 500})
    drawings: set[str] = set()
    page.on(
        "response", lambda reply: drawings.add(reply.url) if ".svg" in reply.url and "figure" in reply.url else None
    )
    page.goto(f"/cells/{curve.run.cell.refcode}/")
    page.locator(".canvas.drawn .main-svg").first.wait_for()
    later = page.locator("img.on-paper").count()
    assert later
    assert not drawings
    page.pdf()
    assert len(drawings) == later
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".canvas.drawn").first).to_be_hidden()
    assert page.evaluate("""() => {
      const plots = [...document.querySelectorAll("figure.plot")];
      const shown = plots.map((plot) => plot.querySelector(".canvas svg.plot, .on-paper"));
      return shown.every((drawing) => drawing && drawing.getBoundingClientRect().width <= 345);
    }""")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert (
        page.evaluate(
            "[...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > 701).length"
        )
        == 0
    )
    assert page.evaluate(
        "[...document.querySelectorAll('details.fold:not(#history *) > div')].every(e => e.offsetHeight > 0)"
    )


def test_a_log_axis_has_labels_after_zooming(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    page.locator("[data-log=y]").first.click()
    for low, high in ((-3.2, -2.9), (-3.02, -3.0), (-9.0, 12.0)):
        page.evaluate(
            """(range) => {
              const canvas = document.querySelector(".canvas.drawn");
              return window.Plotly.relayout(canvas, { "yaxis.range": range });
            }""",
            [low, high],
        )
        labels = page.locator(".canvas.drawn .ytick text")
        expect(labels.nth(2)).to_be_visible()
        boxes = [box for label in labels.all() if (box := label.bounding_box())]
        tops = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
        assert len(tops) > 2
        assert all(below[0] > above[1] - 3 for above, below in itertools.pairwise(tops))


def test_a_name_in_the_legend_hides_its_series(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    button = page.locator("figure.plot > .legend button").first
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("document.querySelector('.canvas.drawn').data[0].visible") is False


def test_names_of_neighbours_in_the_legend_share_what_they_have_in_common(page: Page, curve: Curve) -> None:
    names = ["Cycle 1, charge", "Cycle 1, discharge", "Cycle 2, charge", "Mean"]

    def name_series(route: Route) -> None:
        response = route.fetch()
        figure = response.json()
        trace = figure["data"][0]
        figure["data"] = [{**trace, "name": name, "legendgroup": name, "showlegend": True} for name in names]
        route.fulfill(response=response, json={**figure, "layout": {**figure["layout"], "showlegend": True}})

    page.route("**/figure.json*", name_series)
    page.goto(f"/curves/{curve.pk}/")
    expect(page.locator("figure.plot > .legend li")).to_have_text(["Cycle 1chargedischarge", "Cycle 2, charge", "Mean"])
    for name in names:
        expect(page.locator("figure.plot > .legend").get_by_role("button", name=name, exact=True)).to_be_visible()


def test_a_double_click_zooms_out(page: Page, curve: Curve) -> None:
    page.goto(f"/curves/{curve.pk}/")
    canvas = page.locator(".canvas.drawn")
    canvas.locator(".main-svg").first.wait_for()
    ranges = "document.querySelector('.canvas.drawn').layout.xaxis.range.map(Math.round)"
    opened = page.evaluate(ranges)
    page.evaluate("window.Plotly.relayout(document.querySelector('.canvas.drawn'), { 'xaxis.range': [5, 6] })")
    canvas.dblclick()
    page.wait_for_function(f"{ranges}.join() === '{opened[0]},{opened[1]}'")
    assert not page.locator(".plotly-notifier *").count()
