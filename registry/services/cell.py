"""Entering cells with their layers."""

from collections.abc import Sequence

from django.db import transaction

from registry.models import Cell, Layer, configuration_of
from registry.services import staleness
from registry.services.record import Actor, record_save, replace_children


@transaction.atomic
def cell_save(cell: Cell, layers: Sequence[Layer], *, by: Actor, reason: str = "") -> Cell:
    """Save a cell with all its layers, in order; the configuration is made from them."""
    record_save(cell, by=by, reason=reason)
    replace_children(cell.layers, layers, parent={"cell": cell}, by=by, reason=reason)
    configuration_update(cell, by=by, reason=reason)
    staleness.mark([cell])
    return cell


def configuration_update(cell: Cell, *, by: Actor, reason: str = "") -> None:
    """Write the configuration anew if the layers' names changed it."""
    layers = list(cell.layers.select_related("material", "formulation").order_by("position"))
    configuration = configuration_of(layers)
    if configuration != cell.configuration:
        cell.configuration = configuration
        record_save(cell, by=by, reason=reason or "layers changed")


def cell_like(cell: Cell) -> tuple[Cell, list[Layer]]:
    """Return an unsaved copy of a cell and its layers, to be changed and saved as a new one."""
    layers = list(cell.layers.order_by("position"))
    copy = Cell.objects.get(pk=cell.pk)
    copy.pk, copy.refcode, copy.label = None, "", ""
    copy._state.adding = True
    for layer in layers:
        layer.pk, layer.cell_id = None, None
        layer._state.adding = True
    return copy, layers
