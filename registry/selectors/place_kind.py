"""Kinds of places of the values that a user sees: peaks, cycles, layers."""

from typing import Any

from registry.models import GroupValue, Value
from registry.models.visibility import AnyUser

PLACED = (GroupValue, Value)


def is_place_kind(kind: str, user: AnyUser) -> bool:
    """Whether any visible value of a group or a cell has a place that counts this, such as a peak."""
    placed: list[Any] = [model.objects.visible_to(user).filter(at_kind=kind) for model in PLACED]
    return any(values.filter(at_number__isnull=False).exists() for values in placed)


def list_place_kinds(user: AnyUser) -> list[str]:
    """Kinds of places of all visible values, in alphabetical order."""
    placed: list[Any] = [model.objects.filter(at_number__isnull=False).order_by() for model in PLACED]
    kinds = {kind for values in placed for kind in values.values_list("at_kind", flat=True).distinct()}
    # Each kind is looked up by itself: a join of all values with their projects takes many times as long.
    return sorted(kind for kind in kinds if is_place_kind(kind, user))
