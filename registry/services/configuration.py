"""Keeping each cell's configuration in step with its layers and with the names of what they are made of."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from registry.models import Cell, build_configuration


def update_configurations(cells: Iterable[Cell], *, by: User | None, reason: str) -> None:
    """Write anew the configurations that differ; they follow from what the actor was allowed to change."""
    pks = [cell.pk for cell in cells]
    found = Cell.objects.filter(pk__in=pks).prefetch_related("layers__material", "layers__formulation")
    for cell in found.order_by("pk"):
        configuration = build_configuration(sorted(cell.layers.all(), key=lambda layer: layer.position))
        if configuration != cell.configuration:
            cell.configuration = configuration
            cell._history_user = by
            cell._change_reason = reason
            cell.save()
