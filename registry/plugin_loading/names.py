"""Names of techniques, layer roles and conditions in use; the slug itself if its plugin is not loaded."""

from registry.numbers import catalogue
from registry.plugin_loading.loaded import BUILT_IN
from registry.plugin_loading.loading import current


def technique_name(slug: str) -> str:
    """Return the full name of a technique: ‘Electrochemical impedance spectroscopy’."""
    technique = current().techniques.get(slug)
    return technique.name if technique else slug


def technique_in_sentence(slug: str) -> str:
    """Return the name of a technique for use within a sentence: ‘galvanostatic cycling’, ‘X-ray diffraction’; that of
    a plugin as it is, since it may be a proper name: ‘Raman spectroscopy’."""
    is_built_in = current().plugin_of("technique", slug) == BUILT_IN
    return in_sentence(technique_name(slug)) if is_built_in else technique_name(slug)


def short_technique_name(slug: str) -> str:
    """Return the name of a technique for a narrow column: ‘EIS’."""
    technique = current().techniques.get(slug)
    return (technique.short_name or technique.name) if technique else slug


def layer_role_name(slug: str) -> str:
    """Return the name of a layer role: ‘Current collector’."""
    role = current().layer_roles.get(slug)
    return role.name if role else slug


def layer_role_in_sentence(slug: str) -> str:
    """Return the name of a layer role for use within a sentence: ‘current collector’; that of a plugin as it is."""
    is_built_in = current().plugin_of("layer role", slug) == BUILT_IN
    return in_sentence(layer_role_name(slug)) if is_built_in else layer_role_name(slug)


def in_sentence(name: str) -> str:
    """Return a name with a small first letter, unless it starts with an abbreviation: ‘X-ray’, ‘GITT’."""
    return name if name[1:2] in {"-", " "} or name[1:2].isupper() else name[:1].lower() + name[1:]


def condition_name(slug: str) -> str:
    """Return the name of a condition: ‘DC voltage’."""
    condition = current().conditions.get(slug)
    return (condition.name or catalogue.get_or_placeholder(slug).name) if condition else slug
