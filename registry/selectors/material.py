"""Look up materials by any of their names."""

from django.db.models import Q

from registry.models import Material
from registry.models.visibility import AnyUser


def get_material_ids(name: str, user: AnyUser) -> set[int]:
    """Primary keys of materials with this name, synonym or formula, and of all their variants."""
    matches_name = Q(name_key=name) | Q(synonyms__name_key=name) | Q(formula_key=name)
    visible = Material.objects.visible_to(user)
    material_ids = set(visible.filter(matches_name).values_list("pk", flat=True))
    newest = material_ids
    while newest:
        newest = set(visible.filter(variant_of__in=newest).values_list("pk", flat=True)) - material_ids
        material_ids |= newest
    return material_ids
