"""Saving and deleting a record: permission, validation, history and staleness in one place."""

from collections.abc import Sequence
from typing import TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction

from registry.models import Formulation, Ingredient, Project, refuse_fractions_that_do_not_add_up
from registry.models.project import Visibility
from registry.models.record import Record, Scoped
from registry.services import staleness

R = TypeVar("R", bound=Record)
Actor = User | None
"""Who writes; None is the command line, which may write anything."""


def require_editor(project: Project, by: Actor) -> None:
    """Raise PermissionDenied unless the actor is an editor or owner of the project."""
    if by is None or Project.objects.editable_by(by).filter(pk=project.pk).exists():
        return
    raise PermissionDenied(f"You are not an editor of the project ‘{project}’.")


def require_owner(project: Project, by: Actor) -> None:
    """Raise PermissionDenied unless the actor owns the project."""
    if by is None or (by.is_active and by.is_superuser):
        return
    if not project.memberships.filter(user=by, role="owner").exists():
        raise PermissionDenied(f"Only an owner of the project ‘{project}’ may change who sees it and who its members are.")


def require_permission(record: Scoped, by: Actor) -> None:
    """Raise PermissionDenied unless the actor may write this record where it is and where it was."""
    from registry.models import Membership

    if isinstance(record, Project):
        if record.pk:
            require_owner(record, by)
        elif by is not None and not by.is_active:
            raise PermissionDenied("Your account is not active.")
        return
    require = require_owner if isinstance(record, Membership) else require_editor
    require(record.owning_project(), by)
    if record.pk:
        before = type(record).objects.filter(pk=record.pk).first()
        if before is not None and before.owning_project() != record.owning_project():
            require(before.owning_project(), by)


@transaction.atomic
def record_save(record: R, *, by: Actor, reason: str = "") -> R:
    """Validate and save one record with its history; mark what was computed from it."""
    require_permission(record, by)
    record.full_clean()
    if isinstance(record, Project):
        _refuse_closing_what_others_use(record)
    cells_before = list(record.affected_cells()) if record.pk else []
    _save_with_history(record, by=by, reason=reason)
    staleness.mark({*cells_before, *record.affected_cells()})
    return record


@transaction.atomic
def record_delete(record: Record, *, by: Actor, reason: str = "") -> None:
    """Delete a record nothing else refers to; its history stays."""
    require_permission(record, by)
    cells = list(record.affected_cells())
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    try:
        record.delete()
    except models.ProtectedError as error:
        users = sorted({str(user) for user in error.protected_objects})
        shown = ", ".join(users[:5]) + (f" and {len(users) - 5} more" if len(users) > 5 else "")
        raise ValidationError(f"‘{record}’ is in use by {shown}: change those first.", code="in_use") from error
    staleness.mark({cell for cell in cells if type(cell).objects.filter(pk=cell.pk).exists()})


@transaction.atomic
def formulation_save(
    formulation: Formulation, ingredients: Sequence[Ingredient], *, by: Actor, reason: str = ""
) -> Formulation:
    """Save a formulation with all its ingredients, whose fractions must be able to add up."""
    refuse_fractions_that_do_not_add_up(list(ingredients))
    record_save(formulation, by=by, reason=reason)
    replace_children(formulation.ingredients, ingredients, parent={"formulation": formulation}, by=by, reason=reason)
    staleness.mark(formulation.affected_cells())
    return formulation


def replace_children(
    manager: models.Manager, children: Sequence[Record], *, parent: dict[str, Record], by: Actor, reason: str
) -> None:
    """Make `children` (each with a position) all there is: save those given, delete the others."""
    positions = [child.position for child in children]  # type: ignore[attr-defined]
    if twice := sorted({position for position in positions if positions.count(position) > 1}):
        raise ValidationError(f"Two entries have the position {twice[0]}: each needs its own.", code="position")
    kept = [child.pk for child in children if child.pk]
    for gone in manager.exclude(pk__in=kept):
        _delete_with_history(gone, by=by, reason=reason)
    rows = manager.filter(pk__in=kept)
    rows.shift_without_history(position=models.F("position") + 10_000)
    before = {row.pk: row for row in rows}
    for child in children:
        for name, record in parent.items():
            setattr(child, name, record)
        child.full_clean()
        unchanged = child.pk and _same_fields(child, before.get(child.pk))
        if unchanged:
            manager.filter(pk=child.pk).shift_without_history(position=child.position)  # type: ignore[attr-defined]
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


def _delete_with_history(record: Record, *, by: Actor, reason: str) -> None:
    record._history_user = by  # type: ignore[attr-defined]
    record._change_reason = reason  # type: ignore[attr-defined]
    record.delete()


def _refuse_closing_what_others_use(project: Project) -> None:
    """A project may not become less open than a project whose records link into it."""
    from registry.selectors.project import projects_linking_to

    if not project.pk:
        return
    for other in projects_linking_to(project):
        if not project.shows_to_all_who_see(other):
            openness = Visibility(other.visibility).label.lower()
            raise ValidationError(
                {"visibility": f"Records of ‘{other}’ ({openness}) use records of this project, so it must stay as open."}
            )
