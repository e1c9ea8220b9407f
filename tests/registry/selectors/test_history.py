"""Who changed what."""

from django.contrib.auth.models import User

from registry.models import Cell, Layer, Project
from registry.selectors.history import changes
from registry.services.record import record_save
from tests import factories


def test_tells_each_change_with_its_author_newest_first(project: Project, colleague: User) -> None:
    cell = factories.make_cell(project, label="first")
    cell.label = "second"
    record_save(cell, by=colleague, reason="mistyped")
    newest, oldest = changes(cell)
    assert (newest.by, newest.kind, newest.reason) == ("colleague", "changed", "mistyped")
    assert [(one.name, one.before, one.after) for one in newest.fields] == [("label", "first", "second")]
    assert (oldest.by, oldest.kind, oldest.fields) == ("", "entered", ())


def test_tells_the_history_of_parts_with_it(project: Project) -> None:
    cell = factories.make_pellet(project)
    assert "layer 1" in {change.what for change in changes(cell, [(Layer, "cell")])}
    assert "layer 1" not in {change.what for change in changes(Cell.objects.get())}


def test_costs_one_query_a_kind_of_record(project: Project, django_assert_num_queries: object) -> None:
    cell = factories.make_pellet(project)
    with django_assert_num_queries(2):  # type: ignore[operator]
        changes(cell, [(Layer, "cell")])
