"""Save materials with their synonyms."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Material, Synonym
from registry.services.permissions import Actor
from registry.services.record import delete_record, save_record
from registry.services.search.updates import collect_updates
from registry.text.cleaning import TextError, clean_text, name_key


@transaction.atomic
@collect_updates()
def save_material(material: Material, synonyms: Sequence[str], *, by: Actor, reason: str = "") -> Material:
    """Save a material and replace its synonyms."""
    wanted: dict[str, str] = {}
    for name in _clean_synonyms(synonyms):
        if name_key(name) in wanted:
            raise ValidationError({"synonyms": f"‘{name}’ is listed twice: remove one of the two."})
        wanted[name_key(name)] = name
    save_record(material, by=by, reason=reason)
    existing = {name_key(synonym.name): synonym for synonym in material.synonyms.order_by("pk")}
    for key, synonym in existing.items():
        if key not in wanted:
            delete_record(synonym, by=by, reason=reason)
    for key, name in wanted.items():
        synonym = existing.get(key) or Synonym(material=material)
        if synonym.name != name:
            synonym.name = name
            save_record(synonym, by=by, reason=reason)
    return material


def _clean_synonyms(synonyms: Sequence[str]) -> list[str]:
    try:
        return [clean_text(name) for name in synonyms]
    except TextError as error:
        raise ValidationError({"synonyms": str(error)}) from error
