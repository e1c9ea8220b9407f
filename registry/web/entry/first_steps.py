"""Next steps of a user without cells."""

from dataclasses import dataclass

from registry.models import Cell, Project
from registry.models.visibility import AnyUser


@dataclass(frozen=True)
class FirstSteps:
    """The state of someone's first steps."""

    project: Project | None
    """The first project they may edit; the step before is to create one."""
    is_owner: bool
    has_material: bool


def get_first_steps(user: AnyUser) -> FirstSteps | None:
    """Return the steps of a user without a cell in their projects; None for others, and for those who only view."""
    if not user.is_authenticated:
        return None
    memberships = list(user.memberships.select_related("project").order_by("pk"))
    entered = [item for item in memberships if item.role in ("editor", "owner")]
    if memberships and not entered:
        return None
    projects = [item.project_id for item in entered]
    if Cell.objects.filter(project__in=projects).exists():
        return None
    first = entered[0] if entered else None
    return FirstSteps(
        project=first.project if first else None,
        is_owner=first is not None and first.role == "owner",
        has_material=first is not None and first.project.materials.exists(),
    )
