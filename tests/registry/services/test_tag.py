"""Tags of cells: one whatever its case, in the spelling of its project."""

import unicodedata

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry.models import Cell, MeasurementTag, Project, SearchDocument, Tag
from registry.services.cell import save_cell
from registry.services.measurement import save_measurement
from registry.services.record import delete_record
from registry.services.tag import MOST_TAGS, add_tags, remove_tag, save_tags
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


def names(cell: Cell) -> list[str]:
    return list(cell.tags.values_list("name", flat=True))


def test_tags_are_replaced_added_and_removed(cell: Cell, colleague: User) -> None:
    save_tags(cell, ["series A", " dry room ", "", "Dry Room"], by=colleague)
    assert names(cell) == ["dry room", "series A"]
    kept = cell.tags.get(name="series A").pk
    save_tags(cell, ["SERIES a", "new"], by=colleague)
    assert names(cell) == ["new", "series A"]
    assert cell.tags.get(name="series A").pk == kept
    add_tags(cell, ["b"], by=colleague)
    remove_tag(cell, "NEW", by=colleague)
    remove_tag(cell, "never there", by=colleague)
    assert names(cell) == ["b", "series A"]


def test_a_tag_has_the_spelling_of_its_project(cell: Cell, project: Project, public_project: Project) -> None:
    save_tags(cell, ["Zelle Ä"], by=None)
    same, other = factories.make_cell(project), factories.make_cell(public_project)
    for tagged in (same, other):
        save_tags(tagged, [unicodedata.normalize("NFD", "zelle  ä\u200b")], by=None)
    assert names(same) == ["Zelle Ä"]
    assert names(other) == ["zelle  ä"]


def test_each_change_is_in_the_history(cell: Cell, colleague: User) -> None:
    add_tags(cell, ["a", "b"], by=colleague)
    remove_tag(cell, "a", by=colleague)
    rows = Tag.history.filter(cell_id=cell.pk).order_by("history_id")
    assert [(row.name, row.history_type, row.history_user) for row in rows] == [
        ("a", "+", colleague),
        ("b", "+", colleague),
        ("a", "-", colleague),
    ]


@pytest.mark.parametrize("name", ["a,b", "x" * 41, "two\nlines", "nul\x00"])
def test_a_tag_that_is_wrong_is_refused(cell: Cell, name: str) -> None:
    with pytest.raises(ValidationError) as error:
        add_tags(cell, ["right", name], by=None)
    assert list(error.value.error_dict) == ["tags"]
    assert names(cell) == []


def test_a_cell_has_few_tags(cell: Cell) -> None:
    save_tags(cell, [str(number) for number in range(MOST_TAGS)], by=None)
    with pytest.raises(ValidationError):
        add_tags(cell, ["one more"], by=None)


def test_only_editors_tag(cell: Cell, viewer: User, outsider: User) -> None:
    for user in (viewer, outsider):
        with pytest.raises(PermissionDenied):
            add_tags(cell, ["a"], by=user)
    with pytest.raises(PermissionDenied):
        save_cell(cell, None, by=viewer, tags=["a"])


def test_a_cell_is_found_by_its_tags(cell: Cell) -> None:
    add_tags(cell, ["humidified"], by=None)
    document = SearchDocument.objects.get(kind="cell", record=cell.pk)
    assert " humidified" in document.tokens
    remove_tag(cell, "humidified", by=None)
    document.refresh_from_db()
    assert "humidified" not in document.tokens


def test_tags_go_with_their_cell(cell: Cell) -> None:
    add_tags(cell, ["a"], by=None)
    delete_record(cell, by=None)
    assert not Tag.objects.exists()
    assert Tag.history.filter(history_type="-").count() == 1


def test_tags_of_measurements_share_the_spelling_and_the_search_of_their_project(cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(cell, technique="eis")
    save_tags(cell, ["Dry room"], by=colleague)
    add_tags(measurement, ["DRY ROOM", "Shorted"], by=colleague)
    add_tags(cell, ["shorted"], by=colleague)
    assert names(cell) == ["Dry room", "Shorted"]
    assert list(measurement.tags.values_list("name", flat=True)) == ["Dry room", "Shorted"]
    remove_tag(cell, "shorted", by=colleague)
    for kind in ("cell", "measurement"):
        assert "shorted" in SearchDocument.objects.get(kind=kind).tokens
    remove_tag(measurement, "shorted", by=colleague)
    for kind in ("cell", "measurement"):
        assert "shorted" not in SearchDocument.objects.get(kind=kind).tokens


def test_only_editors_tag_a_measurement_and_its_history_stays(cell: Cell, colleague: User, viewer: User) -> None:
    measurement = factories.make_measurement(cell, technique="eis")
    with pytest.raises(PermissionDenied):
        add_tags(measurement, ["a"], by=viewer)
    with pytest.raises(ValidationError):
        save_tags(measurement, [str(number) for number in range(MOST_TAGS + 1)], by=colleague)
    save_measurement(measurement, by=colleague, tags=["a", "b"])
    save_measurement(measurement, by=colleague)
    assert measurement.tags.count() == 2
    delete_record(measurement, by=colleague)
    assert not MeasurementTag.objects.exists()
    assert MeasurementTag.history.filter(history_type="-").count() == 2
