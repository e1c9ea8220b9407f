"""The home page."""

from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell


def test_an_empty_registry_shows_how_to_start(db: None, client: Client) -> None:
    text = client.get("/").content.decode()
    assert "load_example wu2025" in text
    assert '<label for="q">' not in text


def test_counts_only_what_the_reader_may_see(private_cell: Cell, owner: User, client: Client) -> None:
    assert {name: number for name, number, _ in client.get("/").context["counts"]}["cells"] == 0
    client.force_login(owner)
    counts = {name: number for name, number, _ in client.get("/").context["counts"]}
    assert (counts["cells"], counts["measurements"]) == (1, 2)


def test_says_how_many_computed_values_disagree(cell: Cell, client: Client) -> None:
    response = client.get("/")
    assert response.context["disagreeing"] == 1
    assert '<p class="notice disagrees"><strong>1 computed value ' in response.content.decode()


def test_names_the_person_who_is_signed_in(owner: User, client: Client) -> None:
    client.force_login(owner)
    assert "Sign out (owner)" in client.get("/").content.decode()
