"""Comments: who writes, edits and deletes them, and what stays."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import Cell, Comment, Project, SearchDocument
from registry.models.comment import LONGEST_COMMENT
from registry.selectors.comment import get_author_name, list_comments
from registry.selectors.project import get_role
from registry.services.comment import delete_comment, edit_comment, write_comment
from registry.services.measurement import save_measurement
from registry.services.record import delete_record
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


def test_every_member_comments_on_cells_and_measurements(cell: Cell, viewer: User, owner: User) -> None:
    measurement = factories.make_measurement(cell)
    first = write_comment(cell, " Short?\n", by=viewer)
    second = write_comment(measurement, "No.", by=owner)
    assert (first.text, first.author, first.author_name, first.measurement) == ("Short?", viewer, "viewer", None)
    assert (second.cell, second.measurement, second.subject) == (cell, measurement, measurement)
    shown = list_comments(cell, viewer, get_role(cell.project, viewer))
    assert [(item.comment, item.author, item.may_edit, item.may_delete) for item in shown] == [
        (first, "viewer", True, True),
        (second, "owner", False, False),
    ]
    of_owner = list_comments(cell, owner, get_role(cell.project, owner))
    assert [(item.may_edit, item.may_delete) for item in of_owner] == [(False, True), (True, True)]


def test_nobody_else_comments(public_project: Project, outsider: User) -> None:
    cell = factories.make_cell(public_project)
    inactive = factories.make_member(public_project, "owner", is_active=False)
    for user in (outsider, inactive):
        with pytest.raises(PermissionDenied):
            write_comment(cell, "Hello", by=user)
    assert write_comment(cell, "From an administrator", by=factories.make_user(is_superuser=True)).pk


def test_an_author_edits_and_what_it_was_stays(cell: Cell, viewer: User, owner: User) -> None:
    comment = write_comment(cell, "a", by=viewer)
    assert edit_comment(comment, "a ", by=viewer).edited_at is None
    edit_comment(comment, "b", by=viewer)
    comment.refresh_from_db()
    assert comment.text == "b"
    assert comment.edited_at is not None
    assert comment.edited_at > comment.created_at
    with pytest.raises(PermissionDenied):
        edit_comment(comment, "c", by=owner)
    rows = Comment.history.filter(id=comment.pk).order_by("history_id")
    assert [(row.text, row.history_user) for row in rows] == [("a", viewer), ("b", viewer)]


def test_authors_and_owners_delete(cell: Cell, viewer: User, colleague: User, owner: User) -> None:
    comments = [write_comment(cell, text, by=viewer) for text in ("a", "b")]
    with pytest.raises(PermissionDenied):
        delete_comment(comments[0], by=colleague)
    delete_comment(comments[0], by=viewer)
    delete_comment(comments[1], by=owner)
    assert not Comment.objects.exists()
    deleted = Comment.history.filter(history_type="-").order_by("history_id")
    assert [(row.text, row.history_user) for row in deleted] == [("a", viewer), ("b", owner)]


def test_a_former_member_changes_nothing(cell: Cell, viewer: User) -> None:
    comment = write_comment(cell, "a", by=viewer)
    delete_record(viewer.memberships.get(), by=None)
    for change in (lambda: edit_comment(comment, "b", by=viewer), lambda: delete_comment(comment, by=viewer)):
        with pytest.raises(PermissionDenied):
            change()


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_COMMENT + 1), "nul\x00"])
def test_a_text_that_is_wrong_is_refused(cell: Cell, text: str) -> None:
    with pytest.raises(ValidationError) as error:
        write_comment(cell, text, by=None)
    assert list(error.value.error_dict) == ["text"]


def test_the_name_stays_when_the_account_is_deleted(cell: Cell, outsider: User) -> None:
    author = factories.make_member(cell.project, "viewer", "mara", first_name="Mara", last_name="Weber")
    write_comment(cell, "a", by=author)
    author.delete()
    comment = Comment.objects.get()
    assert comment.author is None
    assert get_author_name(comment, outsider) == "Mara Weber"


def test_comments_go_with_their_records(cell: Cell, project: Project) -> None:
    measurement = factories.make_measurement(cell)
    write_comment(measurement, "a", by=None)
    measurement.cell = factories.make_cell(project)
    save_measurement(measurement, by=None)
    assert Comment.objects.get().cell == measurement.cell
    delete_record(measurement, by=None)
    assert not Comment.objects.exists()


def test_a_cell_is_found_by_its_comments(cell: Cell) -> None:
    comment = write_comment(cell, "humidified", by=None)
    assert "humidified" in SearchDocument.objects.get(kind="cell", record=cell.pk).tokens
    delete_comment(comment, by=None)
    assert "humidified" not in SearchDocument.objects.get(kind="cell", record=cell.pk).tokens
