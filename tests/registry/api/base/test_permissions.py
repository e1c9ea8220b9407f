"""Read and write permissions of the API."""

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
def urls(project: Project) -> list[str]:
    """The URLs of a private record of each kind."""
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
    save_comparison(
        Comparison(project=project, slug="private-table", title="Table", definition={"columns": ["label"]}), by=None
    )
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
        "/api/comparisons/private-table/",
        "/api/comparisons/private-table/definition/",
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


def test_private_records_are_hidden_from_outsiders_and_anonymous_users(
    urls: list[str], anyone: APIClient, outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    for client in (anyone, client_for(outsider)):
        for url in urls:
            assert client.get(url).status_code == 404, url
        for name in LISTS:
            assert client.get(f"/api/{name}/").json()["count"] == 0, name
        assert "private-table" not in client.get("/api/comparisons/").content.decode()
        assert client.get("/api/publications/bibtex/").content.strip() == b""


def test_an_outsider_can_neither_change_nor_delete_a_hidden_record(
    urls: list[str], outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    client = client_for(outsider)
    for url in urls:
        assert client.patch(url, {"notes": "changed"}).status_code in (404, 405), url
        assert client.delete(url).status_code in (404, 405), url


def test_an_outsider_cannot_add_records_to_a_hidden_project(
    project: Project, outsider: User, client_for: Callable[[User], APIClient]
) -> None:
    cell = factories.make_cell(project)
    client = client_for(outsider)
    response = client.post("/api/cells/", {"project": "lab", "label": "x", "format": "die"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["project"])
    response = client.post("/api/measurements/", {"cell": cell.refcode, "technique": "eis"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["cell"])


def test_a_viewer_can_read_everything_and_write_nothing(
    urls: list[str], viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    client = client_for(viewer)
    for url in urls:
        if not url.endswith("columns/"):
            response = client.get(url)
            response.getvalue()
            assert response.status_code == 200, url
    for url in urls:
        assert client.delete(url).status_code in (403, 405), url
    measurement = next(item for item in urls if "measurements/M" in item).split("/")[3]
    cell = next(entry for entry in urls if "cells/C" in entry).split("/")[3]
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
    for name, payload in writes:
        assert client.post(f"/api/{name}/", payload).status_code == 403, name
    payload = {"measurement": measurement, "file": SimpleUploadedFile("a.csv", b"1")}
    assert client.post("/api/datasets/", payload, format="multipart").status_code == 403
    assert client.patch(f"/api/cells/{cell}/", {"label": "x"}).status_code == 403


def test_an_anonymous_user_cannot_write(anyone: APIClient, public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    assert anyone.get(f"/api/cells/{cell.refcode}/").status_code == 200
    names = ("cells", "measurements", "values", "runs", "datasets", "comparisons", "projects", "publications/bibtex")
    for name in names:
        assert anyone.post(f"/api/{name}/", {}).status_code == 401, name
    assert anyone.patch(f"/api/cells/{cell.refcode}/", {"label": "x"}).status_code == 401
    assert anyone.delete(f"/api/cells/{cell.refcode}/").status_code == 401


def test_a_link_to_a_hidden_record_is_rejected(api: APIClient, project: Project) -> None:
    hidden = factories.make_material(factories.make_project())
    layers = [{"role": "sample", "material": hidden.pk}]
    response = api.post("/api/cells/", {"project": "lab", "label": "x", "format": "die", "layers": layers})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["layers.1.material"])


def test_an_anonymous_user_is_not_an_actor() -> None:
    request = Request(APIRequestFactory().get("/"))
    request.user = AnonymousUser()
    with pytest.raises(NotAuthenticated):
        actor(request)
