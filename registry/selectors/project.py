"""Reads about projects: which link to which."""

from collections.abc import Iterable

from django.db.models import Model

from registry.models import Cell, ColumnMapping, Formulation, HardwareSetup, Material, Project, Publication

USES: dict[type[Model], tuple[str, ...]] = {
    Cell: (
        "publication__project",
        "values__publication__project",
        "layers__material__project",
        "layers__formulation__project",
        "measurements__setup__project",
        "measurements__datasets__mapping__project",
    ),
    Formulation: ("ingredients__material__project",),
    Material: ("variant_of__project",),
}
"""Paths from a record to the projects of what it uses."""
USED_BY: dict[type[Model], tuple[str, ...]] = {
    Material: ("layers__cell__project", "ingredients__formulation__project", "variants__project"),
    Formulation: ("layers__cell__project",),
    HardwareSetup: ("measurements__cell__project",),
    ColumnMapping: ("datasets__measurement__cell__project",),
    Publication: ("cells__project", "values__cell__project"),
}
"""Paths from a record to the projects of what uses it."""
OF_PROJECT: dict[type[Model], str] = {
    Cell: "cells",
    Formulation: "formulations",
    Material: "materials",
    HardwareSetup: "hardwaresetups",
    ColumnMapping: "columnmappings",
    Publication: "publications",
}


def list_projects_used_by(record: Model) -> set[Project]:
    """Projects of the records that this record, or a record of this project, uses."""
    return _projects_at(record, USES)


def list_projects_using(record: Model) -> set[Project]:
    """Projects of the records that use this record, or a record of this project."""
    return _projects_at(record, USED_BY)


def _projects_at(record: Model, paths: dict[type[Model], tuple[str, ...]]) -> set[Project]:
    if isinstance(record, Project):
        wanted = [f"{OF_PROJECT[model]}__{path}" for model, some in paths.items() for path in some]
    else:
        wanted = list(paths.get(type(record), ()))
    return {project for path in wanted for project in _at(record, path)}


def _at(record: Model, path: str) -> Iterable[Project]:
    found = type(record)._default_manager.filter(pk=record.pk).values(path)
    return Project.objects.filter(pk__in=found)
