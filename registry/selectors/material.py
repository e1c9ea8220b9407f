"""Finding materials by any of their names."""

from django.db.models import Q

from registry.models import Material
from registry.models.visibility import AnyUser


def get_material_ids(name: str, user: AnyUser) -> set[int]:
    """Keys of the materials with this name, synonym or formula, and of all their variants."""
    named = Q(name_key=name) | Q(synonyms__name_key=name) | Q(formula_key=name)
    visible = Material.objects.visible_to(user)
    found = set(visible.filter(named).values_list("pk", flat=True))
    newest = found
    while newest:
        newest = set(visible.filter(variant_of__in=newest).values_list("pk", flat=True)) - found
        found |= newest
    return found
