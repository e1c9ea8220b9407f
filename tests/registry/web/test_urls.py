"""Checks of every page: it renders empty and filled, hides private records, and has no inline script."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client

from registry.models import Cell
from tests.registry.web.conftest import fill, list_page_urls

LISTS = [
    "/",
    "/cells/",
    "/materials/",
    "/compare/",
    "/publications/",
    "/plugins/",
    "/plugins/runs/",
    "/audit/",
    "/sign-in/",
    "/compare/low-pressure-cells/",
    "/compare/electronic-conductivity-vgcf/",
    "/compare/pouch-energy-density/",
]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_renders_in_an_empty_registry(db: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_every_list_renders_with_records(cell: Cell, client: Client) -> None:
    for address in LISTS:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "<h1" in response.content.decode(), address


def test_every_page_of_a_public_cell_renders_for_a_visitor(cell: Cell, client: Client) -> None:
    for address in list_page_urls(cell):
        response = client.get(address)
        assert response.status_code == 200, address
        response.getvalue()


def test_every_page_of_a_private_cell_renders_for_a_member(private_cell: Cell, viewer: User, client: Client) -> None:
    client.force_login(viewer)
    for address in list_page_urls(private_cell):
        response = client.get(address)
        assert response.status_code == 200, address
        response.getvalue()


def test_no_page_of_a_private_cell_exists_for_a_visitor_or_an_outsider(
    private_cell: Cell, outsider: User, client: Client
) -> None:
    addresses = list_page_urls(private_cell)
    assert default_storage.exists(private_cell.measurements.get(technique="cycling").datasets.get().raw_file.path)
    for address in addresses:
        assert client.get(address).status_code == 404, address
    client.force_login(outsider)
    for address in addresses:
        assert client.get(address).status_code == 404, address


def test_no_list_names_a_private_record_to_an_outsider(private_cell: Cell, outsider: User, client: Client) -> None:
    client.force_login(outsider)
    for address in LISTS:
        assert "Secret" not in client.get(address).content.decode(), address


def test_a_label_with_markup_is_escaped_on_every_page(cell: Cell, client: Client) -> None:
    nasty = fill(cell.project, "<script>alert(1)</script>")
    for address in [*LISTS, *list_page_urls(nasty)[:-1]]:
        text = client.get(address).content.decode()
        assert "<script>" not in text, address


def test_no_page_has_an_inline_script_or_event_handler(cell: Cell, client: Client) -> None:
    for address in [*LISTS, *list_page_urls(cell)[:-1]]:
        text = client.get(address).content.decode()
        assert not re.search(r"<script(?! src=)|\son[a-z]+=|javascript:", text), address


def test_no_page_loads_anything_from_elsewhere(cell: Cell, client: Client) -> None:
    for address in [*LISTS, *list_page_urls(cell)[:-1]]:
        text = client.get(address).content.decode()
        assert not re.search(r"<(?:link|img|source)[^>]+(?:href|src)=\"(?:https?:)?//", text), address


def test_a_missing_page_has_the_site_s_own_template(db: None, client: Client) -> None:
    response = client.get("/cells/C-99999/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_pages_are_read_only(cell: Cell, client: Client) -> None:
    assert client.post(f"/cells/{cell.refcode}/").status_code == 405
