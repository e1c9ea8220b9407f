"""Changes in the history of a record."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from registry.models import Cell, Layer, Measurement, Project
from registry.selectors.history.history import list_changes
from registry.services.record import delete_record, save_record
from registry.services.value import report_value
from tests import factories


def test_lists_changes_with_their_author_newest_first(project: Project, colleague: User) -> None:
    cell = factories.make_cell(project, label="first")
    cell.label = "second"
    save_record(cell, by=colleague, reason="mistyped")
    newest, oldest = list_changes(cell, colleague)
    assert (newest.by, newest.kind, newest.reason) == ("colleague", "changed", "mistyped")
    assert [(field.name, field.before, field.after) for field in newest.fields] == [("label", "first", "second")]
    assert (oldest.by, oldest.kind, oldest.fields) == ("", "entered", ())


def test_includes_the_history_of_parts(project: Project, colleague: User) -> None:
    cell = factories.make_pellet(project)
    assert "layer 1" in {change.what for change in list_changes(cell, colleague, [(Layer, "cell")])}
    assert "layer 1" not in {change.what for change in list_changes(Cell.objects.get(), colleague)}


def value_changes(record: Cell | Measurement, user: User) -> list[tuple[str, str, str]]:
    changes = list_changes(record, user)
    return [(change.kind, change.what, change.reason) for change in changes if "value" in change.what]


def test_includes_reported_and_withdrawn_values(public_project: Project, colleague: User, outsider: User) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project))
    for written in ("123 Ω", "124 Ω"):
        report_value(measurement=measurement, quantity="resistance_ohm", written=written, by=None)
    expected = [
        ("entered", "value resistance_ohm 124 Ω", ""),
        ("changed", "value resistance_ohm 123 Ω", "withdrawn"),
        ("entered", "value resistance_ohm 123 Ω", ""),
    ]
    cell = measurement.cell
    for record in (cell, measurement):
        assert value_changes(record, outsider) == expected
    delete_record(measurement, by=None)
    assert value_changes(cell, outsider) == expected


def test_takes_a_query_per_record_type_and_three_for_visibility(
    project: Project, colleague: User, django_assert_num_queries: object
) -> None:
    cell = factories.make_pellet(project)
    # Cell, layers, current values and deleted values.
    with django_assert_num_queries(4 + 3):  # type: ignore[operator]
        list_changes(cell, colleague, [(Layer, "cell")])


@pytest.fixture
def opened(project: Project, public_project: Project, colleague: User) -> Cell:
    """A cell with a secret in its notes, cleared and renamed before it moved to a public project."""
    cell = factories.make_cell(project, label="secret label", notes="secret recipe")
    cell.notes, cell.label = "", "plain"
    save_record(cell, by=colleague)
    cell.project = public_project
    save_record(cell, by=None)
    cell.label = "plainer"
    save_record(cell, by=None)
    return cell


def changes_text(cell: Cell, user: User | AnonymousUser) -> str:
    return str(list_changes(cell, user))


def test_contents_from_a_private_project_are_visible_only_to_its_members(
    opened: Cell, colleague: User, outsider: User
) -> None:
    assert "secret recipe" in changes_text(opened, colleague)
    for user in (outsider, AnonymousUser()):
        assert "secret" not in changes_text(opened, user)
        assert [change.kind for change in list_changes(opened, user)] == ["changed", "changed"]


def test_contents_from_before_a_project_was_opened_are_visible_only_to_its_members(
    project: Project, colleague: User, outsider: User
) -> None:
    cell = factories.make_cell(project, label="secret label")
    cell.label = "plain"
    save_record(cell, by=colleague)
    project.visibility = "public"
    save_record(project, by=None)
    assert list_changes(cell, AnonymousUser()) == []
    assert "secret" in changes_text(cell, colleague)
    cell.label = "plainer"
    save_record(cell, by=colleague)
    (change,) = list_changes(cell, outsider)
    assert change.kind == "changed"
    assert "secret" not in str(change)


def test_visitors_do_not_see_account_names(public_project: Project, colleague: User, outsider: User) -> None:
    cell = factories.make_cell(public_project, label="first")
    factories.make_member(public_project, "editor", "curie")
    cell.label = "second"
    save_record(cell, by=User.objects.get(username="curie"))
    assert [change.by for change in list_changes(cell, AnonymousUser())] == ["a member", ""]
    assert [change.by for change in list_changes(cell, outsider)] == ["curie", ""]
