"""Write permissions, checked by every service before it writes."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from registry.models import Membership, Project
from registry.models.project import owning_project
from registry.models.record import Scoped
from registry.selectors.project import get_role

Actor = User | None
"""The user who makes a change; None is the command line, which may change anything."""


def require_editor(project: Project, by: Actor) -> None:
    """Raise PermissionDenied unless the actor is an editor or owner of the project."""
    if by is None or Project.objects.editable_by(by).filter(pk=project.pk).exists():
        return
    raise PermissionDenied(f"You are not an editor of the project ‘{project}’.")


def require_member(project: Project, by: Actor) -> None:
    """Raise PermissionDenied unless the actor has a role in the project, whichever it is."""
    if by is None or get_role(project, by) is not None:
        return
    raise PermissionDenied(f"You are not a member of the project ‘{project}’.")


def require_owner(project: Project, by: Actor) -> None:
    """Raise PermissionDenied unless the actor owns the project."""
    if by is None or (by.is_active and by.is_superuser):
        return
    if not project.memberships.filter(user=by, role="owner").exists():
        raise PermissionDenied(f"Only an owner of the project ‘{project}’ can change its visibility and members.")


def require_permission(record: Scoped, by: Actor) -> None:
    """Raise PermissionDenied unless the actor may edit this record, in its current and its previous project."""
    if isinstance(record, Project):
        if record.pk:
            require_owner(record, by)
        elif by is not None and not by.is_active:
            raise PermissionDenied("Your account is inactive: ask an administrator to activate it.")
        return
    require = require_owner if isinstance(record, Membership) else require_editor
    require(owning_project(record), by)
    if record.pk:
        before = type(record).objects.filter(pk=record.pk).first()
        if before is not None and owning_project(before) != owning_project(record):
            require(owning_project(before), by)
