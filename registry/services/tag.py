"""Set, add and remove the tags of a cell or measurement."""

from collections.abc import Iterable
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator

from registry.models import Cell, Measurement, MeasurementTag, Tag
from registry.services.permissions import Actor, require_editor
from registry.services.record import delete_part, write_record
from registry.services.search.updates import collect_updates
from registry.services.validation_text import plain_messages
from registry.text.cleaning import name_key

MOST_TAGS = 20
"""Of one record."""
SHOWN_OF_NAME = 30

Tagged = Cell | Measurement


@transaction.atomic
@collect_updates()
def save_tags(record: Tagged, names: Iterable[str], *, by: Actor, reason: str = "") -> None:
    """Give a cell or measurement these tags and no others. A tag that the project uses keeps its spelling."""
    project = _cell_of(record).project
    require_editor(project, by)
    wanted = _clean_names(record, names)
    existing = {name_key(tag.name): tag for tag in record.tags.all()}
    for key, tag in existing.items():
        if key not in wanted:
            delete_part(tag, by=by, reason=reason)
    new = [key for key in wanted if key not in existing]
    spelling = _spelling_in_use(project.pk, new) if new else {}
    for key in new:
        write_record(_build_tag(record, spelling.get(key, wanted[key])), by=by, reason=reason)


def add_tags(record: Tagged, names: Iterable[str], *, by: Actor) -> None:
    """Give a record these tags besides those it has."""
    save_tags(record, [*record.tags.values_list("name", flat=True), *names], by=by)


def remove_tag(record: Tagged, name: str, *, by: Actor) -> None:
    """Take a tag from a record; nothing happens if it does not have it."""
    others = [item for item in record.tags.values_list("name", flat=True) if name_key(item) != name_key(name)]
    save_tags(record, others, by=by)


def _cell_of(record: Tagged) -> Cell:
    return record if isinstance(record, Cell) else record.cell


def _build_tag(record: Tagged, name: str) -> Tag | MeasurementTag:
    if isinstance(record, Cell):
        return Tag(cell=record, name=name)
    return MeasurementTag(measurement=record, name=name)


def _spelling_in_use(project: int, keys: list[str]) -> dict[str, str]:
    """The names of these tags on cells and measurements of the project; the oldest of a cell decides."""
    of_measurements = MeasurementTag.objects.filter(measurement__cell__project=project, name_key__in=keys)
    of_cells = Tag.objects.filter(cell__project=project, name_key__in=keys)
    rows = chain(*(tags.order_by("-pk").values_list("name", flat=True) for tags in (of_measurements, of_cells)))
    return {name_key(name): name for name in rows}


def _shortened(name: str) -> str:
    return Truncator(name.strip()).chars(SHOWN_OF_NAME)


def _clean_names(record: Tagged, names: Iterable[str]) -> dict[str, str]:
    """The names by the key they are compared by, without empty and repeated ones."""
    cleaned: dict[str, str] = {}
    for name in names:
        if name.strip():
            tag = _build_tag(record, name)
            try:
                tag.full_clean(validate_unique=False, validate_constraints=False)
            except ValidationError as error:
                raise ValidationError(
                    {"tags": [f"‘{_shortened(name)}’: {text}" for text in plain_messages(error)]}
                ) from error
            cleaned.setdefault(name_key(tag.name), tag.name)
    if len(cleaned) > MOST_TAGS:
        text = f"A {record._meta.verbose_name} has at most {MOST_TAGS} tags, not {len(cleaned)}: remove some."
        raise ValidationError({"tags": ValidationError(text, code="too-many-tags")})
    return cleaned
