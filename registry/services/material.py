"""Entering materials with their other names."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Material, Synonym
from registry.services.permissions import Actor
from registry.services.record import record_delete, record_save


@transaction.atomic
def material_save(material: Material, synonyms: Sequence[str], *, by: Actor, reason: str = "") -> Material:
    """Save a material and make `synonyms` all its other names."""
    wanted: dict[str, str] = {}
    for name in synonyms:
        if wanted.setdefault(name.casefold(), name) != name or list(synonyms).count(name) > 1:
            raise ValidationError({"synonyms": f"‘{name}’ is listed twice: keep one."})
    record_save(material, by=by, reason=reason)
    standing = {synonym.name.casefold(): synonym for synonym in material.synonyms.order_by("pk")}
    for key, synonym in standing.items():
        if key not in wanted:
            record_delete(synonym, by=by, reason=reason)
    for key, name in wanted.items():
        synonym = standing.get(key) or Synonym(material=material)
        if synonym.name != name:
            synonym.name = name
            record_save(synonym, by=by, reason=reason)
    return material
