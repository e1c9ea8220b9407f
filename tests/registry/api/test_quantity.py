"""The catalogue over the API."""

from rest_framework.test import APIClient

from registry.numbers import catalogue


def test_lists_every_quantity_with_its_unit(anyone: APIClient) -> None:
    answer = anyone.get("/api/quantities/?page_size=1000").json()
    assert {item["slug"] for item in answer["results"]} == set(catalogue.catalogue)
    pressure = anyone.get("/api/quantities/stack_pressure_mpa/").json()
    assert (pressure["unit"], pressure["unit_label"], pressure["source"]) == ("MPa", "MPa", "Cellar")


def test_does_not_find_an_unknown_quantity(anyone: APIClient) -> None:
    assert anyone.get("/api/quantities/colour/").status_code == 404
