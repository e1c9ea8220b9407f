"""The query language of the API, the pages and the comparison tables.

All conditions of a query apply to the same measurement.
"""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from registry import plugin_loading
from registry.contract.place import Place
from registry.models import Cell, CellFormat, CellOrigin, Layer, ValueOrigin
from registry.models.condition import condition_slugs
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.numbers.potential_scales import POTENTIALS, split_scale
from registry.selectors.place_kind import is_place_kind, list_place_kinds
from registry.selectors.plugins.orphans import (
    has_orphaned_conditions,
    has_orphaned_role,
    has_orphaned_technique,
    has_orphans,
)
from registry.selectors.query.bound import OPERATORS, Bound
from registry.selectors.query.errors import QueryError
from registry.selectors.query.limits import MAX_ORDERING, check_limits
from registry.text.cleaning import TextError, clean_text, escaped
from registry.text.doi import clean_doi
from registry.text.search_tokens import full_refcode

LAYER_NUMBERS = tuple(Layer.magnitude_fields())
CELL_NUMBERS = tuple(Cell.magnitude_fields())
WRITTEN: Mapping[str, str] = {**Layer.magnitude_fields(), **Cell.magnitude_fields()}
"""The text column of each number column of a record."""
WORDS: Mapping[str, str] = {
    "refcode": "refcode__iexact",
    "cell": "refcode__iexact",
    "label": "label_key__contains",
    "configuration": "configuration_key__contains",
    "project": "project__slug",
    "publication": "publication__key__iexact",
    "doi": "publication__doi__iexact",
    "format": "format",
    "origin": "origin",
    "tag": "tags__name_key",
}
SIMULATED = CellOrigin.SIMULATED.value
NAMING_CELLS = frozenset({"refcode", "cell", "project", "origin"})
"""Parameters that name the cells asked for; without them and a measurement, a list has no simulated cells."""
NAMING_BY_REFCODE = ("refcode", "cell", "measurement")
"""Parameters whose values may be written as `c-35`."""
SETS = ("technique", "measurement", "measurement_tag")
"""Parameters any of whose values may match."""
SCALE_NOT_STATED = " vs not stated"
"""After a potential, for those without a scale."""
ANY_LAYER = "material"
"""The parameter that finds cells by the material of any layer."""


def choices() -> Mapping[str, Sequence[str]]:
    """The values of each parameter that has a limited set of them."""
    return {
        "format": CellFormat.values,
        "origin": CellOrigin.values,
        "technique": list(plugin_loading.current().techniques),
        "value_origin": ValueOrigin.values,
    }


def parts() -> Mapping[str, tuple[str, ...]]:
    """The parameters that find cells by a material: the roles of the layers each searches, none for any layer."""
    roles_by_word: dict[str, tuple[str, ...]] = {}
    for slug, role in plugin_loading.current().layer_roles.items():
        if role.search:
            roles_by_word[role.search] = (*roles_by_word.get(role.search, ()), slug)
    return {**roles_by_word, ANY_LAYER: ()}


@dataclass(frozen=True)
class ListQuery:
    """A parsed query."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    search: str = ""
    techniques: tuple[str, ...] = ()
    measurements: tuple[str, ...] = ()
    """Refcodes, any of which may match."""
    measurement_tags: tuple[str, ...] = ()
    """Tags of the measurement, any of which may match."""
    value_origin: str = ""
    at: Place | None = None
    """The place of the values that the conditions are on; None for any."""
    cell_bounds: tuple[Bound, ...] = ()
    layer_bounds: tuple[tuple[str, Bound], ...] = ()
    condition_bounds: tuple[Bound, ...] = ()
    value_bounds: tuple[Bound, ...] = ()
    may_be_simulated: bool = False
    """True if simulated cells may match although the query does not name them."""

    @property
    def names_simulated(self) -> bool:
        """Whether the query asks for simulated cells, as tables require."""
        return SIMULATED in self.words.get("origin", ())

    @property
    def leaves_out_simulated(self) -> bool:
        """Whether simulated cells do not match: they never come between measured ones unless the query names them."""
        return not (self.may_be_simulated or self.measurements or NAMING_CELLS.intersection(self.words))

    @property
    def conditions(self) -> dict[str, tuple[Bound, ...]]:
        """The bounds on each condition."""
        slugs = dict.fromkeys(bound.slug for bound in self.condition_bounds)
        return {slug: tuple(bound for bound in self.condition_bounds if bound.slug == slug) for slug in slugs}

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(bound.slug for bound in self.value_bounds))

    @property
    def names_measurements(self) -> bool:
        """Whether any condition applies to measurements, not only to the cell."""
        has_value_conditions = self.value_origin or self.at or self.value_bounds
        has_names = self.techniques or self.measurements or self.measurement_tags
        return bool(has_names or self.condition_bounds or has_value_conditions)

    @property
    def asks_for_none(self) -> bool:
        """Whether a quantity must have no value."""
        return any(bound.asks_for_none for bound in self.value_bounds)

    @property
    def without_values(self) -> "ListQuery":
        """The query without its conditions on values."""
        return replace(self, value_origin="", at=None, value_bounds=())

    def only_values_of(self, quantity: str) -> "ListQuery":
        """The query with only its conditions on the values of a quantity."""
        bounds = tuple(bound for bound in self.value_bounds if bound.slug == quantity)
        return ListQuery(value_origin=self.value_origin, at=self.at, value_bounds=bounds)


def parameter_names() -> list[str]:
    """All parameters of a query, without operators."""
    numbers = [*condition_slugs(), *LAYER_NUMBERS, *CELL_NUMBERS, *value_quantities()]
    return sorted({*WORDS, *parts(), *SETS, "q", "value_origin", "at", *numbers})


def value_quantities() -> list[str]:
    """Quantities that can have values: all except conditions and those stored as columns of a record."""
    others = {*condition_slugs(), *LAYER_NUMBERS, *CELL_NUMBERS}
    return [slug for slug in catalogue.catalogue if slug not in others]


def is_condition(slug: str) -> bool:
    """Whether it is a condition that can be entered, or one that was entered and whose plugin is not loaded."""
    return slug in condition_slugs() or has_orphaned_conditions(slug)


def parse_list_query(
    parameters: Mapping[str, Iterable[str]], user: AnyUser | None = None, *, stored: bool = True
) -> ListQuery:
    """Parse parameters, each with alternative values; raise QueryError, suggesting the closest valid name.

    With `stored`, quantities that have values but are not registered are allowed. With a `user`, a place must be of a
    kind that a value visible to the user has; the filters of a table may name one before there are values.
    """
    cleaned = clean_parameters(parameters)
    words: dict[str, tuple[str, ...]] = {}
    materials: dict[str, tuple[str, ...]] = {}
    single: dict[str, str] = {}
    bounds: list[tuple[str, Bound]] = []
    for name, values in cleaned.items():
        if name in choices():
            _check_choice(name, values, stored)
        if name in WORDS:
            words[name] = values
        elif name in parts():
            materials[name] = values
        elif name in ("q", "value_origin", "at"):
            single[name] = _single_value(name, values)
        elif stored and name not in (*SETS, *catalogue.catalogue) and has_orphaned_role(name):
            materials[name] = values
        elif name not in SETS:
            bounds += [_parse_bound(name, value, stored) for value in values]
    _check_contradictions(bounds)
    conditions = {slug for role, bound in bounds if not role and is_condition(slug := bound.slug)}
    at = parse_place("at", single["at"]) if "at" in single else None
    if at and user is not None:
        check_place_kinds("at", [at], user)
    return ListQuery(
        words=words,
        parts=materials,
        search=single.get("q", ""),
        techniques=cleaned.get("technique", ()),
        measurements=tuple(value.upper() for value in cleaned.get("measurement", ())),
        measurement_tags=cleaned.get("measurement_tag", ()),
        value_origin=single.get("value_origin", ""),
        at=at,
        cell_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in CELL_NUMBERS),
        layer_bounds=tuple((role, bound) for role, bound in bounds if bound.slug in LAYER_NUMBERS),
        condition_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in conditions),
        value_bounds=tuple(
            bound for role, bound in bounds if not role and bound.slug not in conditions and bound.slug not in WRITTEN
        ),
    )


def clean_values(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """The non-empty values of a parameter, normalised like stored text."""
    try:
        clean_text(name)
        cleaned = [clean_text(value) for value in values if value.strip()]
        if not all(cleaned):
            raise TextError("The value contains only invisible characters; enter it again.")
        if name in NAMING_BY_REFCODE:
            return tuple(full_refcode(value) or value for value in cleaned)
        return tuple(clean_doi(value) if name == "doi" else value for value in cleaned)
    except ValueError as error:
        raise QueryError.of_value(escaped(name), str(error)) from error


def clean_parameters(parameters: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Parameters that have values, without duplicates and normalised like stored text; check the limits."""
    unique = {name: tuple(dict.fromkeys(clean_values(name, values))) for name, values in parameters.items()}
    check_limits(unique)
    return {name: values for name, values in unique.items() if values}


def ordering_keys(ordering: Iterable[str]) -> dict[str, bool]:
    """Columns or quantities to order by, and whether descending; repeated names are ignored."""
    keys: dict[str, bool] = {}
    for name in ordering:
        keys.setdefault(name.removeprefix("-"), name.startswith("-"))
    if len(keys) > MAX_ORDERING:
        raise QueryError("ordering", f"A list can be ordered by at most {MAX_ORDERING} columns, not {len(keys)}.")
    return keys


def _single_value(name: str, values: tuple[str, ...]) -> str:
    if len(values) > 1:
        raise QueryError(name, f"‘{name}’ takes one value, not {len(values)}; remove the others.", "repeated-parameter")
    return values[0]


def parse_place(name: str, text: str) -> Place:
    """The place of a value, `peak:2`; raise QueryError naming the form."""
    try:
        return Place.parse(text)
    except ValueError as error:
        raise QueryError(name, f"{name}: {error}") from error


def check_place_kinds(name: str, places: Iterable[Place], user: AnyUser) -> None:
    """Raise QueryError unless some value visible to the user has a place of the kind of each of these."""
    for kind in sorted({place.kind for place in places}):
        if not is_place_kind(kind, user):
            kinds = list_place_kinds(user)
            known = f"Choose from {', '.join(kinds)}." if kinds else "No value has a place yet."
            text = f"No value has a place of the kind ‘{kind}’.{nearest(kind, kinds)} {known}"
            raise QueryError(name, text, "unknown-place")


def _check_contradictions(bounds: Iterable[tuple[str, Bound]]) -> None:
    """Raise QueryError if a number must be absent and also meet another condition on the same layer or record."""
    by_number: dict[tuple[str, str], list[Bound]] = {}
    for role, bound in bounds:
        by_number.setdefault((role, bound.slug), []).append(bound)
    for (role, slug), number_bounds in by_number.items():
        absent = [bound for bound in number_bounds if bound.asks_for_none]
        if absent and len(number_bounds) > len(absent):
            other = next(bound for bound in number_bounds if not bound.asks_for_none)
            name = f"{role}.{slug}" if role else slug
            condition = name if other.operator == "exact" else f"{name}__{other.operator}"
            raise QueryError(
                f"{name}__exists",
                f"‘{name}__exists=false’ contradicts the condition ‘{condition}’; remove one of them.",
            )


def _check_choice(name: str, values: tuple[str, ...], stored: bool) -> None:
    known = choices()[name]
    for value in values:
        if value not in known and not (stored and name == "technique" and has_orphaned_technique(value)):
            raise QueryError(
                name, f"‘{value}’ is not a valid {name}; choose from {', '.join(known)}.", "invalid-choice"
            )


def _parse_bound(name: str, value: str, stored: bool) -> tuple[str, Bound]:
    """Parse `slug__gte` (or `cathode.slug__gte`) and its number, with a unit or in the unit of the slug."""
    base, _, operator = name.partition("__")
    role, _, slug = base.rpartition(".")
    is_known = slug in catalogue.catalogue and (not role or (slug in LAYER_NUMBERS and _is_role(role, stored)))
    if not is_known and not (stored and not role and has_orphans(slug)):
        raise QueryError(
            name, f"Unknown parameter ‘{name}’.{nearest(base, parameter_names(), operator)}", "unknown-parameter"
        )
    if operator not in ("", "exists", *OPERATORS):
        allowed = ", ".join(f"{slug}__{item}" for item in (*OPERATORS, "exists"))
        raise QueryError(name, f"‘{operator}’ is not an operator; use {slug} or {allowed}.", "unknown-operator")
    if operator == "exists":
        if value.lower() not in ("true", "false"):
            raise QueryError(name, f"{name} must be true or false, not ‘{value}’.", "invalid-value")
        return role, Bound(slug, operator, float(value.lower() == "true"))
    value, scale = _split_scale(name, slug, value)
    return role, Bound(slug, operator or "exact", parse_number(name, slug, value), scale)


def _split_scale(name: str, slug: str, value: str) -> tuple[str, str | None]:
    """The number of a potential, and the scale it is on, `4.3 V vs Li/Li+`; None for any."""
    if slug not in POTENTIALS:
        return value, None
    if value.endswith(SCALE_NOT_STATED):
        return value.removesuffix(SCALE_NOT_STATED), ""
    try:
        number, scale = split_scale(value)
    except NotationError as error:
        raise QueryError.of_value(name, str(error)) from error
    return number, scale or None


def _is_role(role: str, stored: bool) -> bool:
    return role in plugin_loading.current().layer_roles or (stored and has_orphaned_role(role))


SIGNS = ("<", ">", "≤", "≥", "⩽", "⩾", "~", "∼", "≈", "≃")
"""Signs before a number as printed, which a number to compare with does not have."""
ALIKE = 0.65
"""Similarity from which another name is suggested."""


def nearest(name: str, known: Iterable[str], operator: str = "") -> str:
    """A hint suggesting the closest valid name, including the operator; append it to an error."""
    close = difflib.get_close_matches(name, list(known), 1, ALIKE)
    ending = f"__{operator}" if operator in ("exists", *OPERATORS) else ""
    return f" Did you mean ‘{close[0]}{ending}’?" if close else ""


def parse_number(name: str, slug: str, value: str) -> float:
    """The number of a condition on a quantity, with a unit or in the unit of its slug; `name` is the parameter."""
    quantity = catalogue.get_or_placeholder(slug)
    try:
        number = float(value)
    except ValueError:
        if value.lstrip().startswith(SIGNS):
            raise QueryError.of_value(name, _not_plain(value)) from None
        try:
            parsed = parse(value, quantity)
        except NotationError as error:
            is_word = not any(character.isdigit() for character in value)
            raise QueryError.of_value(name, _not_a_number(value) if is_word else str(error)) from error
        if parsed.magnitude is None:
            raise QueryError.of_value(name, _not_a_number(value)) from None
        if parsed.qualifier != "=" or parsed.standard_uncertainty:
            raise QueryError.of_value(name, _not_plain(value)) from None
        number = parsed.magnitude
    if not math.isfinite(number):
        raise QueryError.of_value(name, f"‘{value}’ is not a finite number.")
    return number


def _not_plain(value: str) -> str:
    return f"‘{value}’ is not a plain number: leave out the sign before it and its uncertainty."


def _not_a_number(value: str) -> str:
    return f"‘{value}’ is not a number: write it in digits, with a unit or in the unit of the parameter."
