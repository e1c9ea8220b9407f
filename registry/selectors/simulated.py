"""Simulated cells and groups of them, which are listed only where they are asked for."""

from django.db.models import Exists, OuterRef, QuerySet

from registry.models import Cell, CellGroup, CellOrigin, GroupMember


def measured_cells(cells: QuerySet[Cell]) -> QuerySet[Cell]:
    """These cells without the simulated ones."""
    return cells.exclude(origin=CellOrigin.SIMULATED)


def with_simulated_members(groups: QuerySet[CellGroup]) -> QuerySet[CellGroup]:
    """These groups, `is_simulated` if any of their cells is simulated."""
    members = GroupMember.objects.filter(group=OuterRef("pk"), cell__origin=CellOrigin.SIMULATED)
    return groups.annotate(is_simulated=Exists(members))
