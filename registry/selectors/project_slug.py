"""Projects by their slug, also by an earlier one: saved tables and links survive that a project gets another slug.

The slugs that a project had are in its history. While it exists, no other project can take one of them.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from registry.models import Project
from registry.models.visibility import AnyUser


def projects_named(slugs: Collection[str]) -> QuerySet[Project]:
    """The projects that have one of these slugs, or had it if no project has it now."""
    earlier = Project.history.filter(slug__in=slugs).exclude(slug__in=Project.objects.order_by().values("slug"))
    return Project.objects.order_by().filter(Q(slug__in=slugs) | Q(pk__in=earlier.order_by().values("id")))


def in_projects(path: str, slugs: Collection[str]) -> Q:
    """The condition on rows that their project, at the path of its slug, is one of these."""
    return Q(**{f"{path.removesuffix('__slug')}__in": projects_named(slugs).values("pk")})


def get_current_slugs(slugs: Iterable[str], user: AnyUser) -> dict[str, str]:
    """The slug that each of these has now, of those that are earlier slugs of a project the user may see."""
    current: dict[str, str] = {}
    visible = Project.objects.visible_to(user)
    for slug in slugs:
        project = visible.filter(pk__in=projects_named([slug]).values("pk")).first()
        if project is not None:
            current[slug] = project.slug
    return current
