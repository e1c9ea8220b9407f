"""Rows of many records at once, on whichever database."""

import pytest

from registry.models import Cell, Project, Value
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from tests import factories


@pytest.fixture
def cells(project: Project) -> list[Cell]:
    return [factories.make_pellet(project) for _ in range(3)]


def test_finds_what_in_finds(cells: list[Cell]) -> None:
    chosen = [cells[0].pk, cells[2].pk]
    assert list(Cell.objects.filter(PrimaryKeyIn("id", chosen)).order_by("pk")) == [cells[0], cells[2]]
    assert list(Cell.objects.exclude(PrimaryKeyIn("id", chosen))) == [cells[1]]


def test_follows_a_relation_and_joins_other_conditions(cells: list[Cell]) -> None:
    found = Cell.objects.filter(PrimaryKeyIn("layers__cell_id", [cell.pk for cell in cells]), refcode=cells[1].refcode)
    assert list(found) == [cells[1]]


@pytest.mark.usefixtures("cells")
def test_none_is_among_none() -> None:
    assert not Cell.objects.filter(PrimaryKeyIn("id", [])).exists()
    assert not Value.objects.filter(PrimaryKeyIn("measurement_id", [None])).exists()


def test_takes_more_keys_than_a_database_takes_parameters(cells: list[Cell]) -> None:
    assert Cell.objects.filter(PrimaryKeyIn("id", range(300_000))).count() == len(cells)
