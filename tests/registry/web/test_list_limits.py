"""No page with a list fails on what is asked too often, too long or too large."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell, Comparison, Project
from registry.selectors.query.limits import MAX_CONDITIONS
from tests.registry.api.test_list_limits import EXTREME, FULL

PAGES = [
    "/",
    "/cells/",
    "/materials/",
    "/compare/",
    "/publications/",
    "/plugins/",
    "/plugins/runs/",
    "/audit/",
    "/compare/low-pressure-cells/",
]
QUERIED = ["/cells/", "/compare/low-pressure-cells/"]
PARAMETERS = ("page", "ordering", "q", "anode", "stack_pressure_mpa__lte", "format", "nothing", "quantity", "number")


def status(client: Client, address: str, *pairs: tuple[str, str]) -> int:
    response = client.get(f"{address}?{urlencode(pairs)}")
    assert response.status_code in (200, 302, 400, 404), (address, response.status_code)
    return int(response.status_code)


def test_nothing_is_too_much_for_a_page(cell: Cell, client: Client) -> None:
    for address in PAGES:
        for name in PARAMETERS if address in QUERIED else ("page", "nothing"):
            for extreme in EXTREME:
                status(client, address, (name, extreme))
            status(client, address, *[(name, str(number)) for number in range(1500)])
        status(client, address, *[(f"x{number}", "1") for number in range(9000)])


@pytest.mark.parametrize("address", QUERIED)
def test_a_page_answers_a_query_as_large_as_is_taken(cell: Cell, client: Client, address: str) -> None:
    assert {kind: status(client, address, *pairs) for kind, pairs in FULL.items()} == dict.fromkeys(FULL, 200)


@pytest.mark.parametrize("address", QUERIED)
def test_a_page_says_that_a_query_is_too_large(cell: Cell, client: Client, address: str) -> None:
    pairs = [("anode", f"M{number}") for number in range(MAX_CONDITIONS + 1)]
    response = client.get(f"{address}?{urlencode(pairs)}")
    assert response.status_code == 400
    assert f"at most {MAX_CONDITIONS} conditions" in response.content.decode()


@pytest.mark.parametrize("address", QUERIED)
def test_a_repeated_condition_stands_once_on_the_page(cell: Cell, client: Client, address: str) -> None:
    response = client.get(f"{address}?{urlencode([('stack_pressure_mpa__lt', '7')] * 150)}")
    assert response.status_code == 200
    assert len(response.context["conditions"]) == 1


def test_a_saved_table_that_asks_too_much_says_so(project: Project, viewer: User, client: Client) -> None:
    """Also one saved when more was taken."""
    Comparison(project=project, slug="old", title="Old", definition=TOO_MUCH).save()
    client.force_login(viewer)
    response = client.get("/compare/old/")
    assert response.status_code == 400
    assert f"at most {MAX_CONDITIONS} conditions" in response.content.decode()


TOO_MUCH = {"columns": ["label"], "filters": {"anode": [f"M{number}" for number in range(MAX_CONDITIONS + 1)]}}
