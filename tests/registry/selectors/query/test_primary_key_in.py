"""Lookup of many primary keys at once, on every supported database."""

import pytest

from registry.models import Cell, Project, Value
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from tests import factories


@pytest.fixture
def cells(project: Project) -> list[Cell]:
    return [factories.make_pellet(project) for _ in range(3)]


def test_matches_the_same_rows_as_in(cells: list[Cell]) -> None:
    pks = [cells[0].pk, cells[2].pk]
    assert list(Cell.objects.filter(PrimaryKeyIn("id", pks)).order_by("pk")) == [cells[0], cells[2]]
    assert list(Cell.objects.exclude(PrimaryKeyIn("id", pks))) == [cells[1]]


def test_follows_relations_and_combines_with_other_conditions(cells: list[Cell]) -> None:
    matching = Cell.objects.filter(
        PrimaryKeyIn("layers__cell_id", [cell.pk for cell in cells]), refcode=cells[1].refcode
    )
    assert list(matching) == [cells[1]]


@pytest.mark.usefixtures("cells")
def test_an_empty_list_matches_nothing() -> None:
    assert not Cell.objects.filter(PrimaryKeyIn("id", [])).exists()
    assert not Value.objects.filter(PrimaryKeyIn("measurement_id", [None])).exists()


def test_accepts_more_keys_than_a_database_accepts_parameters(cells: list[Cell]) -> None:
    assert Cell.objects.filter(PrimaryKeyIn("id", range(300_000))).count() == len(cells)
