"""Reads about projects."""

from django.db.models import Q, QuerySet

from registry.models import Project


def projects_linking_to(project: Project) -> QuerySet[Project]:
    """Other projects with a record that uses a record of this one."""
    linked = (
        Q(cells__publication__project=project)
        | Q(cells__layers__material__project=project)
        | Q(cells__layers__formulation__project=project)
        | Q(cells__measurements__setup__project=project)
        | Q(materials__variant_of__project=project)
        | Q(formulations__ingredients__material__project=project)
    )
    return Project.objects.filter(linked).exclude(pk=project.pk).distinct()
