"""Keep the configuration of each cell in sync with its layers and the names of their materials."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from registry.models import Cell, build_configuration


def update_configurations(cells: Iterable[Cell], *, by: User | None, reason: str) -> None:
    """Save the configurations that changed; the caller has checked the permission for the underlying change."""
    pks = [cell.pk for cell in cells]
    cells_with_layers = Cell.objects.filter(pk__in=pks).prefetch_related("layers__material", "layers__formulation")
    for cell in cells_with_layers.order_by("pk"):
        configuration = build_configuration(sorted(cell.layers.all(), key=lambda layer: layer.position))
        if configuration != cell.configuration:
            cell.configuration = configuration
            cell._history_user = by
            cell._change_reason = reason
            cell.save()
