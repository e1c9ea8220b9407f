"""A person enters a cell; clicks and fields are counted."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Route, expect

from registry.models import Cell, Draft, Material, Project
from tests import factories
from tests.browser.hand import Hand
from tests.plugins.readers.samples import GCPL, PEIS

MOST_CLICKS, MOST_FIELDS = 20, 14
"""For a cell with a spectrum and a cycling file."""
CLICKS_TO_CHOOSE_FILES = 3
"""The button, and two files in the window of the operating system."""


@pytest.mark.usefixtures("materials")
def test_a_coin_cell_with_two_files_takes_few_clicks_and_fields(hand: Hand) -> None:
    page = hand.page
    page.goto("/")
    hand.click("summary:text-is('New')")
    hand.click(".menu[open] a:text-is('Cell')")
    hand.click("button:text-is('Coin')")
    expect(page.locator("#id_format")).to_have_value("coin")
    hand.type("#id_fabrication_pressure", "360 MPa")
    hand.choose("#id_layers-0-substance", "ncm90:", "NCM90:LPSCl 80:20")
    for text in ("10.0 mg", "10.00 mm", "40 um"):
        hand.go_on(text)
    hand.choose("#id_layers-1-substance", "li6ps", "S-LPSCl")
    for text in ("80.0 mg", "10.00 mm", "0.65 mm"):
        hand.go_on(text)
    # Lithium is new to the registry.
    hand.type("#id_layers-2-substance", "Lithium foil")
    expect(page.locator(".suggestions [aria-selected=true]")).to_contain_text("Lithium foil")
    page.keyboard.press("Enter")
    hand.select("dialog select[name=kind]", "metal_or_alloy")
    hand.click("dialog button.primary")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#id_layers-2-substance-echo")).to_contain_text("Metal or alloy")
    hand.type("#id_layers-2-thickness", "100 µm")
    expect(page.locator("[data-aside] svg.stack")).to_contain_text("Lithium foil")
    expect(page.locator("[data-aside]")).to_contain_text("Cathode, areal capacity")
    hand.click(".dock button:text-is('Save cell')")
    page.wait_for_url("**/cells/C-*/")
    cell = Cell.objects.get()
    assert cell.label == "NCM90:LPSCl 80:20 | S-LPSCl | Lithium foil"
    assert cell.layers.get(position=1).mass_loading == "10.0 mg on ⌀10.00 mm"
    assert Material.objects.get(name="Lithium foil").history.get().history_user.username == "mara"
    assert not Draft.objects.exists()
    files = [("coin_EIS_25C.mpt", PEIS), ("coin_1C_10MPa.mpt", GCPL)]
    contents = [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files]
    page.locator("#drop-files").set_input_files(contents)  # type: ignore[arg-type]
    hand.clicks += CLICKS_TO_CHOOSE_FILES
    hand.click("button:text-is('Save 2 ready')")
    page.wait_for_url("**/cells/C-*/")
    expect(page.locator(".messages")).to_be_visible()
    assert {"cycling", "eis"} == set(cell.measurements.values_list("technique", flat=True))
    assert hand.clicks <= MOST_CLICKS, hand
    assert hand.fields <= MOST_FIELDS, hand


@pytest.mark.usefixtures("materials")
def test_what_is_wrong_is_said_while_typing_and_on_saving(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=blocking-pellet")
    hand.type("#id_fabrication_pressure", "360")
    expect(page.locator("#id_fabrication_pressure-echo.bad")).to_contain_text("360 MPa")
    expect(page.locator("#id_fabrication_pressure")).to_have_attribute("aria-invalid", "true")
    hand.type("#id_layers-0-thickness", "650 µm")
    expect(page.locator("#id_layers-0-thickness-echo")).to_contain_text("649.5 to 650.5")
    hand.click(".dock button:text-is('Save cell')")
    expect(page.locator("[data-problems] .links a")).to_have_count(2)
    expect(page.locator("#id_fabrication_pressure")).to_be_focused()
    assert page.locator("#id_layers-0-thickness").input_value() == "650 µm"
    hand.click("[data-problems] .links a >> nth=1")
    expect(page.locator("#id_layers-0-substance")).to_be_focused()
    assert not Cell.objects.exists()


@pytest.mark.usefixtures("materials")
def test_who_types_on_sees_what_was_understood_of_each_field(hand: Hand) -> None:
    """An answer that comes while the next field is typed in shows the fields that have not changed since."""
    page = hand.page
    page.goto("/cells/new/?start=blocking-pellet")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/preview/**", hold)
    page.locator("#id_layers-0-thickness").fill("650")
    page.wait_for_timeout(600)
    page.locator("#id_layers-0-amount").focus()
    page.locator("#id_layers-0-amount").fill("10 mg")
    page.wait_for_timeout(400)
    held[0].continue_()
    expect(page.locator("#id_layers-0-thickness-echo.bad")).to_contain_text("650 µm")
    expect(page.locator("#id_layers-0-amount-echo")).not_to_contain_text("9.5")
    page.unroute("**/preview/**")


@pytest.mark.usefixtures("materials")
def test_a_session_that_ended_is_reported_and_the_draft_kept(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=blocking-pellet")
    hand.type("#id_notes", "late at night")
    expect(page.locator("[data-draft]")).not_to_be_empty()
    page.context.clear_cookies(name="sessionid")
    hand.click(".dock button:text-is('Save cell')")
    expect(page.locator("[data-draft] a")).to_have_attribute("href", "/sign-in/")
    assert Draft.objects.get().content["fields"]["notes"] == "late at night"


@pytest.mark.usefixtures("materials")
def test_a_cell_is_entered_without_scripts(browser: Browser, editor: User, client: Any, live_server: object) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server))
    client.force_login(editor)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto("/cells/new/?start=blocking-pellet")
    page.locator("#id_layers-0-substance").fill("Li6PS5Cl")
    page.locator("#id_layers-0-thickness").fill("650")
    page.locator(".dock button:text-is('Save cell')").click()
    expect(page.locator("#id_layers-0-thickness-echo.bad")).to_contain_text("650 µm")
    page.locator("#id_layers-0-thickness").fill("650 µm")
    page.locator("button[value='rows:add']").click()
    page.locator("button[value='rows:remove:1']").click()
    page.locator(".dock button:text-is('Save cell')").click()
    expect(page.locator("h1")).to_contain_text("S-LPSCl")
    assert Cell.objects.get().layers.get().thickness == "650 µm"
    context.close()


@pytest.mark.usefixtures("materials")
def test_one_more_digit_is_offered(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    hand.type("#id_layers-0-amount", "10 mg")
    hand.click("[data-use]")
    expect(page.locator("#id_layers-0-amount")).to_have_value("10.0 mg")
    expect(page.locator("#id_layers-0-amount-echo")).to_contain_text("9.95 to 10.05")
    expect(page.locator("[data-use]")).to_have_count(0)


@pytest.mark.usefixtures("materials")
def test_a_number_without_a_unit_gets_a_button_for_each_meaning(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    hand.type("#id_layers-0-size", "10")
    remedies = page.locator("#id_layers-0-size-remedies button")
    expect(remedies).to_have_text(["10 mm (diameter)", "10 cm² (area)"])
    remedies.first.click()
    expect(page.locator("#id_layers-0-size")).to_have_value("10 mm")
    expect(page.locator("#id_layers-0-size-echo")).to_contain_text("area")
    expect(remedies).to_have_count(0)


@pytest.mark.usefixtures("materials")
def test_what_is_typed_while_the_form_changes_is_kept(hand: Hand) -> None:
    """The answer of the server waits until everything is typed."""
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    page.locator("#id_layers-0-substance").fill("NCM90@Li-PEVA")
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route)

    page.route("**/cells/new/", hold)
    page.locator("button:text-is('Coin')").click()
    page.locator("#id_layers-0-substance").fill("")
    page.keyboard.type("NCM")
    page.locator("#id_notes").fill("late")
    page.locator("#id_layers-0-substance").focus()
    expect(page.locator("form#entry")).to_have_attribute("aria-busy", "true")
    waiting.pop().continue_()
    expect(page.locator("#id_format")).to_have_value("coin")
    page.keyboard.type("90")
    expect(page.locator("#id_layers-0-substance")).to_have_value("NCM90")
    expect(page.locator("#id_notes")).to_have_value("late")
    page.locator("button[value='rows:remove:0']").click()
    page.locator("#id_layers-1-substance").fill("S-LPSCl")
    waiting.pop().continue_()
    expect(page.locator("#id_layers-0-substance")).to_have_value("S-LPSCl")
    expect(page.locator("#id_layers-0-substance")).to_be_focused()
    page.locator("button[value='rows:add']").click()
    page.keyboard.type("Li")
    waiting.pop().continue_()
    expect(page.locator("#id_layers-2-substance")).to_have_value("Li")


@pytest.mark.usefixtures("materials")
def test_all_fields_to_fix_are_linked(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    for number in range(3):
        page.locator(f"#id_layers-{number}-thickness").fill("40")
    links = page.locator("[data-problems] .links a")
    expect(page.locator("[data-problems]")).to_contain_text("3 fields to fix")
    hand.click(".dock button:text-is('Save cell')")
    expect(page.locator("[data-problems] summary")).to_have_text("and 3 more")
    expect(links).to_have_count(6)
    page.locator("[data-problems] summary").click()
    links.last.click()
    expect(page.locator("#id_layers-2-substance")).to_be_focused()
    page.keyboard.type("S")
    expect(page.locator("#id_layers-2-substance-options")).to_be_visible()
    expect(links.last).to_be_visible()


@pytest.mark.usefixtures("materials")
def test_the_dock_is_one_row_on_a_phone(hand: Hand) -> None:
    page = hand.page
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto("/cells/new/?start=die-full-cell")
    hand.type("#id_layers-0-thickness", "40")
    number = page.locator(".dock [data-problems] > a")
    expect(number).to_have_text("1 field to fix")
    assert page.locator(".dock").bounding_box()["height"] < 56  # type: ignore[index]
    page.locator("#id_notes").focus()
    number.click()
    expect(page.locator("#id_layers-0-thickness")).to_be_focused()
    expect(page.locator(".in-flow button:text-is('Discard')")).to_be_visible()
    page.goto("/materials/new/")
    assert page.evaluate("getComputedStyle(document.querySelector('.dock')).position") == "static"


@pytest.mark.usefixtures("materials")
def test_rows_move_by_keyboard_and_keep_the_focus(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    roles = page.locator("select[name$=-role]")
    page.locator("button[value='rows:down:0']").focus()
    page.keyboard.press("Enter")
    expect(roles.nth(0)).to_have_value("separator")
    expect(page.locator("button[value='rows:down:1']")).to_be_focused()
    page.locator("button[value='rows:add']").focus()
    page.keyboard.press("Enter")
    expect(roles).to_have_count(4)
    expect(page.locator("#id_layers-3-substance")).to_be_focused()
    page.locator("button[value='rows:remove:0']").focus()
    page.keyboard.press("Enter")
    expect(roles).to_have_count(3)


@pytest.mark.usefixtures("materials")
def test_what_was_typed_survives_a_closed_tab(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/")
    hand.type("#id_notes", "left the glovebox")
    expect(page.locator("[data-draft]")).not_to_be_empty()
    page.goto("about:blank")
    page.goto("/cells/new/")
    expect(page.locator("#id_notes")).to_have_value("left the glovebox")
    hand.click(".dock button:text-is('Discard')")
    expect(page.locator("#id_notes")).to_have_value("")
    assert not Draft.objects.exists()


@pytest.mark.usefixtures("materials")
def test_a_formulation_is_made_on_the_spot(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    hand.type("#id_layers-0-substance", "Mix 70:30")
    expect(page.locator("#id_layers-0-substance-options [role=option]")).to_have_count(2)
    hand.click("#id_layers-0-substance-options [role=option] >> nth=1")
    hand.choose("dialog #id_formulation_ingredients-0-substance", "ncm", "NCM90")
    hand.go_on("")
    hand.go_on("70 wt%")
    hand.choose("dialog #id_formulation_ingredients-1-substance", "lpsc", "S-LPSCl")
    hand.go_on("")
    hand.go_on("20 wt%")
    hand.click("dialog button.primary")
    expect(page.locator("dialog [role=alert]")).to_contain_text("90 %")
    page.locator("dialog #id_formulation_ingredients-1-mass_fraction").fill("30 wt%")
    hand.click("dialog button.primary")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#id_layers-0-substance")).to_have_value("Mix 70:30")
    expect(page.locator("#id_layers-0-substance-echo")).to_contain_text("NCM90 70 wt%")


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize("width", [1440, 768, 375])
def test_nothing_is_wider_than_the_window(hand: Hand, width: int) -> None:
    page = hand.page
    page.set_viewport_size({"width": width, "height": 900})
    for address in (
        "/cells/new/",
        "/materials/new/",
        "/formulations/new/",
        "/setups/new/",
        "/projects/",
        "/projects/lab/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.usefixtures("materials")
def test_copying_a_cell_keeps_the_name_and_notes_that_were_typed(hand: Hand, project: Project) -> None:
    cell = factories.make_pellet(project)
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    page.locator("#id_label").fill("Next")
    page.locator("#id_notes").fill("typed")
    page.locator("#like").select_option(cell.refcode)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#id_layers-1-role")).to_have_count(0)
    expect(page.locator("#id_layers-0-thickness")).not_to_have_value("")
    expect(page.locator("#id_label")).to_have_value("Next")
    expect(page.locator("#id_notes")).to_have_value("typed")
