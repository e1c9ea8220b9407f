"""Pages."""

import pytest
from rest_framework.test import APIClient


@pytest.mark.parametrize("size", ["0", "-1", "1001", "1e3", "", "²"])
def test_refuses_a_size_rather_than_ignore_it(anyone: APIClient, size: str) -> None:
    answer = anyone.get("/api/quantities/", {"page_size": size})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["page_size"])


def test_gives_the_addresses_of_its_neighbours(anyone: APIClient) -> None:
    answer = anyone.get("/api/quantities/?page_size=10&page=2").json()
    assert len(answer["results"]) == 10
    assert answer["previous"].endswith("?page_size=10")
    assert answer["next"].endswith("?page=3&page_size=10")
