"""The pages are used with the keyboard alone: every control is reached and seen, and the focus never gets lost."""

import io

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from registry.models import Cell, Comparison, Project
from registry.services.drafts.draft import add_draft, read_at_once
from registry.services.record import save_record
from registry.services.tag import save_tags
from tests.browser.hand import Hand
from tests.registry.web.conftest import fill

MOST_STOPS = 250
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]"
STOP = """() => {
  const stop = document.activeElement;
  if (stop === document.body) return null;
  const { left, top, width, height } = stop.getBoundingClientRect();
  const within = (at, most) => Math.min(Math.max(at, 0), most - 1);
  const shown = document.elementFromPoint(within(left + width / 2, innerWidth), within(top + height / 2, innerHeight));
  const style = getComputedStyle(stop.matches(".drop input") ? stop.nextElementSibling : stop);
  const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const isCovered = Boolean(shown?.closest(".dock, header.site")) && !shown.contains(stop) && !stop.contains(shown);
  // The parts of a date are stops of their own.
  const isKnown = "reached" in stop.dataset;
  stop.dataset.reached = "";
  const isWithin = top < innerHeight && top + height > 0;
  return { html: stop.outerHTML.slice(0, 120), isSeen: isKnown || (isSeen && !isCovered && isWithin) };
}"""
LEFT_OUT = """(controls) => [...document.querySelectorAll(controls)]
  .filter((item) => item.tabIndex >= 0 && !item.disabled && item.checkVisibility({ visibilityProperty: true }))
  .filter((item) => !("reached" in item.dataset)).map((item) => item.outerHTML.slice(0, 120))"""


@pytest.fixture
def cell(project: Project, editor: User) -> Cell:
    """A filled cell with tags, a file to confirm, and a table with it."""
    cell = fill(project)
    save_tags(cell, ["dry room"], by=None)
    definition = {"columns": ["label", "resistance_ohm", "electronic_conductivity_s_cm"]}
    save_record(Comparison(project=project, slug="mine", title="Mine", definition=definition), by=None)
    return cell


def go_to(page: Page, target: Locator) -> None:
    """Press the Tab key until a control has the focus."""
    target.first.wait_for()
    for _ in range(MOST_STOPS):
        if target.first.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached")


@pytest.mark.parametrize("width", [1440, 375])
@pytest.mark.parametrize(
    "address", ["/cells/new/?start=die-full-cell", "/cells/", "/cells/C-00001/", "/compare/mine/", "/measurements/"]
)
def test_every_control_is_reached_and_seen(hand: Hand, cell: Cell, address: str, width: int) -> None:
    page = hand.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    for plot in page.locator("figure.plot").all():
        plot.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    unseen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        if not stop["isSeen"]:
            unseen.append(stop["html"])
    assert unseen == []
    assert page.evaluate(LEFT_OUT, CONTROLS) == []


@pytest.mark.usefixtures("materials")
def test_a_whole_cell_is_entered(hand: Hand) -> None:
    page = hand.page
    page.goto("/")
    go_to(page, page.locator("summary", has_text="New"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    go_to(page, page.get_by_role("button", name="Blocking pellet"))
    page.keyboard.press("Space")
    expect(page.locator("#id_format")).to_have_value("blocking_pellet")
    expect(page.locator("#id_layers-0-substance")).to_be_focused()
    page.keyboard.type("S-LPSCl")
    page.keyboard.press("Enter")
    expect(page.locator("#id_layers-0-substance-echo")).to_contain_text("Solid electrolyte")
    for text in ("80.0 mg", "10.00 mm", "0.65 mm"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    go_to(page, page.locator("summary", has_text="Stack, packaging"))
    page.keyboard.press("Space")
    go_to(page, page.locator("#id_failure"))
    page.keyboard.type("shorted")
    go_to(page, page.locator(".dock button.primary"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/cells/C-*/")
    cell = Cell.objects.get()
    assert (cell.failure, cell.layers.get().thickness) == ("shorted", "0.65 mm")


def test_menus_close_with_escape_and_when_they_are_left(hand: Hand, cell: Cell) -> None:
    page = hand.page
    page.goto(cell.get_absolute_url())
    for menu in (page.locator("header details.menu").first, page.locator("figure.plot details.menu").first):
        summary = menu.locator("summary")
        summary.focus()
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("open", "")
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(summary).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Tab")
        expect(menu).not_to_have_attribute("open", "")


def test_a_popover_gives_the_focus_back(hand: Hand, cell: Cell) -> None:
    page = hand.page
    page.goto(cell.get_absolute_url())
    number, box = page.locator("dl.strip a[data-provenance]").first, page.locator("#provenance")
    for key in ("Escape", "Shift+Tab"):
        number.focus()
        page.keyboard.press("Enter")
        expect(box).to_be_focused()
        page.keyboard.press(key)
        expect(box).to_be_hidden()
        expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if not box.is_visible():
            break
    assert number.evaluate("(link) => link.compareDocumentPosition(document.activeElement)") == 4
    page.keyboard.press("Shift+Tab")
    expect(number).to_be_focused()


@pytest.mark.usefixtures("materials")
def test_a_dialog_keeps_the_focus_and_gives_it_back(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=blocking-pellet")
    field, dialog = page.locator("#id_layers-0-substance"), page.locator("dialog")
    field.focus()
    page.keyboard.type("Lithium")
    expect(page.locator("[role=option][aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    assert dialog.evaluate("(element) => element.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("Lithium")


def test_the_slash_goes_to_the_search_and_escape_back(hand: Hand, cell: Cell) -> None:
    page = hand.page
    page.goto("/cells/")
    box, tick = page.locator("#find"), page.get_by_role("checkbox", name=f"Select {cell.refcode}")
    tick.focus()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type(cell.refcode)
    expect(page.locator("#find-suggestions [role=option]").first).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(tick).to_be_focused()
    page.locator("#f-cathode").evaluate("(field) => { field.closest('details').open = true; field.focus(); }")
    page.keyboard.type("/")
    expect(page.locator("#f-cathode")).to_have_value("/")


def test_what_is_removed_leaves_the_focus_nearby(hand: Hand, cell: Cell, editor: User) -> None:
    page = hand.page
    save_tags(cell, ["a", "b"], by=None)
    for name in ("one.bin", "two.bin"):
        read_at_once(add_draft(file=io.BytesIO(name.encode()), filename=name, cell=cell, by=editor)[0])
    page.goto(cell.get_absolute_url())
    page.get_by_role("button", name="Remove tag a").press("Enter")
    expect(page.get_by_role("button", name="Remove tag b")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#tags summary")).to_be_focused()
    page.get_by_role("button", name="Discard one.bin").press("Enter")
    expect(page.get_by_role("button", name="Discard two.bin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drop-files")).to_be_focused()


def test_a_facet_that_is_ticked_keeps_the_focus(hand: Hand, cell: Cell) -> None:
    page = hand.page
    page.goto("/cells/")
    box = page.locator("[data-facets] input[value='dry room']")
    box.press("Space")
    page.wait_for_url("**/cells/?tag=*")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
