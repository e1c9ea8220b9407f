"""Template filters for chemical formulas."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from registry.models import Material

register = template.Library()
_COUNT = re.compile(r"((?:[A-Z][a-z]?|[)\]]))(\d+(?:\.\d+)?)")


@register.filter
def formula(text: str) -> SafeString:
    """Set stoichiometric numbers as subscripts: Li6PS5Cl as Li₆PS₅Cl."""
    return mark_safe(_COUNT.sub(r"\1<sub>\2</sub>", escape(text)))


@register.filter
def material_name(material: Material) -> str:
    """The name of a material, typeset as a formula if it is one."""
    return formula(material.name) if material.name == material.formula else material.name
