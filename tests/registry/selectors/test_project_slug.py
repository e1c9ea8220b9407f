"""A project that gets another slug is still found by the earlier one: by saved tables, links and scripts."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from registry.models import Cell, Comparison, Project
from registry.selectors.comparison.tables import format_table, get_table
from registry.selectors.project_slug import get_current_slugs, projects_named
from registry.services.comparison import save_comparison
from registry.services.project import create_project
from registry.services.record import delete_record, save_record
from tests import factories

COLUMNS = [{"key": "refcode"}]
DEFINITIONS = {
    "a filter": {"columns": COLUMNS, "filters": {"project": "lab"}},
    "this work": {"columns": COLUMNS, "this_work": "lab"},
}


def rename(project: Project, slug: str) -> None:
    project.slug = slug
    save_record(project, by=None)


@pytest.fixture
def cell(project: Project) -> Cell:
    """A cell of the project, next to one of another project."""
    factories.make_measurement(factories.make_cell(factories.make_project(slug="other", visibility="public")))
    cell = factories.make_cell(project)
    factories.make_measurement(cell)
    return cell


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_saved_table_has_the_same_rows(project: Project, cell: Cell, owner: User, definition: object) -> None:
    save_comparison(Comparison(project=project, slug="t", title="T", definition=definition), by=owner)
    rename(project, "group")
    printed = format_table(get_table("t", owner), owner)
    assert [row[0].text for row in printed.rows] == [cell.refcode]
    save_comparison(Comparison.objects.get(), by=owner)


LINKS: dict[str, Callable[[Client, str], list[str]]] = {
    "a list": lambda client, slug: [
        result.cell.refcode for result in client.get("/cells/", {"project": slug}).context["results"]
    ],
    "the API": lambda client, slug: [
        row["refcode"] for row in client.get("/api/cells/", {"project": slug}).json()["results"]
    ],
    "values": lambda client, slug: [
        row["cell"] for row in client.get("/api/values/", {"project": slug}).json()["results"]
    ],
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_finds_the_same_records(
    project: Project, cell: Cell, owner: User, client: Client, link: Callable[[Client, str], list[str]]
) -> None:
    factories.report(cell.measurements.get(), "resistance_ohm", "5 Ω")
    client.force_login(owner)
    rename(project, "group")
    assert link(client, "lab") == link(client, "group") == [cell.refcode]


def test_pages_lead_to_the_present_slug_and_others_learn_nothing(
    project: Project, owner: User, outsider: User, client: Client
) -> None:
    rename(project, "group")
    client.force_login(owner)
    assert client.get("/projects/lab/").headers["Location"] == "/projects/group/"
    assert client.get("/projects/lab/edit/").headers["Location"] == "/projects/group/edit/"
    assert client.get("/?project=lab").context["project"] == project
    assert client.get("/api/projects/lab/").json()["slug"] == "group"
    client.force_login(outsider)
    assert client.get("/projects/lab/").status_code == client.get("/api/projects/lab/").status_code == 404
    assert get_current_slugs(["lab"], outsider) == {}


def test_a_script_may_write_with_the_earlier_slug(project: Project, owner: User, client: Client) -> None:
    rename(project, "group")
    client.force_login(owner)
    data = {"project": "lab", "key": "doe2026", "authors": "Doe, J.", "title": "T", "year": 2026}
    assert client.post("/api/publications/", data, content_type="application/json").json()["project"] == "group"


def test_no_other_project_can_take_a_slug_while_the_one_that_had_it_exists(project: Project) -> None:
    rename(project, "group")
    with pytest.raises(ValidationError) as caught:
        create_project(Project(slug="lab", name="New"), by=None)
    assert caught.value.error_dict["slug"][0].code == "unique"
    rename(project, "lab")
    rename(project, "group")
    delete_record(project, by=None)
    create_project(Project(slug="lab", name="New"), by=None)


def test_a_present_slug_comes_before_an_earlier_one(project: Project) -> None:
    """In a database in which another project has taken it already."""
    rename(project, "group")
    taken = Project(slug="lab", name="Taken")
    taken.save()
    assert list(projects_named(["lab"])) == [taken]
    assert set(projects_named(["lab", "group"])) == {taken, project}
