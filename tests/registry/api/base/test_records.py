"""What all records share."""

from rest_framework.test import APIClient

from registry.models import Layer, Project
from tests import factories


def test_names_the_nearest_field(api: APIClient, project: Project) -> None:
    answer = api.post("/api/setups/", {"project": "lab", "name": "Die", "kind": "die", "die_diametre": "10 mm"})
    assert answer.status_code == 400
    told = "There is no field ‘die_diametre’. Did you mean ‘die_diameter’?"
    assert answer.json()["fields"] == {"die_diametre": [told]}


def test_an_entry_sent_with_its_id_keeps_its_history(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    sent = {"id": layer.pk, "role": "sample", "material": layer.material_id, "thickness": "500 µm"}
    assert api.patch(f"/api/cells/{cell.refcode}/", {"layers": [sent]}).status_code == 200
    assert Layer.history.filter(id=layer.pk).count() == 2
    changes = api.get(f"/api/cells/{cell.refcode}/history/").json()
    thickness = {"name": "thickness", "before": "600 µm", "after": "500 µm"}
    assert any(change["what"] == "layer 1" and thickness in change["fields"] for change in changes)


def test_a_field_of_an_entry_that_is_not_sent_is_empty(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    layer = cell.layers.get()
    sent = {"id": layer.pk, "role": "sample", "material": layer.material_id}
    (shown,) = api.patch(f"/api/cells/{cell.refcode}/", {"layers": [sent]}).json()["layers"]
    assert (shown["thickness"], shown["thickness_um"]) == ("", None)
