"""Files are dropped on a page, checked in the table and saved."""

import re
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from registry.models import Cell, FileDraft, Measurement
from tests import factories
from tests.plugins.readers.samples import GCPL, PEIS

SPECTRUM = "Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"
SAVED_MS = 60_000
"""Files are read and analysed before a request is answered, without a worker."""
UNNAMED = "1000,10,-2\n100,12,-4\n10,15,-3\n1,18,-5\n0.1,22,-9\n"


@pytest.fixture
def cell(transactional_db: None) -> Cell:
    return factories.make_pellet(factories.make_project(slug="lab", name="Lab"))


@pytest.fixture
def signed_in(page: Page, cell: Cell) -> Page:
    """The page of an editor who is not staff."""
    factories.make_member(cell.project, "editor", "editor")
    page.goto("/sign-in/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Drop files anywhere on this page.")).to_be_visible()
    return page


def drop(page: Page, directory: Path, name: str, content: bytes | str) -> None:
    """Drop one file on the page; wait until it is listed."""
    drop_file(page, directory, name, content)
    expect(page.locator("tbody[data-version]").filter(has_text=name)).to_be_visible(timeout=SAVED_MS)


def drop_file(page: Page, directory: Path, name: str, content: bytes | str) -> None:
    """Drop one file on the page, as from a file manager."""
    path = directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    data = page.evaluate_handle(
        """([name, bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], name));
          return data;
        }""",
        [name, list(path.read_bytes())],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": data})


def test_files_dropped_on_a_cell_become_its_measurements(signed_in: Page, cell: Cell, tmp_path: Path) -> None:
    page = signed_in
    page.goto(cell.get_absolute_url())
    drop(page, tmp_path, "peis.mpt", PEIS)
    drop(page, tmp_path, "gcpl_10MPa.mpt", GCPL)
    drop(page, tmp_path, "raw.csv", UNNAMED)
    expect(page.get_by_role("button", name="Save 2 ready")).to_be_visible(timeout=SAVED_MS)
    page.get_by_role("button", name="Use the suggested columns").click()
    page.get_by_role("button", name="Save 3 ready").click()
    page.wait_for_url(re.compile(f"{cell.get_absolute_url()}$"), timeout=SAVED_MS)
    assert sorted(cell.measurements.values_list("technique", flat=True)) == ["cycling", "eis", "eis", "eis"]
    assert factories.written(cell.measurements.get(technique="cycling")) == {"stack_pressure_mpa": "10 MPa"}
    assert not FileDraft.objects.exists()


def count_previews(page: Page) -> None:
    """Delay the previews of a form, and count those that are shown in an attribute of the page."""
    page.evaluate(
        """() => {
          const plain = window.fetch;
          window.fetch = async (...call) => {
            const answer = await plain(...call);
            if (String(call[0]).includes("preview")) await new Promise((resolve) => setTimeout(resolve, 800));
            return answer;
          };
          let previews = 0;
          document.addEventListener("cellar:preview", () => {
            document.documentElement.dataset.previews = ++previews;
          });
        }"""
    )


def test_files_dropped_on_the_form_of_a_new_cell_wait_for_it(signed_in: Page, cell: Cell, tmp_path: Path) -> None:
    page = signed_in
    page.goto("/cells/new/?start=blank")
    page.locator("button[value='rows:remove:0']").click()
    page.locator("#id_format").select_option("die")
    page.locator("#id_fabrication_pressure").fill("360")
    drop_file(page, tmp_path, "first.csv", SPECTRUM)
    drop_file(page, tmp_path, "second.csv", SPECTRUM + "1,20,-3\n")
    files = page.locator("[data-dropped-files] li:has(button)")
    expect(files).to_have_count(2, timeout=SAVED_MS)
    count_previews(page)
    page.get_by_role("button", name="Discard second.csv").press("Enter")
    expect(files).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("data-previews", "1", timeout=SAVED_MS)
    expect(page.get_by_role("button", name="Discard first.csv")).to_be_focused()
    expect(page.locator("[data-draft]")).not_to_be_empty()
    page.goto("/cells/new/")
    expect(files).to_have_text(re.compile("first.csv"))
    page.locator("#id_label").fill("New pellet")
    page.locator(".dock button.primary").click()
    expect(page.locator("#id_fabrication_pressure")).to_be_focused()
    expect(files).to_have_count(1)
    page.locator("#id_fabrication_pressure").fill("360 MPa")
    # Saving waits for what is still being uploaded.
    drop_file(page, tmp_path, "last.csv", SPECTRUM + "1,25,-3\n")
    page.locator(".dock button.primary").click()
    page.wait_for_url("**/cells/C-*/", timeout=SAVED_MS)
    expect(page.get_by_role("button", name="Save 2 ready")).to_be_visible(timeout=SAVED_MS)
    assert set(FileDraft.objects.values_list("cell__label", flat=True)) == {"New pellet"}


def test_a_draft_survives_a_closed_tab_with_what_was_entered(signed_in: Page, cell: Cell, tmp_path: Path) -> None:
    page = signed_in
    drop(page, tmp_path, "unknown.csv", SPECTRUM)
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Temperature").fill("25")
    expect(page.locator(".echo.bad")).to_be_visible()
    page.get_by_label("Temperature").fill("25 °C")
    expect(page.locator(".echo.bad")).to_have_count(0)
    with page.expect_response("**/files/save/"):
        page.get_by_label("Cell of unknown.csv").fill(cell.refcode)
        page.get_by_label("Cell of unknown.csv").press("Tab")
    expect(page.get_by_role("button", name="Save 1 ready")).to_be_visible()
    page.goto("/cells/")
    page.goto("/")
    expect(page.locator("tbody .proposed")).to_contain_text("25 °C")
    page.get_by_role("button", name="Save 1 ready").click()
    expect(page.locator(".messages a")).to_have_text(cell.refcode, timeout=SAVED_MS)
    assert factories.written(Measurement.objects.get()) == {"temperature_degc": "25 °C"}


def test_the_cell_of_all_stays_while_earlier_changes_are_answered(signed_in: Page, cell: Cell, tmp_path: Path) -> None:
    page = signed_in
    drop(page, tmp_path, "a.csv", SPECTRUM)
    drop(page, tmp_path, "b.csv", SPECTRUM + "1,20,-3\n")
    page.locator("tbody input[type=checkbox]").first.uncheck()
    page.locator("tbody input[type=checkbox]").first.check()
    with page.expect_response("**/files/save/"):
        page.locator("#cell-of-all").press_sequentially(cell.refcode[:4], delay=5)
    page.keyboard.type(cell.refcode[4:])
    expect(page.locator("#cell-of-all")).to_have_value(cell.refcode)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save 2 ready")).to_be_visible(timeout=SAVED_MS)


def test_a_late_answer_does_not_undo_a_newer_change(signed_in: Page, tmp_path: Path) -> None:
    page = signed_in
    drop(page, tmp_path, "a.csv", SPECTRUM)
    page.evaluate(
        """() => {
          const plain = window.fetch;
          const root = document.documentElement;
          let answered = 0;
          window.fetch = async (...call) => {
            const answer = await plain(...call);
            if (call[1]?.method !== "POST") return answer;
            await new Promise((resolve) => setTimeout(resolve, 1500));
            setTimeout(() => { root.dataset.answered = ++answered; }, 100);
            return answer;
          };
        }"""
    )
    ticked = page.get_by_label("Save a.csv", exact=True)
    ticked.uncheck()
    ticked.check()
    expect(page.locator("html")).to_have_attribute("data-answered", "1", timeout=SAVED_MS)
    assert ticked.is_checked()
    expect(page.locator("html")).to_have_attribute("data-answered", "2", timeout=SAVED_MS)
    assert ticked.is_checked()
    assert FileDraft.objects.get().is_selected


def test_a_file_dropped_after_the_session_ended_can_be_tried_again(signed_in: Page, tmp_path: Path) -> None:
    page = signed_in
    page.goto("/cells/new/")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    drop_file(page, tmp_path, "eis.csv", SPECTRUM)
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=SAVED_MS)
    expect(page.locator("[data-uploads]")).to_contain_text("signed out")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    again.click()
    expect(page.locator("[data-dropped-files] li:has(button)")).to_have_count(1, timeout=SAVED_MS)


def test_an_unknown_cell_is_refused_beside_its_row(signed_in: Page, tmp_path: Path) -> None:
    page = signed_in
    drop(page, tmp_path, "eis.csv", SPECTRUM)
    page.get_by_label("Cell of eis.csv").fill("C-99999")
    page.get_by_label("Cell of eis.csv").press("Enter")
    expect(page.locator("tbody .bad-text")).to_be_visible()
    expect(page.get_by_role("button", name="None ready to save")).to_be_disabled()


def test_without_scripts_the_same_form_does_it(
    browser: Browser, live_server: object, cell: Cell, tmp_path: Path
) -> None:
    editor = factories.make_member(cell.project, "editor", "editor")
    client = Client()
    client.force_login(editor)
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}])
    page = context.new_page()
    page.goto(f"/cells/{cell.refcode}/files/")
    (tmp_path / "eis.csv").write_text(SPECTRUM)
    page.locator("#drop-files").set_input_files(tmp_path / "eis.csv")
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Temperature").fill("25 °C")
    page.get_by_role("button", name="Save 1 ready").click()
    assert factories.written(cell.measurements.get()) == {"temperature_degc": "25 °C"}
    context.close()
