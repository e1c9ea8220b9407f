"""Set, add and remove the tags of a cell."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator

from registry.models import Cell, Tag
from registry.services.permissions import Actor, require_editor
from registry.services.record import delete_part, write_record
from registry.services.search.updates import collect_updates
from registry.services.validation_text import plain_messages
from registry.text.cleaning import name_key

MOST_TAGS = 20
"""Of one cell."""
SHOWN_OF_NAME = 30


@transaction.atomic
@collect_updates()
def save_tags(cell: Cell, names: Iterable[str], *, by: Actor, reason: str = "") -> None:
    """Give a cell these tags and no others. A tag that the project uses keeps its spelling."""
    require_editor(cell.project, by)
    wanted = _clean_names(cell, names)
    existing = {name_key(tag.name): tag for tag in cell.tags.all()}
    for key, tag in existing.items():
        if key not in wanted:
            delete_part(tag, by=by, reason=reason)
    new = [key for key in wanted if key not in existing]
    in_use = Tag.objects.filter(cell__project=cell.project_id, name_key__in=new).order_by("-pk")
    spelling = {name_key(name): name for name in in_use.values_list("name", flat=True)} if new else {}
    for key in new:
        write_record(Tag(cell=cell, name=spelling.get(key, wanted[key])), by=by, reason=reason)


def add_tags(cell: Cell, names: Iterable[str], *, by: Actor) -> None:
    """Give a cell these tags besides those it has."""
    save_tags(cell, [*cell.tags.values_list("name", flat=True), *names], by=by)


def remove_tag(cell: Cell, name: str, *, by: Actor) -> None:
    """Take a tag from a cell; nothing happens if it does not have it."""
    others = [item for item in cell.tags.values_list("name", flat=True) if name_key(item) != name_key(name)]
    save_tags(cell, others, by=by)


def _shortened(name: str) -> str:
    return Truncator(name.strip()).chars(SHOWN_OF_NAME)


def _clean_names(cell: Cell, names: Iterable[str]) -> dict[str, str]:
    """The names by the key they are compared by, without empty and repeated ones."""
    cleaned: dict[str, str] = {}
    for name in names:
        if name.strip():
            tag = Tag(cell=cell, name=name)
            try:
                tag.full_clean(validate_unique=False, validate_constraints=False)
            except ValidationError as error:
                raise ValidationError(
                    {"tags": [f"‘{_shortened(name)}’: {text}" for text in plain_messages(error)]}
                ) from error
            cleaned.setdefault(name_key(tag.name), tag.name)
    if len(cleaned) > MOST_TAGS:
        text = f"A cell has at most {MOST_TAGS} tags, not {len(cleaned)}: remove some."
        raise ValidationError({"tags": ValidationError(text, code="too-many-tags")})
    return cleaned
