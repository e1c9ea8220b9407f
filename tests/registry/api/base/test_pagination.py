"""Pagination."""

import pytest
from rest_framework.test import APIClient


@pytest.mark.parametrize("size", ["0", "-1", "1001", "1e3", "", "²"])
def test_an_invalid_page_size_is_rejected(anyone: APIClient, size: str) -> None:
    response = anyone.get("/api/quantities/", {"page_size": size})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["page_size"])


def test_a_page_links_to_its_neighbours(anyone: APIClient) -> None:
    response = anyone.get("/api/quantities/?page_size=10&page=2").json()
    assert len(response["results"]) == 10
    assert response["previous"].endswith("?page_size=10")
    assert response["next"].endswith("?page=3&page_size=10")
