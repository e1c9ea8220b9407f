"""Projects linked to each other through their records, and the role of a user in a project."""

from collections.abc import Iterable

from django.db.models import Model, OuterRef, Subquery

from registry.models import (
    Cell,
    CellGroup,
    ColumnMapping,
    Formulation,
    HardwareSetup,
    Material,
    Membership,
    Project,
    Publication,
    Role,
)
from registry.models.visibility import AnyUser

USES: dict[type[Model], tuple[str, ...]] = {
    Cell: (
        "publication__project",
        "values__publication__project",
        "layers__material__project",
        "layers__formulation__project",
        "measurements__setup__project",
        "measurements__datasets__mapping__project",
    ),
    CellGroup: ("members__cell__project",),
    Formulation: ("ingredients__material__project",),
    Material: ("variant_of__project",),
}
"""Lookups from a record to the projects of the records it uses."""
USED_BY: dict[type[Model], tuple[str, ...]] = {
    Cell: ("group_memberships__group__project",),
    Material: ("layers__cell__project", "ingredients__formulation__project", "variants__project"),
    Formulation: ("layers__cell__project",),
    HardwareSetup: ("measurements__cell__project",),
    ColumnMapping: ("datasets__measurement__cell__project",),
    Publication: ("cells__project", "values__cell__project"),
}
"""Lookups from a record to the projects of the records that use it."""
RELATED_NAMES: dict[type[Model], str] = {
    Cell: "cells",
    CellGroup: "cellgroups",
    Formulation: "formulations",
    Material: "materials",
    HardwareSetup: "hardwaresetups",
    ColumnMapping: "columnmappings",
    Publication: "publications",
}


def get_role(project: Project, user: AnyUser) -> Role | None:
    """The role of a user in a project; administrators are owners of all."""
    if not user.is_authenticated or user.is_superuser:
        return role_of(user, None)
    return role_of(user, Membership.objects.filter(project=project, user=user).values_list("role", flat=True).first())


def role_of(user: AnyUser, membership: str | None) -> Role | None:
    """The role of a user whose membership in a project has this role; administrators are owners of all."""
    if not (user.is_authenticated and user.is_active):
        return None
    if user.is_superuser:
        return Role.OWNER
    return Role(membership) if membership else None


def membership_role(user: AnyUser) -> Subquery:
    """The role of the membership of a user, to annotate records of a project with."""
    return Subquery(Membership.objects.filter(project=OuterRef("project"), user=user.pk).values("role")[:1])


def list_projects_used_by(record: Model) -> set[Project]:
    """Projects of the records that this record, or a record of this project, uses."""
    return _linked_projects(record, USES)


def list_projects_using(record: Model) -> set[Project]:
    """Projects of the records that use this record, or a record of this project."""
    return _linked_projects(record, USED_BY)


def _linked_projects(record: Model, paths: dict[type[Model], tuple[str, ...]]) -> set[Project]:
    if isinstance(record, Project):
        lookups = [f"{RELATED_NAMES[model]}__{path}" for model, of_model in paths.items() for path in of_model]
    else:
        lookups = list(paths.get(type(record), ()))
    return {project for lookup in lookups for project in _list_projects(record, lookup)}


def _list_projects(record: Model, lookup: str) -> Iterable[Project]:
    project_pks = type(record)._default_manager.filter(pk=record.pk).values(lookup)
    return Project.objects.filter(pk__in=project_pks)
