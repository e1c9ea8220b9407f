"""The pages of groups of cells."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry import plugin_loading
from registry.models import CellGroup, GroupRun, Layer, Project
from registry.models.analysis_run import StaleCause
from registry.services.runs.groups import run_group_analysis
from tests import factories

SIGMA = "ionic_conductivity_s_cm"


def make_group(project: Project, *written: str, **fields: str) -> CellGroup:
    cells = []
    for text in written:
        cells.append(factories.make_pellet(project))
        factories.report(factories.make_measurement(cells[-1], technique="eis", temperature_degc="25 °C"), SIGMA, text)
    return factories.make_group(project, *cells, **fields)


@pytest.fixture
def group(public_project: Project) -> CellGroup:
    return make_group(public_project, "9 mS/cm", "10 mS/cm", "11 mS/cm")


def run(group: CellGroup) -> int:
    analysis = plugin_loading.current().analyses["replicate-statistics"]
    return run_group_analysis(group=group, analysis=analysis, by=None).pk


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_the_groups(client: Client, group: CellGroup) -> None:
    assert group.get_absolute_url() in page(client, "/groups/")


def test_the_page_lists_cells_and_results(client: Client, group: CellGroup) -> None:
    run(group)
    text = page(client, f"/groups/{group.pk}/")
    assert all(member.cell.refcode in text for member in group.members.select_related("cell"))
    assert "0.0100" in text
    assert "scatter-between-cells" in text
    assert "<svg" in text


def test_the_axis_of_a_plot_has_the_names_of_the_cells(client: Client, group: CellGroup) -> None:
    run(group)
    text = page(client, f"/groups/{group.pk}/")
    member = group.members.select_related("cell").first()
    assert member is not None
    assert f"{member.cell.refcode}</text>" in text
    assert "/ S cm⁻¹" in text


def test_editors_compute_what_has_not_run(client: Client, group: CellGroup, outsider: User) -> None:
    address = group.get_absolute_url()
    assert [analysis.name for analysis in client.get(address).context["not_run"]] == ["replicate-statistics"]
    assert 'value="replicate-statistics"' not in page(client, address)
    client.force_login(outsider)
    assert client.post(f"{address}due/", {"analysis": "replicate-statistics"}).status_code == 403
    client.force_login(factories.make_member(group.project, "editor", "mara"))
    assert 'value="replicate-statistics"' in page(client, address)
    assert client.post(f"{address}due/", {"analysis": "unknown"})["Location"] == address
    assert not group.runs.exists()
    client.post(f"{address}due/", {"analysis": "replicate-statistics"})
    queued = group.runs.get()
    assert (queued.status, queued.analysis) == ("queued", "replicate-statistics")
    response = client.get(address)
    assert response.context["pending"] == [f"run-{queued.pk}-queued"]
    assert client.get(response.context["follow"]).json() == {"pending": [f"run-{queued.pk}-queued"]}


def test_outdated_results_are_named_and_computed_again(client: Client, group: CellGroup, outsider: User) -> None:
    address, pk = group.get_absolute_url(), run(group)
    assert client.get(address).context["outdated"] is None
    GroupRun.objects.filter(pk=pk).update(version="0.0.1")
    editor = factories.make_member(group.project, "editor", "mara")
    for user, buttons in ((outsider, 0), (editor, 1)):
        client.force_login(user)
        response = client.get(address)
        outdated = response.context["outdated"]
        assert (outdated.number, outdated.number_by_others, len(outdated.runs)) == (1, 1 - buttons, buttons)
        assert response.content.decode().count(f'action="{address}due/"') == buttons
    assert client.post(f"{address}due/")["Location"] == address
    queued = group.runs.get(status="queued")
    assert (queued.analysis, queued.started_by) == ("replicate-statistics", editor)
    outdated = client.get(address).context["outdated"]
    assert (outdated.number, outdated.number_pending, len(outdated.runs)) == (1, 1, 0)
    client.post(f"{address}due/")
    assert group.runs.filter(status="queued").count() == 1
    run(group)
    assert client.get(address).context["outdated"] is None
    GroupRun.objects.filter(is_latest=True).update(stale_since=timezone.now(), stale_because="entered")
    assert client.get(address).context["outdated"].reasons == ((StaleCause.ENTERED.label, 1),)


def test_the_run_page_shows_inputs_and_what_changed(client: Client, group: CellGroup) -> None:
    pk = run(group)
    url = f"/groups/{group.pk}/runs/{pk}/"
    first = group.members.select_related("cell").order_by("position").first()
    assert first is not None
    assert f"members.{first.cell.refcode}.values.{SIGMA}" in page(client, url)
    factories.report(first.cell.measurements.get(), SIGMA, "12 mS/cm")
    assert 'class="changed"' in page(client, url)


def test_the_cell_page_links_to_its_groups(client: Client, group: CellGroup) -> None:
    member = group.members.select_related("cell").first()
    assert member is not None
    assert group.get_absolute_url() in page(client, member.cell.get_absolute_url())


def test_a_private_group_does_not_exist_for_outsiders(client: Client, project: Project) -> None:
    hidden = make_group(project, "9 mS/cm", "10 mS/cm")
    pk = run(hidden)
    for url in (f"/groups/{hidden.pk}/", f"/groups/{hidden.pk}/runs/{pk}/", f"/groups/{hidden.pk}/pending/"):
        assert client.get(url).status_code == 404
    client.force_login(factories.make_member(factories.make_project(slug="other"), "owner", "other"))
    assert client.post(f"/groups/{hidden.pk}/due/").status_code == 404
    assert hidden.name not in page(client, "/groups/")


def test_members_of_the_project_see_it(client: Client, project: Project, colleague: User) -> None:
    client.force_login(colleague)
    assert page(client, f"/groups/{make_group(project, '9 mS/cm', '10 mS/cm').pk}/")


def test_a_recipe_series_shows_the_recipe_numbers(client: Client, public_project: Project) -> None:
    group = make_group(public_project, "9 mS/cm", "10 mS/cm", kind="recipe", over="sample.thickness_um")
    assert "600 µm" in page(client, f"/groups/{group.pk}/")


def test_more_cells_take_no_more_queries(client: Client, public_project: Project, group: CellGroup) -> None:
    run(group)
    many = make_group(public_project, *["9 mS/cm"] * 6)
    run(many)
    with CaptureQueriesContext(connection) as few:
        page(client, f"/groups/{group.pk}/")
    with CaptureQueriesContext(connection) as more:
        page(client, f"/groups/{many.pk}/")
    assert len(more) == len(few)


def test_an_editor_groups_cells_built_alike_by_one_click(client: Client, project: Project, colleague: User) -> None:
    material = factories.make_material(project, "Sulfide")
    for label in "ab":
        layer = Layer(position=1, role="sample", material=material, thickness="600 µm")
        factories.make_cell(project, [layer], label=label)
    client.force_login(colleague)
    assert "/groups/built-alike/" in page(client, "/groups/")
    assert "/groups/built-alike/group/" in page(client, "/groups/built-alike/")
    refcodes = list(project.cells.order_by("pk").values_list("refcode", flat=True))
    response = client.post("/groups/built-alike/group/", {"cell": refcodes}, follow=True)
    assert list(project.cellgroups.get().members.values_list("cell__refcode", flat=True)) == refcodes
    assert project.cellgroups.get().get_absolute_url() == response.redirect_chain[-1][0]
    assert "/groups/built-alike/group/" not in page(client, "/groups/built-alike/")
    refused = client.post("/groups/built-alike/group/", {"cell": refcodes[:1]}, follow=True)
    assert refused.redirect_chain[-1][0] == "/groups/built-alike/"
    assert project.cellgroups.count() == 1


def test_who_is_not_an_editor_cannot_group(client: Client, group: CellGroup, outsider: User) -> None:
    refcodes = [member.cell.refcode for member in group.members.select_related("cell")]
    assert client.post("/groups/built-alike/group/", {"cell": refcodes}).status_code == 403
    client.force_login(outsider)
    assert client.post("/groups/built-alike/group/", {"cell": refcodes}).status_code == 403
