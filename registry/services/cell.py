"""Save and copy cells with their layers."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from registry.models import Cell, Layer
from registry.services.configuration import update_configurations
from registry.services.drafts.draft import place_waiting_drafts
from registry.services.permissions import Actor
from registry.services.record import replace_children, save_record
from registry.services.runs.queue import update_results
from registry.services.search.updates import collect_updates
from registry.services.tag import save_tags


@transaction.atomic
@collect_updates()
def save_cell(
    cell: Cell,
    layers: Sequence[Layer] | None,
    *,
    by: Actor,
    reason: str = "",
    tags: Sequence[str] | None = None,
) -> Cell:
    """Save a cell with all its layers, in order, and all its tags, and update its configuration; those that are None
    do not change."""
    save_record(cell, by=by, reason=reason)
    if isinstance(by, User):
        place_waiting_drafts(cell, by=by)
    if tags is not None:
        save_tags(cell, tags, by=by, reason=reason)
    if layers is None:
        return cell
    replace_children(cell.layers, layers, parent={"cell": cell}, by=by, reason=reason)
    update_configurations([cell], by=by, reason=reason or "layers changed")
    cell.refresh_from_db(fields=["configuration"])
    update_results([cell], by=by)
    return cell


def copy_cell(cell: Cell) -> tuple[Cell, list[Layer]]:
    """Return an unsaved copy of a cell and its layers, without refcode, label, assembly date, failure and notes."""
    layers = list(cell.layers.order_by("position"))
    copy = Cell.objects.get(pk=cell.pk)
    copy.pk, copy.refcode, copy.label, copy.assembled_on, copy.failure, copy.notes = None, "", "", None, "", ""
    copy._state.adding = True
    for layer in layers:
        layer.pk, layer.cell_id = None, None
        layer._state.adding = True
    return copy, layers
