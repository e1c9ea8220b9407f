"""The API of quantities."""

from rest_framework.test import APIClient

from registry.numbers import catalogue


def test_every_quantity_is_listed_with_its_unit(anyone: APIClient) -> None:
    response = anyone.get("/api/quantities/?page_size=1000").json()
    assert {item["slug"] for item in response["results"]} == set(catalogue.catalogue)
    pressure = anyone.get("/api/quantities/stack_pressure_mpa/").json()
    assert (pressure["unit"], pressure["unit_label"], pressure["source"]) == ("MPa", "MPa", "Cellar")


def test_an_unknown_quantity_is_a_404(anyone: APIClient) -> None:
    assert anyone.get("/api/quantities/colour/").status_code == 404


def test_a_number_that_depends_on_its_protocol_names_what_states_it(anyone: APIClient) -> None:
    density = anyone.get("/api/quantities/critical_current_density_ma_cm2/").json()
    assert density["protocol"]
    assert set(density["protocol"]) <= set(catalogue.catalogue)
    assert anyone.get("/api/quantities/stack_pressure_mpa/").json()["protocol"] == []
