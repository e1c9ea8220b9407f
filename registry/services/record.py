"""Saving and deleting a record: permission, validation, history and staleness in one place."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from registry.models import (
    Formulation,
    Ingredient,
    Layer,
    Material,
    Membership,
    Project,
    Role,
    check_fractions_add_up,
)
from registry.models.project import owning_project
from registry.models.record import Record, Scoped
from registry.models.visibility import Visibility
from registry.selectors.affected_cells import affected_cells
from registry.selectors.project import list_projects_used_by, list_projects_using
from registry.services import staleness
from registry.services.configuration import update_configurations
from registry.services.permissions import Actor, require_permission

R = TypeVar("R", bound=Record)


@transaction.atomic
def save_record(record: R, *, by: Actor, reason: str = "") -> R:
    """Validate and save one record with its history; mark what was computed from it."""
    require_permission(record, by)
    record.full_clean()
    if isinstance(record, Membership) and record.pk and record.role != Role.OWNER:
        _refuse_losing_the_last_owner(record)
    cells_before = list(affected_cells(record)) if record.pk else []
    is_new = not record.pk
    _save_with_history(record, by=by, reason=reason)
    if not is_new:
        refuse_hidden_links(record, by=by)
    cells = {*cells_before, *affected_cells(record)}
    if isinstance(record, Material | Formulation | Layer):
        update_configurations(cells, by=by, reason=f"‘{record}’ changed")
    staleness.mark_stale(cells)
    return record


@transaction.atomic
def delete_record(record: Record, *, by: Actor, reason: str = "") -> None:
    """Delete a record nothing else refers to; its history stays."""
    require_permission(record, by)
    if isinstance(record, Membership):
        _refuse_losing_the_last_owner(record)
    cells = list(affected_cells(record))
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    try:
        record.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        users = error.protected_objects if isinstance(error, models.ProtectedError) else error.restricted_objects
        shown = _listed(users, by)
        raise ValidationError(f"‘{record}’ is in use by {shown}: change those first.", code="in_use") from error
    staleness.mark_stale({cell for cell in cells if type(cell).objects.filter(pk=cell.pk).exists()})


def _listed(users: Iterable[models.Model], by: Actor) -> str:
    """Name what the actor may see, and count the rest."""
    seen = sorted({str(user) for user in users if _may_see(user, by)})
    hidden = sum(not _may_see(user, by) for user in users)
    shown = seen[:5] + ([f"{len(seen) - 5} more"] if len(seen) > 5 else [])
    return " and ".join([", ".join(shown)] * bool(shown) + [f"{hidden} in projects you do not see"] * bool(hidden))


def _may_see(record: models.Model, by: Actor) -> bool:
    if by is None or not isinstance(record, Scoped):
        return True
    return type(record).objects.visible_to(by).filter(pk=record.pk).exists()


@transaction.atomic
def save_formulation(
    formulation: Formulation, ingredients: Sequence[Ingredient], *, by: Actor, reason: str = ""
) -> Formulation:
    """Save a formulation with all its ingredients, whose fractions must be able to add up."""
    check_fractions_add_up(list(ingredients))
    save_record(formulation, by=by, reason=reason)
    replace_children(formulation.ingredients, ingredients, parent={"formulation": formulation}, by=by, reason=reason)
    staleness.mark_stale(affected_cells(formulation))
    return formulation


def replace_children(
    manager: Any, children: Sequence[Record], *, parent: dict[str, Record], by: Actor, reason: str
) -> None:
    """Make `children` (each with a position) all there is: save those given, delete the others."""
    positions = [child.position for child in children]  # type: ignore[attr-defined]
    if twice := sorted({position for position in positions if positions.count(position) > 1}):
        raise ValidationError(f"Two entries have the position {twice[0]}: each needs its own.", code="position")
    kept = [child.pk for child in children if child.pk]
    for gone in manager.exclude(pk__in=kept):
        _delete_with_history(gone, by=by, reason=reason)
    rows = manager.filter(pk__in=kept)
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
    same_place = child.position == before.position - 10_000  # type: ignore[attr-defined]
    return same_place and all(getattr(child, name) == getattr(before, name) for name in names)


def _save_with_history(record: Record, *, by: Actor, reason: str) -> None:
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise ValidationError(
            f"‘{record}’ could not be saved: somebody else saved the same at the same moment. Reload and try again.",
            code="conflict",
        ) from error


def write_record(record: R, *, by: Actor, reason: str = "") -> R:
    """Validate and save, for a service that asked for permission before and marks what rests on the record after."""
    record.full_clean()
    _save_with_history(record, by=by, reason=reason)
    return record


def _delete_with_history(record: Record, *, by: Actor, reason: str) -> None:
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    record.delete()


def _refuse_losing_the_last_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(project=membership.project, role=Role.OWNER)
    if owners.filter(pk=membership.pk).exists() and owners.count() == 1:
        raise ValidationError(
            {"role": f"‘{membership.user}’ is the last owner of ‘{membership.project}’: name another one first."}
        )


def refuse_hidden_links(record: Record, *, by: Actor) -> None:
    """Raise unless everyone who sees a record sees what it uses, wherever it has moved and however open it now is."""
    project = owning_project(record)
    field = "visibility" if isinstance(record, Project) else "project"
    for used in list_projects_used_by(record):
        if not used.shows_to_all_who_see(project):
            raise ValidationError(
                {field: f"‘{record}’ uses records of {_named(used, by)}, which fewer people may see: open it first."}
            )
    for user in list_projects_using(record):
        if not project.shows_to_all_who_see(user):
            raise ValidationError(
                {field: f"Records of {_named(user, by)} use ‘{record}’: it must stay as open as they are."}
            )


def _named(project: Project, by: Actor) -> str:
    openness = Visibility(project.visibility).label.lower()
    return f"‘{project}’ ({openness})" if _may_see(project, by) else "a project you do not see"
