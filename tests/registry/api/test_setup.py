"""The API of hardware set-ups."""

from rest_framework.test import APIClient

from registry.models import Project


def test_a_die_is_created(api: APIClient, project: Project) -> None:
    payload = {"project": "lab", "name": "Die 1", "kind": "die", "blocks": "ions"}
    response = api.post("/api/setups/", payload | {"die_diameter": "10 mm (exact, inferred)"})
    assert response.status_code == 201, response.json()
    assert response.json()["die_diameter_mm"] == 10.0
    assert api.get("/api/setups/?kind=die").json()["count"] == 1


def test_a_die_diameter_of_zero_is_rejected(api: APIClient, project: Project) -> None:
    response = api.post("/api/setups/", {"project": "lab", "name": "Die 1", "kind": "die", "die_diameter_mm": 0})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["die_diameter"])


def test_a_diameter_that_is_only_a_bound_has_its_qualifier_and_is_replaced_by_a_number(
    api: APIClient, project: Project
) -> None:
    payload = {"project": "lab", "name": "Die 1", "kind": "die", "die_diameter": "<10 mm"}
    setup = api.post("/api/setups/", payload).json()
    columns = ("die_diameter_mm", "die_diameter_mm_qualifier", "die_diameter_mm_lower", "die_diameter_mm_upper")
    assert [setup[name] for name in columns] == [10.0, "<", 0.0, 10.0]
    address = f"/api/setups/{setup['id']}/"
    assert api.patch(address, setup).json()["die_diameter"] == "<10 mm"
    changed = api.patch(address, {"die_diameter_mm": 10}).json()
    assert [changed[name] for name in columns] == [10.0, "=", 9.5, 10.5]
    assert api.patch(address, {"die_diameter_mm_qualifier": "<"}).status_code == 400
