"""A page outlives its session: nothing that was typed is lost, and nothing is saved twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from registry.models import Cell, Comment
from tests import factories


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    return factories.make_cell(factories.make_project(slug="lab", name="Lab"))


@pytest.fixture
def editor(cell: Cell) -> User:
    return factories.make_member(cell.project, "editor", "mara")


def sign_in(page: Page, user: User) -> None:
    """Sign in without the page, as in another tab."""
    client, url = Client(), page.evaluate("location.origin")
    client.force_login(user)
    cookies: list[Any] = [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
    page.context.add_cookies(cookies)


@pytest.fixture
def signed_in(page: Page, editor: User) -> Page:
    page.goto("/")
    sign_in(page, editor)
    return page


def test_a_comment_is_back_after_signing_in_again_and_stored_once(signed_in: Page, cell: Cell) -> None:
    page = signed_in
    page.goto(cell.get_absolute_url())
    page.fill("#comment-text", "half an hour of work")
    page.context.clear_cookies(name="sessionid")
    page.click("button:text-is('Comment')")
    expect(page.locator("main [role=alert]")).to_be_visible()
    page.fill("#id_username", "mara")
    page.fill("#id_password", "a long password")
    page.click("main button.primary")
    expect(page.locator("#comment-text")).to_have_value("half an hour of work")
    page.dblclick("button:text-is('Comment')")
    expect(page.locator("article.comment")).to_have_count(1)
    page.reload()
    expect(page.locator("#comment-text")).to_have_value("")
    assert Comment.objects.count() == 1


def test_a_form_that_was_filled_in_after_the_session_ended_is_kept(signed_in: Page, cell: Cell, editor: User) -> None:
    page = signed_in
    page.goto(f"/cells/{cell.refcode}/edit/")
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_notes", "typed too late")
    page.click(".dock button.primary")
    expect(page.locator("[data-draft] a[target=_blank]")).to_be_visible()
    sign_in(page, editor)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#id_notes")).to_have_value("typed too late")
    page.click(".dock button.primary")
    page.wait_for_url(f"**{cell.get_absolute_url()}")
    assert Cell.objects.get().notes == "typed too late"


@pytest.fixture
def page_without_scripts(browser: Browser, editor: User, live_server: object) -> Iterator[Page]:
    """A page of the signed-in editor in a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server))
    page = context.new_page()
    client = Client()
    client.force_login(editor)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}
    context.add_cookies([session])  # type: ignore[list-item]
    yield page
    context.close()


def test_without_scripts_the_sign_in_page_carries_the_form(page_without_scripts: Page, cell: Cell) -> None:
    page = page_without_scripts
    page.goto(f"/cells/{cell.refcode}/edit/")
    page.fill("#id_notes", "typed too late")
    page.context.clear_cookies(name="sessionid")
    page.click(".dock button.primary")
    page.fill("#id_username", "mara")
    page.fill("#id_password", "a long password")
    page.click("main button.primary")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("#id_notes")).to_have_value("typed too late")
    assert Cell.objects.get().notes == ""
    page.click(".dock button.primary")
    page.wait_for_url(f"**{cell.get_absolute_url()}")
    assert Cell.objects.get().notes == "typed too late"


def test_without_scripts_a_comment_typed_too_late_is_shown_again(
    page_without_scripts: Page, cell: Cell, editor: User
) -> None:
    page = page_without_scripts
    page.goto(cell.get_absolute_url())
    page.fill("#comment-text", "typed too late")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.fill("#id_username", "mara")
    page.fill("#id_password", "a long password")
    page.click("main button.primary")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("#comment-text")).to_have_value("typed too late")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment")).to_contain_text("typed too late")
    assert Comment.objects.get().author == editor


def test_cells_of_a_spreadsheet_fill_the_layers(signed_in: Page) -> None:
    page = signed_in
    page.goto("/cells/new/?start=blocking-pellet")
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          document.getElementById("id_layers-0-amount").dispatchEvent(event);
        }""",
        "12.7 mg\t10.0 mm\t52 um\r\n13 mg\t11 mm\r\n",
    )
    for name, text in (("0-amount", "12.7 mg"), ("0-size", "10.0 mm"), ("0-thickness", "52 um"), ("1-size", "11 mm")):
        expect(page.locator(f"#id_layers-{name}")).to_have_value(text)


def test_the_back_button_after_saving_does_not_save_twice(signed_in: Page, cell: Cell) -> None:
    page = signed_in
    page.goto("/cells/new/?start=blank")
    page.fill("#id_label", "New cell")
    page.select_option("#id_format", "die")
    page.click("button[value='rows:remove:0']")
    expect(page.locator("[data-row]")).to_have_count(0)
    page.click(".dock button.primary")
    page.wait_for_url("**/cells/C-*/")
    page.go_back()
    expect(page.locator("form > .notice a")).to_be_visible()
    page.fill("#id_label", "Second cell")
    page.click(".dock button.primary")
    expect(page.locator("form > .notice")).to_be_focused()
    assert Cell.objects.count() == 2
