"""Pages without filters refuse parameters."""

import pytest
from django.test import Client

PAGES = ("/", "/materials/", "/publications/", "/compare/", "/groups/", "/plugins/", "/audit/", "/projects/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_an_unknown_parameter_is_refused(client: Client, address: str) -> None:
    response = client.get(f"{address}?kind=binder")
    assert response.status_code == 400
    assert "‘kind’" in response.content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_a_known_one_is_taken(client: Client) -> None:
    assert client.get("/audit/?page=1").status_code == 200
    assert client.get("/?project=lab").status_code == 200
    assert "‘page’?" in client.get("/audit/?pages=1").content.decode()
