"""Create projects."""

from django.db import transaction

from registry.models import Membership, Project, Role
from registry.services.permissions import Actor
from registry.services.record import save_record


@transaction.atomic
def create_project(project: Project, *, by: Actor, reason: str = "") -> Project:
    """Save a new project and make its creator the owner."""
    save_record(project, by=by, reason=reason)
    if by is not None:
        membership = Membership(project=project, user=by, role=Role.OWNER)
        # The project has no owner yet, so no user would pass the permission check.
        save_record(membership, by=None, reason="created the project")
    return project
