"""Nominally identical cells by their recipe, which no group of replicates holds yet."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, F, Window

from registry.models import Cell, CellGroup, GroupKind, GroupMember, Layer, Project
from registry.models.visibility import AnyUser
from registry.selectors.query.primary_key_in import PrimaryKeyIn

FEWEST = 2
MOST_CELLS = 2000
SHARED = ("project_id", "configuration_key", "format", "origin")
TOLERANCE = 0.05
"""Relative difference of two numbers of a recipe up to which cells are built alike."""
CELL_NUMBERS = ("fabrication_pressure_mpa", "repeat_units")
LAYER_NUMBERS = ("mass_loading_mg_cm2", "area_cm2", "thickness_um")


@dataclass(frozen=True)
class BuiltAlike:
    """Cells of one project with the same layers, whose numbers differ by 5 % at most."""

    project: Project
    cells: Sequence[Cell]
    group: CellGroup | None = None
    """The group of replicates that contains some of them already."""

    @property
    def label(self) -> str:
        """Title of the set: the configuration, or the label of the first cell if there is none."""
        return self.cells[0].configuration or self.cells[0].label


def find_built_alike(user: AnyUser, *, project: str = "") -> list[BuiltAlike]:
    """Return sets of two or more nominally identical cells that are not together in one group of replicates.

    They are of one project, format and origin, and have the same materials or formulations in the same layers. Each
    number of the recipe (loading, area, thickness, fabrication pressure, repeat units) is missing in both or differs
    by 5 % at most between any two of them. The 2,000 cells entered last that share their configuration with another
    are compared.

    Parameters
    ----------
    user
        Who must be able to see the cells.
    project : str, optional
        Slug of the only project to look at.
    """
    cells = Cell.objects.visible_to(user).exclude(origin="literature").exclude(configuration="")
    cells = cells.filter(project__slug=project) if project else cells
    same = Window(Count("pk"), partition_by=[F(name) for name in SHARED])
    several = cells.annotate(same=same).filter(same__gte=FEWEST).select_related("project").prefetch_related("layers")
    by_key: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in reversed(several.order_by("-pk")[:MOST_CELLS]):
        by_key[tuple(getattr(cell, name) for name in SHARED)].append(cell)
    return _ungrouped([alike for members in by_key.values() for alike in _sets(members)], user)


def _sets(cells: Sequence[Cell]) -> list[BuiltAlike]:
    """Return the sets of cells each of which is built like all others of its set."""
    sets: list[list[Cell]] = []
    for cell in cells:
        fitting = next((members for members in sets if all(is_built_like(cell, member) for member in members)), None)
        if fitting is None:
            sets.append([cell])
        else:
            fitting.append(cell)
    return [BuiltAlike(members[0].project, members) for members in sets if len(members) >= FEWEST]


def is_built_like(cell: Cell, other: Cell) -> bool:
    """Return whether two cells have the same layers and about the same numbers."""
    first, second = list(cell.layers.all()), list(other.layers.all())
    return (
        len(first) == len(second)
        and all(_is_about(getattr(cell, name), getattr(other, name)) for name in CELL_NUMBERS)
        and all(map(_is_same_layer, first, second))
    )


def _is_same_layer(layer: Layer, other: Layer) -> bool:
    parts = ("position", "role", "material_id", "formulation_id")
    return all(getattr(layer, name) == getattr(other, name) for name in parts) and all(
        _is_about(getattr(layer, name), getattr(other, name)) for name in LAYER_NUMBERS
    )


def _is_about(number: float | None, other: float | None) -> bool:
    if number is None or other is None:
        return number is other
    return abs(number - other) <= TOLERANCE * max(abs(number), abs(other))


def _ungrouped(sets: Sequence[BuiltAlike], user: AnyUser) -> list[BuiltAlike]:
    """Return the sets that are not wholly in one group of replicates, with the group that contains most of each."""
    groups = CellGroup.objects.visible_to(user).filter(kind=GroupKind.REPLICATES)
    pks = [cell.pk for alike in sets for cell in alike.cells]
    members = GroupMember.objects.filter(PrimaryKeyIn("cell_id", pks), group__in=groups).select_related("group")
    by_cell: dict[int, list[CellGroup]] = defaultdict(list)
    for member in members.order_by("group_id"):
        by_cell[member.cell_id].append(member.group)
    result = []
    for alike in sets:
        held = Counter(group for cell in alike.cells for group in by_cell[cell.pk])
        group, count = held.most_common(1)[0] if held else (None, 0)
        if count < len(alike.cells):
            result.append(replace(alike, group=group))
    return result
