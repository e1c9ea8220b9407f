import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Cell, Layer, Material, Project
from registry.selectors.built_alike import find_built_alike, is_built_like
from tests import factories


def build(project: Project, material: Material, label: str, thickness: str = "600 µm", **fields: object) -> Cell:
    layer = Layer(position=1, role="sample", material=material, thickness=thickness)
    return factories.make_cell(project, [layer], label=label, **fields)


@pytest.fixture
def material(public_project: Project) -> Material:
    return factories.make_material(public_project, "Sulfide", kind="solid_electrolyte")


def labels(user: object = None) -> list[list[str]]:
    sets = find_built_alike(user or AnonymousUser())  # type: ignore[arg-type]
    return [[cell.label for cell in alike.cells] for alike in sets]


def test_finds_cells_with_the_same_layers_and_about_the_same_numbers(
    public_project: Project, material: Material
) -> None:
    """600 and 620 µm differ by 3 %; 700 µm is another recipe, and so is a cell without a thickness."""
    for label, thickness in (("a", "600 µm"), ("b", "620 µm"), ("c", "700 µm"), ("d", "")):
        build(public_project, material, label, thickness)
    build(public_project, factories.make_material(public_project, "Another"), "e")
    assert labels() == [["a", "b"]]


def test_every_cell_of_a_set_is_like_every_other(public_project: Project, material: Material) -> None:
    """600, 625 and 650 µm: neighbours differ by 4 %, the first and the last by 8 %."""
    for label, thickness in (("a", "600 µm"), ("b", "625 µm"), ("c", "650 µm"), ("d", "655 µm")):
        build(public_project, material, label, thickness)
    assert labels() == [["a", "b"], ["c", "d"]]


def test_the_fabrication_pressure_is_part_of_the_recipe(public_project: Project, material: Material) -> None:
    first, second = (build(public_project, material, x, fabrication_pressure=f"{x} MPa") for x in ("300", "400"))
    assert not is_built_like(first, second)
    assert labels() == []


def test_cells_that_are_grouped_are_not_named_again(public_project: Project, material: Material) -> None:
    cells = [build(public_project, material, label) for label in "ab"]
    group = factories.make_group(public_project, *cells)
    assert labels() == []
    build(public_project, material, "c")
    (alike,) = find_built_alike(AnonymousUser())
    assert (len(alike.cells), alike.group) == (3, group)


def test_cells_of_private_projects_are_for_members(project: Project, viewer: User) -> None:
    material = factories.make_material(project, "Secret")
    for label in "ab":
        build(project, material, label)
    assert labels() == []
    assert labels(viewer) == [["a", "b"]]


def test_costs_the_same_for_two_cells_and_for_many(public_project: Project, material: Material) -> None:
    counts = []
    for number in range(6):
        build(public_project, material, f"cell {number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            find_built_alike(AnonymousUser())
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1
