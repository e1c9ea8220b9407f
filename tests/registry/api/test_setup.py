"""Hardware set-ups over the API."""

from rest_framework.test import APIClient

from registry.models import Project


def test_enters_a_die(api: APIClient, project: Project) -> None:
    sent = {"project": "lab", "name": "Die 1", "kind": "die", "blocks": "ions"}
    answer = api.post("/api/setups/", sent | {"die_diameter": "10 mm (exact, inferred)"})
    assert answer.status_code == 201, answer.json()
    assert answer.json()["die_diameter_mm"] == 10.0
    assert api.get("/api/setups/?kind=die").json()["count"] == 1


def test_refuses_a_die_of_no_width(api: APIClient, project: Project) -> None:
    answer = api.post("/api/setups/", {"project": "lab", "name": "Die 1", "kind": "die", "die_diameter_mm": 0})
    assert answer.status_code == 400
    assert "must be above 0" in answer.json()["fields"]["die_diameter"][0]
