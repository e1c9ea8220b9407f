"""Suggestions of materials while one types a name."""

import pytest
from playwright.sync_api import Route, expect

from registry.models import Cell, Material
from tests.browser.hand import Hand


@pytest.mark.usefixtures("materials")
def test_suggestions_follow_the_keyboard(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    field = page.locator("#id_layers-0-substance")
    field.click()
    page.keyboard.type("ncm")
    options = page.locator("#id_layers-0-substance-options [role=option]")
    expect(options).to_have_count(4)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".suggestions [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "id_layers-0-substance-options-0")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("ncm")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(4)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_value("NCM90")


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_part_of_a_name_is_never_taken_for_another_material(hand: Hand, key: str) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    field, value = page.locator("#id_layers-0-substance"), page.locator("#id_layers-0-substance_key")
    echo, choices = page.locator("#id_layers-0-substance-echo"), page.locator("#id_layers-0-substance-remedies button")
    field.click()
    # Before the suggestions are there, and after.
    for wait_ms in (0, 600):
        field.fill("")
        page.keyboard.type("ncm")
        page.wait_for_timeout(wait_ms)
        page.keyboard.press(key)
        expect(echo).to_have_class("echo bad")
        expect(field).to_have_value("ncm")
        assert value.input_value() == ""
        if key == "Tab":
            expect(choices).to_have_text(["NCM90", "NCM90:LPSCl 80:20"])
        else:
            expect(page.locator("#id_layers-0-substance-options [role=option]")).to_have_count(4)
        field.focus()
    assert not Cell.objects.exists()
    page.keyboard.press("Tab")
    expect(choices).to_have_count(2)
    field.focus()
    page.keyboard.press("Tab")
    expect(choices.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("NCM90")
    expect(field).to_be_focused()
    expect(choices).to_have_count(0)
    expect(echo).not_to_have_class("echo bad")


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize("key", ["Enter", "Tab"])
@pytest.mark.parametrize("wait_ms", [0, 600])
def test_the_whole_name_is_taken_whatever_its_case(hand: Hand, key: str, wait_ms: int) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    page.locator("#id_layers-1-substance").click()
    page.keyboard.type("LI6PS5CL")
    page.wait_for_timeout(wait_ms)
    page.keyboard.press(key)
    expect(page.locator("#id_layers-1-substance")).to_have_value("S-LPSCl")
    material = Material.objects.get(name="S-LPSCl")
    expect(page.locator("#id_layers-1-substance_key")).to_have_value(f"material:{material.pk}")


@pytest.mark.usefixtures("materials")
def test_what_was_gone_to_is_taken_whatever_is_answered_later(hand: Hand) -> None:
    page = hand.page
    page.goto("/cells/new/?start=die-full-cell")
    field = page.locator("#id_layers-0-substance")
    options = page.locator("#id_layers-0-substance-options [role=option]")
    field.click()
    page.keyboard.type("nc")
    expect(options.first).to_contain_text("NCM90")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/suggestions/substances/?q=ncm*", hold)
    with page.expect_request("**/suggestions/substances/?q=ncm*"):
        page.keyboard.type("m")
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/suggestions/substances/?q=ncm*"):
        held.pop().continue_()
    page.wait_for_timeout(100)
    expect(field).to_have_attribute("aria-activedescendant", "id_layers-0-substance-options-0")
    page.keyboard.press("Enter")
    expect(field).to_have_value("NCM90")
