"""Simulated cells and groups of them, which are listed only where they are asked for."""

from django.db.models import Exists, OuterRef, Q

from registry.models import CellOrigin, GroupMember

OF_SIMULATED_CELL = Q(cell__origin=CellOrigin.SIMULATED)
"""Condition on records of a cell."""


def has_simulated_member() -> Exists:
    """Condition on groups that any of their cells is simulated."""
    return Exists(GroupMember.objects.filter(OF_SIMULATED_CELL, group=OuterRef("pk")))
