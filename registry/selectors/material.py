"""Look up materials by any of their names."""

from collections.abc import Sequence

from django.db.models import Q

from registry.models import Material
from registry.models.visibility import AnyUser


def get_material_ids(names: Sequence[str], user: AnyUser) -> set[int]:
    """Primary keys of materials with one of these names, synonyms or formulas, and of all their variants."""
    matches_name = Q(name_key__in=names) | Q(synonyms__name_key__in=names) | Q(formula_key__in=names)
    visible = Material.objects.visible_to(user)
    material_ids = set(visible.filter(matches_name).values_list("pk", flat=True))
    newest = material_ids
    while newest:
        newest = set(visible.filter(variant_of__in=newest).values_list("pk", flat=True)) - material_ids
        material_ids |= newest
    return material_ids
