"""The one query language: the API, the pages and the tables all filter with it.

All conditions of a query hold together on one measurement: a retention at 20 MPa never answers for 2 MPa.
"""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from registry.hookspecs import LAYER_ROLES, TECHNIQUES
from registry.models import Cell, CellFormat, CellOrigin, Layer, Measurement, ValueOrigin
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.selectors.orphans import has_orphaned_values
from registry.selectors.query.bound import OPERATORS, Bound
from registry.text.cleaning import TextError, clean_text, escaped
from registry.text.doi import clean_doi

CONDITIONS = tuple(Measurement.magnitude_fields())
LAYER_NUMBERS = tuple(Layer.magnitude_fields())
CELL_NUMBERS = tuple(Cell.magnitude_fields())
WRITTEN: Mapping[str, str] = {**Measurement.magnitude_fields(), **Layer.magnitude_fields(), **Cell.magnitude_fields()}
"""The column with the text of each number that is a column of a record."""
PARTS: Mapping[str, tuple[str, ...]] = {
    "cathode": ("cathode",),
    "electrolyte": ("separator",),
    "anode": ("anode",),
    "material": tuple(LAYER_ROLES),
}
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
}
CHOICES: Mapping[str, Sequence[str]] = {
    "format": CellFormat.values,
    "origin": CellOrigin.values,
    "technique": list(TECHNIQUES),
    "value_origin": ValueOrigin.values,
}
MAX_CONDITIONS = 100
"""Conditions of one query, each value of a parameter and each word of `q` counted: what every database can run."""
MAX_LENGTH = 1000
"""Characters of one value."""
MAX_ORDERING = 5
"""Columns or quantities to order by."""


class QueryError(ValueError):
    """A query cannot be answered; `parameter` names the one to mend."""

    def __init__(self, parameter: str, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter


@dataclass(frozen=True)
class ListQuery:
    """A parsed query."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    search: str = ""
    techniques: tuple[str, ...] = ()
    measurements: tuple[str, ...] = ()
    """Refcodes, any of which may match."""
    value_origin: str = ""
    cell_bounds: tuple[Bound, ...] = ()
    layer_bounds: tuple[tuple[str, Bound], ...] = ()
    condition_bounds: tuple[Bound, ...] = ()
    value_bounds: tuple[Bound, ...] = ()

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(bound.slug for bound in self.value_bounds))

    @property
    def names_measurements(self) -> bool:
        """Whether it asks anything of a measurement, rather than of the cell alone."""
        of_values = self.value_origin or self.value_bounds
        return bool(self.techniques or self.measurements or self.condition_bounds or of_values)

    @property
    def asks_for_none(self) -> bool:
        """Whether it asks that a quantity has no value."""
        return any(bound.asks_for_none for bound in self.value_bounds)

    @property
    def without_values(self) -> "ListQuery":
        """The same, but for what it asks of values."""
        return replace(self, value_origin="", value_bounds=())

    def about(self, quantity: str) -> "ListQuery":
        """What it asks of the values of one quantity, and nothing else."""
        bounds = tuple(bound for bound in self.value_bounds if bound.slug == quantity)
        return ListQuery(value_origin=self.value_origin, value_bounds=bounds)


def parameter_names() -> list[str]:
    """Every parameter a query may have, operators apart."""
    numbers = [*CONDITIONS, *LAYER_NUMBERS, *CELL_NUMBERS, *value_quantities()]
    return sorted({*WORDS, *PARTS, "q", "technique", "measurement", "value_origin", *numbers})


def value_quantities() -> list[str]:
    """Quantities that values may have: all but those that are columns of a record."""
    columns = {*CONDITIONS, *LAYER_NUMBERS, *CELL_NUMBERS}
    return [slug for slug in catalogue.catalogue if slug not in columns]


def parse_list_query(parameters: Mapping[str, Iterable[str]], *, stored: bool = True) -> ListQuery:
    """Parse parameters, each with its values, any of which may match; a QueryError names the nearest valid one.

    A quantity whose plugin is gone may be asked for as long as it has `stored` values.
    """
    asked = without_repeats(parameters)
    words: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[str, ...]] = {}
    single: dict[str, str] = {}
    bounds: list[tuple[str, Bound]] = []
    for name, values in asked.items():
        if name in CHOICES:
            _check_choice(name, values)
        if name in WORDS:
            words[name] = values
        elif name in PARTS:
            parts[name] = values
        elif name in ("q", "value_origin"):
            single[name] = _only(name, values)
        elif name not in ("technique", "measurement"):
            bounds += [_bound(name, value, stored) for value in values]
    _refuse_contradictions(bounds)
    return ListQuery(
        words=words,
        parts=parts,
        search=single.get("q", ""),
        techniques=asked.get("technique", ()),
        measurements=tuple(value.upper() for value in asked.get("measurement", ())),
        value_origin=single.get("value_origin", ""),
        cell_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in CELL_NUMBERS),
        layer_bounds=tuple((role, bound) for role, bound in bounds if bound.slug in LAYER_NUMBERS),
        condition_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in CONDITIONS),
        value_bounds=tuple(bound for role, bound in bounds if not role and bound.slug not in WRITTEN),
    )


def stored_values(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values of a parameter in the form in which text is stored, less those left empty."""
    try:
        clean_text(name)
        cleaned = [clean_text(value) for value in values if value.strip()]
        if not all(cleaned):
            raise TextError("The value consists of invisible characters: type it again.")
        return tuple(clean_doi(value) if name == "doi" else value for value in cleaned)
    except ValueError as error:
        raise QueryError(escaped(name), f"{escaped(name)}: {error}") from error


def without_repeats(parameters: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The parameters that have values, each value once and as text is stored; a QueryError if they are too many."""
    once = {name: tuple(dict.fromkeys(stored_values(name, values))) for name, values in parameters.items()}
    refuse_too_many(once)
    return {name: values for name, values in once.items() if values}


def refuse_too_many(parameters: Mapping[str, Sequence[str]]) -> None:
    """Raise QueryError for more conditions, or longer ones, than a database can run."""
    counts = {
        name: sum(len(value.split()) for value in values) if name == "q" else len(values)
        for name, values in parameters.items()
    }
    if sum(counts.values()) > MAX_CONDITIONS:
        most = max(counts, key=lambda name: counts[name])
        text = f"A query has at most {MAX_CONDITIONS} conditions, and this one has {sum(counts.values())}"
        raise QueryError(most, f"{text}: each value of a parameter and each word of a search counts. Ask for less.")
    for name, values in parameters.items():
        longest = max(map(len, values), default=0)
        if max(longest, len(name)) > MAX_LENGTH:
            what = f"A value of ‘{name}’" if longest > MAX_LENGTH else "The name of a parameter"
            raise QueryError(name[:MAX_LENGTH], f"{what} is longer than {MAX_LENGTH} characters: shorten it.")


def ordering_keys(ordering: Iterable[str]) -> dict[str, bool]:
    """Each column or quantity to order by, and whether from the largest down; only its first mention counts."""
    keys: dict[str, bool] = {}
    for name in ordering:
        keys.setdefault(name.removeprefix("-"), name.startswith("-"))
    if len(keys) > MAX_ORDERING:
        raise QueryError("ordering", f"A list is ordered by at most {MAX_ORDERING} columns, not by {len(keys)}.")
    return keys


def _only(name: str, values: tuple[str, ...]) -> str:
    if len(values) > 1:
        raise QueryError(name, f"‘{name}’ takes one value, not {len(values)}: leave the others out.")
    return values[0]


def _refuse_contradictions(bounds: Iterable[tuple[str, Bound]]) -> None:
    """Raise QueryError where a number is asked to be absent and, on the same layer or record, to be anything else."""
    by_number: dict[tuple[str, str], list[Bound]] = {}
    for role, bound in bounds:
        by_number.setdefault((role, bound.slug), []).append(bound)
    for (role, slug), of_number in by_number.items():
        absent = [bound for bound in of_number if bound.asks_for_none]
        if absent and len(of_number) > len(absent):
            other = next(bound for bound in of_number if not bound.asks_for_none)
            name = f"{role}.{slug}" if role else slug
            condition = name if other.operator == "exact" else f"{name}__{other.operator}"
            raise QueryError(
                f"{name}__exists",
                f"‘{name}__exists=false’ and another condition, ‘{condition}’, contradict each other: leave one out.",
            )


def _check_choice(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        if value not in CHOICES[name]:
            raise QueryError(name, f"‘{value}’ is not a {name}: there are {', '.join(CHOICES[name])}.")


def _bound(name: str, value: str, stored: bool) -> tuple[str, Bound]:
    """Parse `slug__gte` (or `cathode.slug__gte`) and its number, bare in the slug's unit or with a unit."""
    base, _, operator = name.partition("__")
    role, _, slug = base.rpartition(".")
    known = slug in catalogue.catalogue and (not role or (role in LAYER_ROLES and slug in LAYER_NUMBERS))
    if not known and not (stored and not role and has_orphaned_values(slug)):
        raise QueryError(name, f"There is no parameter ‘{name}’.{nearest(base, parameter_names(), operator)}")
    if operator not in ("", "exists", *OPERATORS):
        allowed = ", ".join(f"{slug}__{item}" for item in (*OPERATORS, "exists"))
        raise QueryError(name, f"‘{operator}’ is not an operator: write {slug} or {allowed}.")
    if operator == "exists":
        if value.lower() not in ("true", "false"):
            raise QueryError(name, f"{name} is true or false, not ‘{value}’.")
        return role, Bound(slug, operator, float(value.lower() == "true"))
    return role, Bound(slug, operator or "exact", _number(name, slug, value))


def nearest(name: str, known: Iterable[str], operator: str = "") -> str:
    """A hint at the nearest valid name, with the operator it was used with, to put behind an error."""
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    ending = f"__{operator}" if operator in ("exists", *OPERATORS) else ""
    return f" Did you mean ‘{close[0]}{ending}’?" if close else ""


def _number(name: str, slug: str, value: str) -> float:
    quantity = catalogue.get_or_placeholder(slug)
    try:
        number = float(value)
    except ValueError:
        try:
            magnitude = parse(value, quantity).magnitude
        except NotationError as error:
            raise QueryError(name, f"{name}: {error}") from error
        if magnitude is None:
            raise QueryError(name, f"{name}: ‘{value}’ is not a number.") from None
        number = magnitude
    if not math.isfinite(number):
        raise QueryError(name, f"{name}: ‘{value}’ is not a finite number.")
    return number
