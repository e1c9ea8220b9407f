"""Checks of the techniques, layer roles and test conditions that a plugin describes."""

import difflib
import re
from collections.abc import Collection
from typing import Any

from registry.contract.vocabulary import CONTINUATION, MAIN
from registry.hookspecs import Condition, DatasetRole, LayerRole, Technique
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.plugin_loading.descriptor_check import LONGEST_SLUG, text

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SEARCH_WORDS = ("cathode", "electrolyte", "anode")
QUERY_WORDS = frozenset(
    {"at", "cell", "configuration", "doi", "format", "label", "material", "measurement", "measurement_tag", "ordering"}
    | {"origin", "page", "page_size", "project", "publication", "q", "refcode", "tag", "technique", "value_origin"}
)
"""Parameters of queries that are not names of roles or quantities."""
RECORD_QUANTITIES = frozenset(
    {"area_cm2", "mass_loading_mg_cm2", "thickness_um", "fabrication_pressure_mpa", "density_g_cm3", "die_diameter_mm"}
    | {"apparent_density_g_cm3", "footprint_cm2", "packaging_mass_mg", "packaging_thickness_um", "tab_mass_mg"}
    | {"mass_fraction_percent", "median_particle_size_um", "theoretical_capacity_mah_g"}
)
"""Quantities that are fields of other records."""
ALIKE = 0.5
"""Similarity from which another slug is suggested."""


def unknown(named: str, kind: str, slug: Any, known: Collection[str]) -> str:
    """Return that something names an unknown technique, role or condition, with the nearest one and the known ones."""
    near = difflib.get_close_matches(str(slug), known, 1, ALIKE)
    hint = f"did you mean ‘{near[0]}’? Known" if near else "known"
    return f"{named} names the unknown {kind} ‘{slug}’: {hint} {kind}s are {', '.join(known)}"


def technique_check(technique: Technique) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it."""
    named = _slug(technique.slug, "technique")
    _texts(technique, named, "short_name")
    if not isinstance(technique.columns, tuple):
        raise TypeError(f"{named} has `columns` that is not a tuple: write (({technique.columns!r}, …),)")
    for alternative in technique.columns:
        if isinstance(alternative, str) or not isinstance(alternative, Collection):
            raise TypeError(f"{named} has the columns {alternative!r}: write each alternative set as a tuple of names")
        if not alternative or not all(isinstance(name, str) and name for name in alternative):
            raise ValueError(f"{named} has the columns {alternative!r}: name at least one canonical column")
    _flags(technique, named, "has_picture", "is_general")
    dataset_roles_check(technique.dataset_roles, named)


def layer_role_check(role: LayerRole) -> None:
    """Raise TypeError or ValueError, with what is wrong and how to correct it."""
    named = _slug(role.slug, "layer role")
    _texts(role, named)
    text(role.search, named, "search", may_be_empty=True)
    _flags(role, named, "in_configuration")
    if role.search and role.search not in (*SEARCH_WORDS, role.slug):
        raise ValueError(f"{named} has the search ‘{role.search}’: use {', '.join(SEARCH_WORDS)} or {role.slug}")
    if role.search == role.slug and (role.slug in QUERY_WORDS or role.slug in catalogue.catalogue):
        raise ValueError(f"{named} has the search ‘{role.search}’, which is another parameter of queries: rename it")


def dataset_roles_check(roles: Any, named: str) -> None:
    """Raise TypeError or ValueError for roles of datasets that `named`, a technique or an analysis, declares."""
    if not isinstance(roles, tuple):
        raise TypeError(f"{named} has `dataset_roles` that is not a tuple: write ({roles!r},)")
    for role in roles:
        _check_dataset_role(role, named)


def _check_dataset_role(role: Any, named: str) -> None:
    if not isinstance(role, DatasetRole):
        raise TypeError(f"{named} has the dataset role {role!r}: use DatasetRole(slug=…, name=…)")
    of_role = _slug(role.slug, "dataset role")
    text(role.name, of_role, "name", longest=80)
    if role.slug in (MAIN, CONTINUATION):
        raise ValueError(f"{named} declares the dataset role ‘{role.slug}’, which every measurement has: remove it")


def condition_check(condition: Condition) -> None:
    """Raise TypeError, ValueError or UnregisteredQuantityError, with what is wrong and how to correct it.

    A new quantity is in the catalogue already.
    """
    named = f"the condition ‘{condition.slug}’"
    text(condition.name, named, "name", may_be_empty=True)
    text(condition.example, named, "example", may_be_empty=True)
    if condition.slug not in catalogue.catalogue:
        near = difflib.get_close_matches(str(condition.slug), catalogue.catalogue, 1, 0.75)
        hint = f"did you mean ‘{near[0]}’? If not, " if near else ""
        raise catalogue.UnregisteredQuantityError(
            f"{named} is of a quantity that no plugin registers: {hint}add it in register_quantities"
        )
    quantity = catalogue.get(condition.slug)
    if quantity.per_cell:
        raise ValueError(f"{named} is of a quantity of the cell (per_cell=True): conditions belong to a measurement")
    if condition.slug in RECORD_QUANTITIES:
        raise ValueError(f"{named} is a field of another record: register a quantity of its own")
    if condition.example:
        _check_example(condition, named)


def _check_example(condition: Condition, named: str) -> None:
    quantity = catalogue.get(condition.slug)
    try:
        magnitude = parse(condition.example, quantity).magnitude
    except NotationError as error:
        raise ValueError(f"{named} has the example ‘{condition.example}’: {error}") from error
    if magnitude is None:
        raise ValueError(f"{named} has the example ‘{condition.example}’, which is not a number: write one with a unit")


def _slug(slug: Any, kind: str) -> str:
    """Check the slug; return the words that name the descriptor in a message."""
    text(slug, f"a {kind}", "slug", longest=LONGEST_SLUG)
    named = f"the {kind} ‘{slug}’"
    if not SLUG.fullmatch(slug):
        suggested = re.sub(r"[^a-z0-9]+", "_", slug.casefold()).strip("_")
        hint = f": write ‘{suggested}’" if SLUG.fullmatch(suggested) else ""
        raise ValueError(f"{named} may contain only lower-case letters, digits and single underscores{hint}")
    return named


def _texts(item: Technique | LayerRole, named: str, *optional: str) -> None:
    text(item.name, named, "name", longest=80)
    for name in ("description", *optional):
        text(getattr(item, name), named, name, may_be_empty=True)


def _flags(item: Technique | LayerRole, named: str, *names: str) -> None:
    for name in names:
        if not isinstance(getattr(item, name), bool):
            raise TypeError(f"{named} has {name}={getattr(item, name)!r}: use True or False")
