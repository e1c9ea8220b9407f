"""A number of a layer under its key in tables and recipe series: `thickness_um`, `mass_fraction_percent.VGCF`."""

from registry.models import Layer
from registry.numbers.parsing import ParsedNumber
from registry.text.cleaning import name_key


def layer_number(layer: Layer, path: str) -> ParsedNumber | None:
    """A number of a layer, or of an ingredient: `mass_fraction_percent.VGCF`."""
    slug, _, material = path.partition(".")
    if not material:
        return layer.written(slug) if slug in Layer.magnitude_fields() else None
    if layer.formulation is None:
        return None
    for ingredient in layer.formulation.ingredients.all():
        if name_key(ingredient.material.name) == name_key(material):
            return ingredient.written("mass_fraction_percent")
    return None
