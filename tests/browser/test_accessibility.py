"""No page has an accessibility violation that axe finds, in light and dark, on a desk and on a phone."""

import io
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from registry.models import Curve
from registry.services.comment import write_comment
from registry.services.drafts.draft import add_draft
from registry.services.tag import save_tags
from tests import factories
from tests.registry.web.conftest import fill, list_page_urls
from tests.registry.web.test_urls import LISTS

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_COLOUR_AND_WIDTH = {
    "runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
}
"""Rules whose outcome depends on the colour scheme or the width of the screen."""
ENTRY = ("/cells/new/", "/materials/new/", "/formulations/new/", "/setups/new/", "/projects/", "/projects/new/")


@pytest.fixture
def pages(transactional_db: None) -> list[str]:
    """The address of every kind of page, filled."""
    project = factories.make_project(slug="open", name="Open", visibility="public")
    factories.make_member(project, "owner", "owner", is_staff=True)
    cell = fill(project)
    save_tags(cell, ["dry room"], by=None)
    write_comment(cell, "# Short?\n\n| a |\n| - |\n| 1 |", by=User.objects.get(username="owner"))
    curve = Curve.objects.filter(run__cell=cell).first()
    assert curve is not None
    reference = cell.measurements.latest("pk").refcode
    add_draft(file=io.BytesIO(b"nothing known"), filename=f"{cell.refcode}.txt", by=User.objects.get(username="owner"))
    measured = [f"/measurements/{reference}/edit/", f"/measurements/{reference}/delete/"]
    files = ["/files/", f"/cells/{cell.refcode}/files/", f"/cells/{cell.refcode}/measurements/new/"]
    own = [f"/cells/{cell.refcode}/edit/", f"/curves/{curve.pk}/", "/groups/built-alike/", "/projects/open/"]
    own.append(f"/entered/layer/{cell.layers.earliest('pk').pk}/thickness/")
    return [*LISTS, "/groups/", *list_page_urls(cell)[:-1], *own, *measured, *files, *ENTRY]


def sign_in(page: Page, address: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="owner"))
    cookie: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
    page.context.add_cookies([cookie])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(browser: Browser, live_server: Any, pages: list[str], scheme: Any) -> None:
    context = browser.new_context(
        viewport={"width": 1440 if scheme == "light" else 375, "height": 900},
        base_url=str(live_server),
        color_scheme=scheme,
    )
    page = context.new_page()
    sign_in(page, str(live_server))
    options = OPTIONS if scheme == "light" else OF_COLOUR_AND_WIDTH
    problems: list[str] = []
    for address in pages:
        page.goto(address)
        problems += [
            f"{address}: {violation['id']}: {node['html'][:120]}"
            for violation in Axe().run(page, options=options).response["violations"]
            for node in violation["nodes"][:3]
        ]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > context.pages[0].viewport_size["width"]:  # type: ignore[index]
            problems.append(f"{address}: {width} px wide")
    context.close()
    assert problems == []


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Until the fields that scripts of the admin make have their names."""
FORMS = ("cell", "measurement", "formulation", "analysisrun", "user")
"""Models whose pages have every kind of field, row and filter of the admin."""


def admin_pages(*, every: bool) -> list[str]:
    """The list, the form and the page of a record of some models in the admin, or of every one."""
    addresses = ["/admin/"]
    for model, options in admin.site._registry.items():
        if not every and model._meta.model_name not in FORMS:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"{name}_changelist"))
        record = model._default_manager.order_by("pk").last()
        if record is not None:
            addresses.append(reverse(f"{name}_change", args=[record.pk]))
        if options.has_add_permission(superuser_request()):
            addresses.append(reverse(f"{name}_add"))
    return addresses


def superuser_request() -> HttpRequest:
    request = HttpRequest()
    request.user = User.objects.get(username="owner")
    return request


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_no_page_of_the_admin_has_a_violation(
    browser: Browser, live_server: Any, pages: list[str], every: bool
) -> None:
    User.objects.filter(username="owner").update(is_superuser=True)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=str(live_server))
    page = context.new_page()
    sign_in(page, str(live_server))
    problems: list[str] = []
    for address in admin_pages(every=every):
        page.goto(address)
        page.evaluate(TWO_FRAMES)
        problems += [
            f"{address}: {violation['id']}: {node['html'][:120]}"
            for violation in Axe().run(page, options=OPTIONS).response["violations"]
            for node in violation["nodes"][:3]
        ]
    context.close()
    assert problems == []
