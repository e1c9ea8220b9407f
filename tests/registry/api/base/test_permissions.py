"""Who may read and write what through the API."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from registry.api.base.permissions import actor
from registry.models import Comparison, Curve, Project
from registry.plugin_loading import current
from registry.services.comparison import save_comparison
from registry.services.files.dataset import add_file
from registry.services.runs.analysis import run_analysis
from tests import factories


@pytest.fixture
def addresses(project: Project) -> list[str]:
    """The address of one private record of every kind."""
    cell = factories.make_pellet(project)
    material = cell.layers.get().material
    formulation = factories.make_formulation(project, (material, "active", "100 %"))
    measurement = factories.make_measurement(cell, technique="eis", setup=factories.make_setup(project))
    value = factories.report(measurement, "resistance_ohm", "100 Ω")
    publication = factories.make_publication(project)
    run = run_analysis(measurement=measurement, analysis=current().analyses["ionic-conductivity"], by=None)
    curve = Curve.objects.create(run=run, name="seen", title="Seen", data={})
    (dataset,) = add_file(
        measurement=measurement, file=SimpleUploadedFile("a.txt", b"nothing"), filename="a.txt", by=None
    )
    mapping = factories.make_mapping(project)
    save_comparison(Comparison(project=project, slug="ours", title="Ours", definition={"columns": ["label"]}), by=None)
    return [
        "/api/projects/lab/",
        "/api/projects/lab/history/",
        f"/api/materials/{material.pk}/",
        f"/api/formulations/{formulation.pk}/",
        f"/api/setups/{measurement.setup_id}/",
        f"/api/publications/{publication.pk}/",
        f"/api/cells/{cell.refcode}/",
        f"/api/cells/{cell.refcode}/history/",
        f"/api/measurements/{measurement.refcode}/",
        f"/api/measurements/{measurement.refcode}/history/",
        f"/api/values/{value.pk}/",
        f"/api/runs/{run.pk}/",
        f"/api/curves/{curve.pk}/",
        f"/api/datasets/{dataset.pk}/",
        f"/api/datasets/{dataset.pk}/raw/",
        f"/api/datasets/{dataset.pk}/columns/",
        f"/api/column-mappings/{mapping.pk}/",
        f"/api/column-mappings/{mapping.pk}/history/",
        "/api/comparisons/ours/",
        "/api/comparisons/ours/definition/",
    ]


LISTS = (
    "projects",
    "materials",
    "batches",
    "formulations",
    "setups",
    "publications",
    "cells",
    "measurements",
    "datasets",
    "column-mappings",
    "values",
    "runs",
    "curves",
    "audit",
)


def test_nothing_private_exists_for_an_outsider_or_anybody(
    addresses: list[str], anyone: APIClient, outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    for client in (anyone, client_for(outsider)):
        for address in addresses:
            assert client.get(address).status_code == 404, address
        for name in LISTS:
            assert client.get(f"/api/{name}/").json()["count"] == 0, name
        assert "ours" not in client.get("/api/comparisons/").content.decode()
        assert client.get("/api/publications/bibtex/").content.strip() == b""


def test_an_outsider_can_neither_change_nor_delete_what_they_cannot_see(
    addresses: list[str], outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    client = client_for(outsider)
    for address in addresses:
        assert client.patch(address, {"notes": "mine"}).status_code in (404, 405), address
        assert client.delete(address).status_code in (404, 405), address


def test_an_outsider_cannot_write_into_a_project_they_cannot_see(
    project: Project, outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    cell = factories.make_cell(project)
    client = client_for(outsider)
    answer = client.post("/api/cells/", {"project": "lab", "label": "x", "format": "die"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["project"])
    answer = client.post("/api/measurements/", {"cell": cell.refcode, "technique": "eis"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["cell"])


def test_a_viewer_reads_everything_and_writes_nothing(
    addresses: list[str], viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    client = client_for(viewer)
    for address in addresses:
        if not address.endswith("columns/"):
            answer = client.get(address)
            answer.getvalue()
            assert answer.status_code == 200, address
    for address in addresses:
        assert client.delete(address).status_code in (403, 405), address
    measurement = next(item for item in addresses if "measurements/M" in item).split("/")[3]
    cell = next(entry for entry in addresses if "cells/C" in entry).split("/")[3]
    writes: list[tuple[str, dict]] = [
        ("cells", {"project": "lab", "label": "x", "format": "die"}),
        ("measurements", {"cell": cell, "technique": "eis"}),
        ("values", {"measurement": measurement, "quantity": "resistance_ohm", "written": "1 Ω"}),
        ("runs", {"measurement": measurement, "analysis": "ionic-conductivity"}),
        ("materials", {"project": "lab", "name": "x", "kind": "binder"}),
        ("publications/bibtex", {"project": "lab", "bibtex": "@article{a, author={A, B}, title={x}}"}),
        ("comparisons", {"project": "lab", "slug": "x", "title": "x", "definition": {"columns": ["label"]}}),
        ("column-mappings", {"project": "lab", "name": "x", "mapping": {"columns": {"0": "cycle", "1": "cycle"}}}),
        ("memberships", {"project": "lab", "user": "viewer", "role": "owner"}),
    ]
    for name, sent in writes:
        assert client.post(f"/api/{name}/", sent).status_code == 403, name
    sent = {"measurement": measurement, "file": SimpleUploadedFile("a.csv", b"1")}
    assert client.post("/api/datasets/", sent, format="multipart").status_code == 403
    assert client.patch(f"/api/cells/{cell}/", {"label": "x"}).status_code == 403


def test_nobody_writes_without_signing_in(anyone: APIClient, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    assert anyone.get(f"/api/cells/{cell.refcode}/").status_code == 200
    names = ("cells", "measurements", "values", "runs", "datasets", "comparisons", "projects", "publications/bibtex")
    for name in names:
        assert anyone.post(f"/api/{name}/", {}).status_code == 401, name
    assert anyone.patch(f"/api/cells/{cell.refcode}/", {"label": "x"}).status_code == 401
    assert anyone.delete(f"/api/cells/{cell.refcode}/").status_code == 401


def test_a_link_to_a_hidden_record_is_a_link_to_nothing(api: APIClient, project: Project) -> None:
    hidden = factories.make_material(factories.make_project())
    layers = [{"role": "sample", "material": hidden.pk}]
    answer = api.post("/api/cells/", {"project": "lab", "label": "x", "format": "die", "layers": layers})
    assert "you may not see it" in answer.json()["fields"]["layers.1.material"][0]


def test_only_a_user_is_an_actor() -> None:
    request = Request(APIRequestFactory().get("/"))
    request.user = AnonymousUser()
    with pytest.raises(NotAuthenticated):
        actor(request)
