"""A page in Debian's Chromium; errors that a page logs fail the test."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, sync_playwright

from registry.models import Project
from tests import factories
from tests.browser.hand import Hand

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    # `make test` passes on a machine without a browser; `.ci/run` installs one.
    if chromium is None:
        pytest.skip("tests in a browser need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """A page of 1440 by 900 pixels."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=str(live_server))
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(slug="lab", name="Lab")


@pytest.fixture
def editor(project: Project) -> User:
    return factories.make_member(project, "editor", "mara")


@pytest.fixture
def hand(page: Page, editor: User, client: Any, live_server: object) -> Hand:
    client.force_login(editor)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    return Hand(page)


@pytest.fixture
def materials(project: Project) -> None:
    cathode = factories.make_material(project, "NCM90", theoretical_capacity="200 mAh/g")
    electrolyte = factories.make_material(project, "S-LPSCl", kind="solid_electrolyte", formula="Li6PS5Cl")
    factories.make_formulation(
        project, (cathode, "active", "80 wt%"), (electrolyte, "electrolyte", "20 wt%"), name="NCM90:LPSCl 80:20"
    )
