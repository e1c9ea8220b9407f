"""Save and delete records: permission, validation, history and staleness in one place."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from registry.models import (
    Attachment,
    Cell,
    Comment,
    Formulation,
    Ingredient,
    Layer,
    Material,
    Measurement,
    Membership,
    Project,
    Role,
    check_fractions_add_up,
)
from registry.models.attachment import OWNER_FIELDS
from registry.models.project import owning_project
from registry.models.record import Record
from registry.models.visibility import Visibility
from registry.selectors.project import list_projects_used_by, list_projects_using
from registry.selectors.staleness.affected_cells import affected_cells
from registry.selectors.staleness.affected_groups import affected_groups
from registry.selectors.usage import Usage, blocking_records, can_see, split_visible, usage_name
from registry.services.configuration import update_configurations
from registry.services.permissions import Actor, require_permission
from registry.services.runs.groups import update_groups
from registry.services.runs.queue import update_results
from registry.services.search.updates import collect_updates

R = TypeVar("R", bound=Record)


@transaction.atomic
@collect_updates()
def save_record(record: R, *, by: Actor, reason: str = "", save_parts: Callable[[], None] | None = None) -> R:
    """Validate and save a record with its history; mark the results computed from it.

    `save_parts` saves rows that belong to the record, before its results are marked.
    """
    require_permission(record, by)
    record.full_clean()
    if isinstance(record, Membership) and record.pk and record.role != Role.OWNER:
        _require_another_owner(record)
    cells_before = list(affected_cells(record)) if record.pk else []
    groups = affected_groups(record)
    is_new = not record.pk
    _save_with_history(record, by=by, reason=reason)
    if save_parts:
        save_parts()
    if not is_new:
        refuse_hidden_links(record, by=by)
        _move_attachments(record, by=by)
        _move_comments(record, by=by)
    cells = {*cells_before, *affected_cells(record)}
    if isinstance(record, Material | Formulation | Layer):
        update_configurations(cells, by=by, reason=f"‘{record}’ changed")
    update_results(cells, by=by)
    update_groups(groups, by=by)
    return record


def _move_attachments(record: Record, *, by: Actor) -> None:
    """Keep the attachments of a record, and those of the measurements of a cell, in its project."""
    if type(record) not in OWNER_FIELDS:
        return
    project = owning_project(record)
    attached = Attachment.objects.filter(**{OWNER_FIELDS[type(record)]: record})
    if isinstance(record, Cell):
        attached |= Attachment.objects.filter(measurement__cell=record)
    for attachment in attached.exclude(project=project):
        attachment.project = project
        write_record(attachment, by=by, reason="moved with its record")


def _move_comments(record: Record, *, by: Actor) -> None:
    """Keep the comments on a measurement with its cell."""
    if isinstance(record, Measurement):
        for comment in Comment.objects.filter(measurement=record).exclude(cell=record.cell_id):
            comment.cell = record.cell
            write_record(comment, by=by, reason="moved with its measurement")


@transaction.atomic
@collect_updates()
def delete_record(record: Record, *, by: Actor, reason: str = "") -> None:
    """Delete a record that no other record uses; its history is kept."""
    require_permission(record, by)
    if isinstance(record, Membership):
        _require_another_owner(record)
    cells = list(affected_cells(record))
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    try:
        record.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        names = _format_usage(split_visible(blocking_records(error), by))
        raise ValidationError(f"‘{record}’ is in use by {names}: remove it there first.", code="in_use") from error
    update_results({cell for cell in cells if type(cell).objects.filter(pk=cell.pk).exists()}, by=by)


def _format_usage(usage: Usage) -> str:
    """List the records the actor can see, and count the others."""
    visible = [usage_name(record) for record in usage.records]
    names = visible[:5] + ([f"{len(visible) - 5} more"] if len(visible) > 5 else [])
    hidden = usage.hidden
    return " and ".join([", ".join(names)] * bool(names) + [f"{hidden} in projects you cannot see"] * bool(hidden))


@transaction.atomic
@collect_updates()
def save_formulation(
    formulation: Formulation, ingredients: Sequence[Ingredient], *, by: Actor, reason: str = ""
) -> Formulation:
    """Save a formulation with all its ingredients, after checking the sum of the fractions."""
    check_fractions_add_up(list(ingredients))
    save_record(formulation, by=by, reason=reason)
    replace_children(formulation.ingredients, ingredients, parent={"formulation": formulation}, by=by, reason=reason)
    update_results(list(affected_cells(formulation)), by=by)
    return formulation


def replace_children(
    manager: Any, children: Sequence[Record], *, parent: dict[str, Record], by: Actor, reason: str
) -> None:
    """Replace the children of a record: save these, each with its position, and delete all others."""
    positions = [child.position for child in children]  # type: ignore[attr-defined]
    if duplicates := sorted({position for position in positions if positions.count(position) > 1}):
        raise ValidationError(
            f"Two entries have the position {duplicates[0]}: give each a unique position.", code="position"
        )
    pks = [child.pk for child in children if child.pk]
    for removed in manager.exclude(pk__in=pks):
        delete_part(removed, by=by, reason=reason)
    rows = manager.filter(pk__in=pks)
    rows.update_untracked(position=models.F("position") + 10_000)
    before = {row.pk: row for row in rows}
    for child in children:
        for name, record in parent.items():
            setattr(child, name, record)
        child.full_clean()
        unchanged = child.pk and _same_fields(child, before.get(child.pk))
        if unchanged:
            manager.filter(pk=child.pk).update_untracked(position=child.position)  # type: ignore[attr-defined]
        else:
            _save_with_history(child, by=by, reason=reason)


def _same_fields(child: Record, before: models.Model | None) -> bool:
    if before is None:
        return False
    names = [f.attname for f in child._meta.concrete_fields if f.name != "position"]
    same_position = child.position == before.position - 10_000  # type: ignore[attr-defined]
    return same_position and all(getattr(child, name) == getattr(before, name) for name in names)


def _save_with_history(record: Record, *, by: Actor, reason: str) -> None:
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise ValidationError(
            f"‘{record}’ could not be saved because of a simultaneous change: reload and try again.",
            code="conflict",
        ) from error


def write_record(record: R, *, by: Actor, reason: str = "") -> R:
    """Validate and save only: the calling service checks permissions and marks stale results."""
    record.full_clean()
    _save_with_history(record, by=by, reason=reason)
    return record


def delete_part(record: Record, *, by: Actor, reason: str = "") -> None:
    """Delete only: the calling service checks permissions and marks stale results."""
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    record.delete()


def _require_another_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(project=membership.project, role=Role.OWNER)
    if owners.filter(pk=membership.pk).exists() and owners.count() == 1:
        text = f"‘{membership.user}’ is the last owner of ‘{membership.project}’: add another owner first."
        raise ValidationError({"role": ValidationError(text, code="last-owner")})


def refuse_hidden_links(record: Record, *, by: Actor) -> None:
    """Raise ValidationError unless everyone who can see a record can also see all records it uses."""
    project = owning_project(record)
    field = "visibility" if isinstance(record, Project) else "project"
    for used in list_projects_used_by(record):
        if not used.shows_to_all_who_see(project):
            text = (
                f"‘{record}’ uses records of {_format_project(used, by)}, which is visible to fewer people: widen its "
                "visibility first."
            )
            raise ValidationError({field: ValidationError(text, code="uses-less-visible")})
    for dependent in list_projects_using(record):
        if not project.shows_to_all_who_see(dependent):
            text = (
                f"Records of {_format_project(dependent, by)} use ‘{record}’: it must remain visible to everyone who "
                "can see them."
            )
            raise ValidationError({field: ValidationError(text, code="used-by-more-visible")})


def _format_project(project: Project, by: Actor) -> str:
    visibility = Visibility(project.visibility).label.lower()
    return f"‘{project}’ ({visibility})" if can_see(project, by) else "a project you cannot see"
