"""The API of groups of cells."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from registry import plugin_loading
from registry.models import Cell, CellGroup, GroupMember, Project
from registry.services.runs.groups import run_group_analysis
from tests import factories
from tests.registry.api.conftest import client_of

SIGMA = "ionic_conductivity_s_cm"


@pytest.fixture
def cells(project: Project) -> list[Cell]:
    return [factories.make_pellet(project) for _ in range(3)]


@pytest.fixture
def computed(project: Project, cells: list[Cell]) -> CellGroup:
    """Replicates with a mean conductivity."""
    for number, cell in enumerate(cells, start=9):
        factories.report(factories.make_measurement(cell, technique="eis"), SIGMA, f"{number} mS/cm")
    group = factories.make_group(project, *cells)
    analysis = plugin_loading.current().analyses["replicate-statistics"]
    run_group_analysis(group=group, analysis=analysis, by=None)
    return group


def payload(cells: list[Cell], **fields: object) -> dict[str, object]:
    members = [{"cell": cell.refcode} for cell in cells]
    return {"project": "lab", "slug": "pellets", "name": "Pellets", "kind": "replicates", "members": members} | fields


def test_a_group_is_created_with_its_members_in_order(api: APIClient, cells: list[Cell]) -> None:
    response = api.post("/api/groups/", payload(cells[::-1]))
    assert response.status_code == 201, response.json()
    shown = response.json()["members"]
    assert [(item["position"], item["cell"]) for item in shown] == [
        (number, cell.refcode) for number, cell in enumerate(cells[::-1], start=1)
    ]


def test_members_are_replaced_and_keep_their_history(api: APIClient, cells: list[Cell]) -> None:
    created = api.post("/api/groups/", payload(cells)).json()
    first = created["members"][0]
    changed = [{"id": first["id"], "cell": first["cell"], "label": "bare"}, {"cell": cells[1].refcode}]
    response = api.patch(f"/api/groups/{created['id']}/", {"members": changed})
    assert response.status_code == 200, response.json()
    assert [item["label"] for item in response.json()["members"]] == ["bare", ""]
    history = api.get(f"/api/groups/{created['id']}/history/").json()
    assert {change["kind"] for change in history} == {"entered", "changed", "deleted"}
    assert GroupMember.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "recipe"}, "over"),
        ({"over": "cathode.thickness_um"}, "over"),
        ({"kind": "recipe", "over": "kathode.thickness_um"}, "over"),
        ({"kind": "recipe", "over": "cathode.mass_fraction_percent"}, "over"),
        ({"kind": "pairs"}, "kind"),
        ({"size": 3}, "size"),
    ],
)
def test_wrong_fields_are_named(api: APIClient, cells: list[Cell], fields: dict[str, str], field: str) -> None:
    response = api.post("/api/groups/", payload(cells, **fields))
    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert not CellGroup.objects.exists()


def test_a_recipe_series_states_what_varies(api: APIClient, cells: list[Cell]) -> None:
    fields = {"kind": "recipe", "over": "sample.mass_fraction_percent.VGCF"}
    assert api.post("/api/groups/", payload(cells, **fields)).status_code == 201


def test_a_cell_cannot_be_twice_in_a_group(api: APIClient, cells: list[Cell]) -> None:
    assert api.post("/api/groups/", payload([cells[0], cells[0]])).status_code == 400
    assert not CellGroup.objects.exists()


def test_a_slug_is_unique_in_its_project(api: APIClient, cells: list[Cell]) -> None:
    assert api.post("/api/groups/", payload(cells)).status_code == 201
    assert api.post("/api/groups/", payload(cells)).status_code == 400


def test_a_cell_that_the_user_cannot_see_is_refused(api: APIClient, cells: list[Cell]) -> None:
    hidden = factories.make_cell(factories.make_project())
    response = api.post("/api/groups/", payload([cells[0], hidden]))
    assert response.status_code == 400
    assert hidden.label not in response.content.decode()


def test_a_viewer_cannot_create_a_group(project: Project, cells: list[Cell]) -> None:
    viewer = client_of(factories.make_member(project, "viewer"))
    assert viewer.post("/api/groups/", payload(cells)).status_code == 403


def test_outsiders_do_not_see_it(computed: CellGroup) -> None:
    outsider = client_of(factories.make_user())
    for path in ("groups", "group-runs", "group-values", "group-curves"):
        assert outsider.get(f"/api/{path}/").json()["count"] == 0
    assert outsider.get(f"/api/groups/{computed.pk}/").status_code == 404


def test_filters(api: APIClient, computed: CellGroup, cells: list[Cell]) -> None:
    other = factories.make_cell(computed.project)
    for query, count in (
        (f"cell={cells[0].refcode}", 1), (f"cell={other.refcode}", 0), ("kind=replicates", 1), ("kind=recipe", 0),
        (f"project={computed.project.slug}", 1), (f"slug={computed.slug}", 1),
    ):  # fmt: skip
        assert api.get(f"/api/groups/?{query}").json()["count"] == count, query
    assert api.get("/api/groups/?knd=recipe").status_code == 400


def test_the_group_shows_its_current_values(api: APIClient, computed: CellGroup) -> None:
    (value,) = api.get(f"/api/groups/{computed.pk}/").json()["values"]
    assert (value["quantity"], value["magnitude"]) == (SIGMA, pytest.approx(0.010))
    assert value["degrees_of_freedom"] == 2
    assert value["conditions"] == {"technique": "eis"}


def test_values_of_cells_do_not_include_it(api: APIClient, computed: CellGroup) -> None:
    assert api.get("/api/values/?origin=computed").json()["count"] == 0
    assert api.get(f"/api/cells/?{SIGMA}__gte=9.5e-3&{SIGMA}__lte=10.5e-3").json()["count"] == 1


def test_a_list_takes_a_constant_number_of_queries(api: APIClient, computed: CellGroup, cells: list[Cell]) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.get("/api/groups/")
    for _ in range(3):
        factories.make_group(computed.project, *cells)
    with CaptureQueriesContext(connection) as four:
        assert api.get("/api/groups/").json()["count"] == 4
    assert len(four) == len(queries)


def test_a_group_is_deleted_with_its_results(api: APIClient, computed: CellGroup, cells: list[Cell]) -> None:
    assert api.delete(f"/api/groups/{computed.pk}/").status_code == 204
    assert Cell.objects.filter(pk__in=[cell.pk for cell in cells]).count() == 3


def test_parameters_are_checked(api: APIClient, owner: User, computed: CellGroup) -> None:
    wrong = {"replicate-statistics": {"preferred_origin": "guessed"}}
    assert api.patch(f"/api/groups/{computed.pk}/", {"parameters": wrong}).status_code == 400
    right = {"replicate-statistics": {"preferred_origin": "reported"}}
    assert api.patch(f"/api/groups/{computed.pk}/", {"parameters": right}).status_code == 200
