"""Save groups of cells with their members."""

from collections.abc import Sequence

from django.db import transaction

from registry.models import CellGroup, GroupMember
from registry.services.permissions import Actor
from registry.services.record import replace_children, save_record
from registry.services.runs.groups import update_groups


@transaction.atomic
def save_group(group: CellGroup, members: Sequence[GroupMember], *, by: Actor, reason: str = "") -> CellGroup:
    """Save a group with all its cells, in order, and check its results."""
    save_record(group, by=by, reason=reason)
    replace_children(group.members, members, parent={"group": group}, by=by, reason=reason)
    update_groups([group.pk], by=by)
    return group
