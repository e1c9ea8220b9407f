"""Tags in use, for suggestions and facets."""

from dataclasses import dataclass

from django.db.models import Count, Min

from registry.models import Project, Tag
from registry.models.visibility import AnyUser
from registry.text.cleaning import name_key

MOST_SUGGESTIONS = 8


@dataclass(frozen=True)
class TagInUse:
    """A tag of a project, with the number of its cells that have it."""

    name: str
    count: int


def suggest_tags(text: str, user: AnyUser, *, project: Project) -> list[TagInUse]:
    """Tags in use in a project that contain this text, the most used first."""
    tags = Tag.objects.visible_to(user).filter(cell__project=project, name_key__contains=name_key(text))
    counted = tags.order_by().values("name_key").annotate(name=Min("name"), count=Count("pk"))
    rows = counted.order_by("-count", "name_key")[:MOST_SUGGESTIONS]
    return [TagInUse(row["name"], row["count"]) for row in rows]
