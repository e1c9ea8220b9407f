"""Starting a project."""

from django.db import transaction

from registry.models import Membership, Project, Role
from registry.services.permissions import Actor
from registry.services.record import save_record


@transaction.atomic
def create_project(project: Project, *, by: Actor, reason: str = "") -> Project:
    """Save a new project; whoever starts it owns it."""
    save_record(project, by=by, reason=reason)
    if by is not None:
        membership = Membership(project=project, user=by, role=Role.OWNER)
        # Nobody owns the project yet, so nobody could be asked.
        save_record(membership, by=None, reason="started the project")
    return project
