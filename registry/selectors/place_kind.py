"""Kinds of places of stored values: peaks, cycles, layers."""

from django.db.models import QuerySet

from registry.models import GroupValue, Value


def is_place_kind(kind: str) -> bool:
    """Whether any stored value of a group or a cell has a place that counts this, such as a peak."""
    return any(values.filter(at_kind=kind).exists() for values in _placed_values())


def list_place_kinds() -> list[str]:
    """Kinds of places of all stored values, in alphabetical order."""
    kinds = (values.order_by().values_list("at_kind", flat=True).distinct() for values in _placed_values())
    return sorted({kind for listed in kinds for kind in listed})


def _placed_values() -> tuple[QuerySet[GroupValue], QuerySet[Value]]:
    return GroupValue.objects.filter(at_number__isnull=False), Value.objects.filter(at_number__isnull=False)
