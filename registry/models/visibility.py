"""Record visibility, determined by the visibility and members of the project.

Every queryset of records has `visible_to(user)` (registry/models/record.py), which applies `projects_filter`.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import models

AnyUser = User | AnonymousUser


class Visibility(models.TextChoices):
    PRIVATE = "private", "Members only"
    SIGNED_IN = "signed_in", "Every signed-in user"
    PUBLIC = "public", "Everyone"


OPENNESS = {Visibility.PRIVATE: 0, Visibility.SIGNED_IN: 1, Visibility.PUBLIC: 2}


def visibilities_open_to(user: AnyUser) -> list[str]:
    """Return the visibilities at which a user can see projects without being a member."""
    return [Visibility.PUBLIC, Visibility.SIGNED_IN] if user.is_authenticated else [Visibility.PUBLIC]


def projects_filter(path: str, user: AnyUser, *, roles: tuple[str, ...] | None = None) -> models.Q:
    """Return the condition on rows whose project, at `path`, the user may see or has one of the roles in."""
    prefix = f"{path}__" if path else ""
    is_open = models.Q(**{f"{prefix}visibility__in": visibilities_open_to(user)})
    if not user.is_authenticated:
        return is_open if roles is None else models.Q(pk__in=[])
    memberships = user.memberships.all()
    if roles is not None:
        memberships = memberships.filter(role__in=roles)
    is_member = models.Q(**{f"{prefix}pk__in": memberships.values("project")})
    return is_member if roles is not None else is_open | is_member


def was_hidden(rows: type[models.Model], cell: str, user: AnyUser) -> models.Q:
    """Return the condition on rows that the cell at this path was ever in a project the user cannot see, or its project
    ever at a visibility that hid it from the user."""
    cells, projects = _related_model(rows, cell), _related_model(rows, f"{cell}__project")
    earlier = cells.history.filter(id=models.OuterRef(f"{cell}_id"))
    in_hidden_project = earlier.exclude(project__in=projects.objects.visible_to(user).values("pk"))
    less_visible = projects.history.filter(id=models.OuterRef(f"{cell}__project_id")).exclude(
        visibility__in=visibilities_open_to(user)
    )
    member_projects = user.memberships.values("project") if user.is_authenticated else []
    is_member = models.Q(**{f"{cell}__project__in": member_projects})
    return models.Q(models.Exists(in_hidden_project)) | (models.Q(models.Exists(less_visible)) & ~is_member)


def _related_model(model: Any, path: str) -> Any:
    """Return the model at the end of a path of foreign keys."""
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model
    return model
