"""Save groups of cells with their members."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Cell, CellGroup, GroupKind, GroupMember
from registry.services.permissions import Actor, require_editor
from registry.services.record import replace_children, save_record
from registry.services.runs.groups import update_groups
from registry.services.search.updates import collect_updates


@transaction.atomic
@collect_updates()
def save_group(group: CellGroup, members: Sequence[GroupMember], *, by: Actor, reason: str = "") -> CellGroup:
    """Save a group with all its cells, in order, and check its results."""
    save_record(group, by=by, reason=reason)
    replace_children(group.members, members, parent={"group": group}, by=by, reason=reason)
    update_groups([group.pk], by=by)
    return group


@transaction.atomic
@collect_updates()
def group_replicates(cells: Sequence[Cell], *, by: Actor) -> CellGroup:
    """Save a group of replicates of these cells, in their order, named after the first; check its results.

    Raises
    ------
    ValidationError
        If there are fewer than two cells, or they are of several projects.
    PermissionDenied
        If the actor is not an editor of their project.
    """
    if len(cells) < 2 or len({cell.project_id for cell in cells}) > 1:
        raise ValidationError("Replicates must be two or more cells of one project.", code="replicates")
    first = cells[0]
    require_editor(first.project, by)
    slug, name = f"replicates-of-{first.refcode.lower()}", f"Replicates of {first.label}"
    earlier = CellGroup.objects.filter(project=first.project, slug__startswith=slug).count()
    slug += f"-{earlier + 1}" if earlier else ""
    group = CellGroup(project=first.project, slug=slug, name=name[:200], kind=GroupKind.REPLICATES)
    members = [GroupMember(position=position, cell=cell) for position, cell in enumerate(cells, start=1)]
    return save_group(group, members, by=by)
