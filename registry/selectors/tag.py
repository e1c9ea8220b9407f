"""Tags in use, for suggestions and lists."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Min, Value

from registry.models import MeasurementTag, Project, Tag
from registry.models.visibility import AnyUser
from registry.text.cleaning import name_key

MOST_SUGGESTIONS = 8


@dataclass(frozen=True)
class TagInUse:
    """A tag of a project, with the numbers of its cells and measurements that have it."""

    name: str
    cells: int
    measurements: int

    @property
    def text(self) -> str:
        """The numbers in words: `2 cells, 1 measurement`."""
        counts = ((self.cells, "cell"), (self.measurements, "measurement"))
        return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)


def suggest_tags(text: str, user: AnyUser, *, project: Project) -> list[TagInUse]:
    """Tags in use in a project that contain this text, the most used first."""
    key = name_key(text)
    names: dict[str, str] = {}
    counts: list[dict[str, int]] = []
    for tags in (
        Tag.objects.visible_to(user).filter(cell__project=project),
        MeasurementTag.objects.visible_to(user).filter(measurement__cell__project=project),
    ):
        matching = tags.filter(name_key__contains=key).order_by().values("name_key")
        rows = list(matching.annotate(name=Min("name"), count=Count("pk")))
        names = {row["name_key"]: row["name"] for row in rows} | names
        counts.append({row["name_key"]: row["count"] for row in rows})
    in_use = {key: TagInUse(name, *(count.get(key, 0) for count in counts)) for key, name in names.items()}
    order = sorted(in_use, key=lambda key: (-in_use[key].cells - in_use[key].measurements, key))
    return [in_use[key] for key in order[:MOST_SUGGESTIONS]]


@dataclass(frozen=True)
class CellTags:
    """The tags of a cell, and those of its measurements, each once."""

    own: dict[str, str] = field(default_factory=dict)
    of_measurements: dict[str, str] = field(default_factory=dict)


def list_cell_tags(cells: Collection[int]) -> dict[int, CellTags]:
    """The names of tags by their keys, by the primary key of the cell, in one query."""
    own = Tag.objects.filter(cell__in=cells).annotate(is_own=Value(True))
    measured = MeasurementTag.objects.filter(measurement__cell__in=cells).annotate(is_own=Value(False))
    rows = own.order_by().values_list("cell", "is_own", "name_key", "name")
    union = rows.union(measured.order_by().values_list("measurement__cell", "is_own", "name_key", "name"))
    tags = {cell: CellTags() for cell in cells}
    for cell, is_own, key, name in union.order_by("name_key", "name"):
        (tags[cell].own if is_own else tags[cell].of_measurements).setdefault(key, name)
    return tags
