"""What is written on the page of a cell, without a reload."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from registry.models import Cell, Comment
from registry.services.tag import save_tags
from tests import factories


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    project = factories.make_project(slug="lab", name="Lab")
    cell = factories.make_cell(project)
    save_tags(factories.make_cell(project), ["Dry room"], by=None)
    return cell


@pytest.fixture
def signed_in(page: Page, cell: Cell, client: Any, live_server: object) -> User:
    user = factories.make_member(cell.project, "editor", "mara")
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return user


@pytest.mark.usefixtures("signed_in")
def test_tags_are_added_and_removed_in_place(page: Page, cell: Cell) -> None:
    page.goto(cell.get_absolute_url())
    page.evaluate("window.stays = true")
    page.locator(".tags summary").click()
    page.locator("#tags-name").click()
    expect(page.locator("#tags-in-use option[value='Dry room']")).to_be_attached()
    page.keyboard.type("dry room, new")
    page.keyboard.press("Enter")
    expect(page.locator(".tag-chip a")).to_have_text(["Dry room", "new"])
    expect(page.locator("#tags-name")).to_be_focused()
    page.keyboard.type("x" * 41)
    page.keyboard.press("Enter")
    expect(page.locator("#tags-problem")).to_be_visible()
    expect(page.locator("#tags-name")).to_have_value("x" * 41)
    page.get_by_role("button", name="Remove tag new").click()
    expect(page.locator(".tag-chip a")).to_have_text(["Dry room"])
    assert page.evaluate("window.stays")
    assert [tag.name for tag in cell.tags.all()] == ["Dry room"]


@pytest.mark.usefixtures("signed_in")
def test_tags_of_each_measurement_are_changed_in_its_section(page: Page, cell: Cell) -> None:
    first, second = (factories.make_measurement(cell, technique="eis") for _ in range(2))
    page.goto(second.get_absolute_url())
    form = page.locator(f"#tags-{second.refcode}")
    form.locator("summary").press("Enter")
    page.locator(f"#tags-{second.refcode}-name").focus()
    expect(form.locator("option[value='Dry room']")).to_be_attached()
    page.keyboard.type("shorted")
    page.keyboard.press("Enter")
    expect(page.locator(".tag-chip a", has_text="shorted")).to_be_visible()
    page.locator(".tag-chip a", has_text="shorted").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("checkbox", name="shorted 1")).to_be_checked()
    page.get_by_role("checkbox", name="shorted 1").press("Space")
    expect(page.get_by_role("row")).to_have_count(3)
    assert [tag.name for tag in second.tags.all()] == ["shorted"]
    assert not first.tags.exists()


@pytest.mark.usefixtures("signed_in")
def test_tags_of_the_project_are_suggested_in_the_form_of_a_cell(page: Page, cell: Cell) -> None:
    page.goto(f"{cell.get_absolute_url()}edit/")
    page.locator("#id_tags").click()
    page.keyboard.type("series A, dry")
    expect(page.locator("#id_tags-options [role=option]")).to_contain_text(["Dry room 1 cell"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_tags")).to_have_value("series A, Dry room")
    page.locator(".dock button.primary").click()
    page.wait_for_url("**/cells/C-*1/")
    assert [tag.name for tag in cell.tags.all()] == ["Dry room", "series A"]


@pytest.mark.usefixtures("signed_in")
def test_comments_are_written_edited_and_deleted_in_place(page: Page, cell: Cell) -> None:
    page.goto(cell.get_absolute_url())
    page.evaluate("window.stays = true")
    page.locator("#comment-text").fill("Is it **short**?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment strong")).to_have_text("short")
    expect(page.locator("#comment-text")).to_have_value("")
    page.locator(".comment summary").click()
    page.locator(".comment textarea").fill("No.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".comment .notes")).to_have_text("No.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".comment summary").click()
    page.get_by_role("button", name="Delete this comment").click()
    expect(page.locator(".comment")).to_have_count(0)
    assert page.evaluate("window.stays")
    assert [row.history_type for row in Comment.history.order_by("history_id")] == ["+", "~", "-"]


@pytest.mark.usefixtures("signed_in")
def test_the_history_is_loaded_when_it_is_opened(page: Page, cell: Cell) -> None:
    page.goto(cell.get_absolute_url())
    page.get_by_text("Change history").click()
    expect(page.get_by_role("cell", name="Cell: created")).to_be_visible()


@pytest.mark.usefixtures("signed_in")
def test_a_long_label_of_an_offer_breaks_on_a_phone(page: Page, cell: Cell) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(cell.get_absolute_url())
    page.evaluate(
        """() => {
          const offers = Object.assign(document.createElement("div"), { className: "offers" });
          const button = Object.assign(document.createElement("button"), { className: "plain" });
          button.textContent = "Leave out 158953 Hz (Distribution of relaxation times of the spectrum)";
          offers.append(button);
          document.querySelector("main").append(offers);
        }"""
    )
    right, height = page.locator(".offers button").evaluate(
        "(button) => [button.getBoundingClientRect().right, button.offsetHeight]"
    )
    assert right <= 375
    assert height > 30
