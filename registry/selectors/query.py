"""The one query language: the API, the pages and the tables all filter with it.

All conditions of a query hold together on one measurement: a retention at 20 MPa never answers for 2 MPa.
"""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from registry import quantities
from registry.hookspecs import LAYER_ROLES, TECHNIQUES
from registry.models import Cell, CellFormat, CellOrigin, Ingredient, Layer, Measurement, Value, ValueOrigin
from registry.models.record import type_of_user
from registry.notation import NotationError, parse
from registry.selectors.absent import is_left
from registry.selectors.among import Among
from registry.selectors.bound import OPERATORS, Bound
from registry.selectors.material import materials_named

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
    "label": "label__icontains",
    "configuration": "configuration__icontains",
    "project": "project__slug",
    "publication": "publication__key__iexact",
    "doi": "publication__doi__iexact",
    "format": "format",
    "origin": "origin",
}
SEARCHED = ("refcode", "label", "configuration", "notes", "publication__key", "publication__title", "project__name")
CELL_ORDER = ("refcode", "label", "configuration", "created_at", "assembled_on", *CELL_NUMBERS)
CHOICES: Mapping[str, Sequence[str]] = {
    "format": CellFormat.values,
    "origin": CellOrigin.values,
    "technique": list(TECHNIQUES),
    "value_origin": ValueOrigin.values,
}


class QueryError(ValueError):
    """A query cannot be answered; `parameter` names the one to mend."""

    def __init__(self, parameter: str, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter


@dataclass(frozen=True)
class Query:
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
        return any(bound.operator == "exists" and not bound.number for bound in self.value_bounds)

    @property
    def without_values(self) -> "Query":
        """The same, but for what it asks of values."""
        return replace(self, value_origin="", value_bounds=())

    def about(self, quantity: str) -> "Query":
        """What it asks of the values of one quantity, and nothing else."""
        bounds = tuple(bound for bound in self.value_bounds if bound.slug == quantity)
        return Query(value_origin=self.value_origin, value_bounds=bounds)


def parameter_names() -> list[str]:
    """Every parameter a query may have, operators apart."""
    numbers = [*CONDITIONS, *LAYER_NUMBERS, *CELL_NUMBERS, *value_quantities()]
    return sorted({*WORDS, *PARTS, "q", "technique", "measurement", "value_origin", *numbers})


def value_quantities() -> list[str]:
    """Quantities that values may have: all but those that are columns of a record."""
    columns = {*CONDITIONS, *LAYER_NUMBERS, *CELL_NUMBERS}
    return [slug for slug in quantities.catalogue if slug not in columns]


def parse_query(parameters: Mapping[str, Iterable[str]], *, stored: bool = True) -> Query:
    """Parse parameters, each with its values, any of which may match; a QueryError names the nearest valid one.

    A quantity whose plugin is gone may be asked for as long as it has `stored` values.
    """
    words: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[str, ...]] = {}
    single: dict[str, str] = {}
    bounds: list[tuple[str, Bound]] = []
    for name, given in parameters.items():
        values = tuple(value.strip() for value in given if value.strip())
        if not values:
            continue
        if name in CHOICES:
            _check_choice(name, values)
        if name in WORDS:
            words[name] = values
        elif name in PARTS:
            parts[name] = values
        elif name in ("q", "value_origin"):
            single[name] = values[-1]
        elif name not in ("technique", "measurement"):
            bounds += [_bound(name, value, stored) for value in values]
    return Query(
        words=words,
        parts=parts,
        search=single.get("q", ""),
        techniques=tuple(value.strip() for value in parameters.get("technique", ()) if value.strip()),
        measurements=tuple(value.strip().upper() for value in parameters.get("measurement", ()) if value.strip()),
        value_origin=single.get("value_origin", ""),
        cell_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in CELL_NUMBERS),
        layer_bounds=tuple((role, bound) for role, bound in bounds if bound.slug in LAYER_NUMBERS),
        condition_bounds=tuple(bound for role, bound in bounds if not role and bound.slug in CONDITIONS),
        value_bounds=tuple(bound for role, bound in bounds if not role and bound.slug not in WRITTEN),
    )


def _check_choice(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        if value not in CHOICES[name]:
            raise QueryError(name, f"‘{value}’ is not a {name}: there are {', '.join(CHOICES[name])}.")


def _bound(name: str, value: str, stored: bool) -> tuple[str, Bound]:
    """Parse `slug__gte` (or `cathode.slug__gte`) and its number, bare in the slug's unit or with a unit."""
    base, _, operator = name.partition("__")
    role, _, slug = base.rpartition(".")
    known = slug in quantities.catalogue and (not role or (role in LAYER_ROLES and slug in LAYER_NUMBERS))
    if not known and not (stored and not role and is_left(slug)):
        raise QueryError(name, f"There is no parameter ‘{name}’.{nearest(base, parameter_names(), operator)}")
    if operator not in ("", "exists", *OPERATORS):
        allowed = ", ".join(f"{slug}__{one}" for one in (*OPERATORS, "exists"))
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
    quantity = quantities.stand_in(slug)
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


def cells(query: Query, user: type_of_user) -> QuerySet[Cell]:
    """Visible cells the query asks for."""
    found: QuerySet[Cell] = Cell.objects.visible_to(user).filter(_cell_condition(query, user, ""))
    for wanted in _layer_conditions(query, user, "pk"):
        found = found.filter(wanted)
    if query.names_measurements:
        matching = with_values(query, Measurement.objects.all())
        found = found.filter(pk__in=matching.values("cell"))
    return found


def measurements(
    query: Query,
    user: type_of_user,
    *,
    among: QuerySet[Measurement] | None = None,
    cells: Sequence[int] | None = None,
) -> QuerySet[Measurement]:
    """Visible measurements on which all of the query holds: `among` visible ones already narrowed, of few `cells`."""
    visible: QuerySet[Measurement] = Measurement.objects.visible_to(user) if among is None else among
    if cells is not None:
        visible = visible.filter(Among("cell_id", cells))
    found = with_values(query, visible, cells=cells).filter(_cell_condition(query, user, "cell__"))
    for wanted in _layer_conditions(query, user, "cell"):
        found = found.filter(wanted)
    return found


def with_values(
    query: Query, found: QuerySet[Measurement], *, cells: Sequence[int] | None = None
) -> QuerySet[Measurement]:
    """Those of the measurements that meet the query's conditions and have its values; `cells` are theirs if few."""
    if query.techniques:
        found = found.filter(technique__in=query.techniques)
    if query.measurements:
        found = found.filter(refcode__in=query.measurements)
    for bound in query.condition_bounds:
        found = found.filter(bound.condition_as_written(bound.slug, WRITTEN[bound.slug]))
    for slug in query.quantities:
        found = found.filter(_value_exists(query, slug, cells))
    if query.value_origin and not query.quantities:
        values = Value.objects.filter(is_latest=True, origin=query.value_origin)
        whole = values.filter(measurement=None).values("cell")
        found = found.filter(Q(pk__in=values.values("measurement")) | Q(cell__in=whole))
    return found


def _value_exists(query: Query, slug: str, cells: Sequence[int] | None) -> Q:
    """One value of the quantity that meets every bound on it, on the measurement, or of the cell anywhere on it."""
    values = Value.objects.filter(value_condition(query, slug))
    if cells is not None:
        values = values.filter(Among("cell_id", cells))
    # Not correlated: asked of each measurement in turn, it takes fifty times as long on 10,000 cells.
    of_the_measurement = Q(pk__in=values.filter(measurement__isnull=False).values("measurement"))
    if slug not in quantities.catalogue:
        answering = of_the_measurement | Q(cell__in=values.filter(measurement=None).values("cell"))
    else:
        answering = Q(cell__in=values.values("cell")) if quantities.get(slug).per_cell else of_the_measurement
    return ~answering if query.about(slug).asks_for_none else answering


def value_condition(query: Query, slug: str) -> Q:
    """What a value must meet to answer every bound on its quantity."""
    condition = Q(quantity=slug, is_latest=True, magnitude__isnull=False)
    if query.value_origin:
        condition &= Q(origin=query.value_origin)
    for bound in query.value_bounds:
        if bound.slug != slug or bound.operator == "exists":
            continue
        condition &= bound.condition_on_value()
    return condition


def _cell_condition(query: Query, user: type_of_user, prefix: str) -> Q:
    condition = Q()
    for name, values in query.words.items():
        any_of = Q()
        for value in values:
            any_of |= Q(**{f"{prefix}{WORDS[name]}": value})
        condition &= any_of
    for bound in query.cell_bounds:
        condition &= bound.condition_as_written(f"{prefix}{bound.slug}", f"{prefix}{WRITTEN[bound.slug]}")
    for word in query.search.split():
        condition &= _search(word, prefix)
    return condition


def _search(word: str, prefix: str) -> Q:
    """A word anywhere in what names a cell."""
    in_cell = Q()
    for column in SEARCHED:
        in_cell |= Q(**{f"{prefix}{column}__icontains": word})
    layers = Layer.objects.filter(
        Q(material__name__icontains=word)
        | Q(material__synonyms__name__icontains=word)
        | Q(formulation__name__icontains=word)
        | Q(formulation__ingredients__material__name__icontains=word)
    )
    return in_cell | Q(**{f"{prefix}pk__in" if prefix else "pk__in": layers.values("cell")})


def _layer_conditions(query: Query, user: type_of_user, cell: str) -> list[Q | Exists]:
    """What the cell's layers must meet: all that is asked of one role, or of any layer, holds on one and the same."""
    asked: dict[str, Q] = {}
    for name, values in query.parts.items():
        role = PARTS[name][0] if len(PARTS[name]) == 1 else ""
        asked[role] = asked.get(role, Q()) & _made_of(name, values, user)
    for role, bound in query.layer_bounds:
        asked[role] = asked.get(role, Q()) & bound.condition_as_written(bound.slug, WRITTEN[bound.slug])
    of_cell = Layer.objects.filter(cell=OuterRef(cell))
    return [Exists(of_cell.filter(condition, **({"role": role} if role else {}))) for role, condition in asked.items()]


def _made_of(part: str, names: tuple[str, ...], user: type_of_user) -> Q:
    """A layer of this material, or of a formulation with it as the active material or electrolyte of that part."""
    condition = Q()
    for name in names:
        materials = materials_named(name, user)
        ingredients = Ingredient.objects.filter(material__in=materials)
        if part == "electrolyte":
            ingredients = ingredients.filter(role="electrolyte")
        elif part != "material":
            ingredients = ingredients.filter(role="active")
        condition |= (
            Q(material__in=materials)
            | Q(as_written__iexact=name)
            | Q(formulation__name__iexact=name)
            | Q(formulation__in=ingredients.values("formulation"))
        )
    return condition


def order_cells(found: QuerySet[Cell], query: Query, ordering: Sequence[str]) -> QuerySet[Cell]:
    """Order by columns of the cell or by a quantity (the best value among matching measurements), then by refcode."""
    terms = []
    for name in ordering:
        key, descending = name.lstrip("-"), name.startswith("-")
        if key in CELL_ORDER:
            term = F(key)
        elif key in value_quantities() or is_left(key):
            term = F(f"order_{key}")
            found = found.annotate(**{f"order_{key}": Subquery(_best_value(query, key, descending))})
        else:
            known = [*CELL_ORDER, *value_quantities()]
            raise QueryError("ordering", f"Cells cannot be ordered by ‘{key}’.{nearest(key, known)}")
        terms.append(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True))
    return found.order_by(*terms, "refcode")


def _best_value(query: Query, slug: str, descending: bool) -> QuerySet[Value, Any]:
    # Neither a bound on the magnitude nor an order by it: SQLite would walk all values of the quantity for each cell.
    values = Value.objects.filter(cell=OuterRef("pk"), quantity=slug, is_latest=True)
    if query.names_measurements:
        matching = with_values(query, Measurement.objects.filter(pk=OuterRef("measurement")))
        values = values.filter(Exists(matching))
    if query.value_origin:
        values = values.filter(origin=query.value_origin)
    best = Max("magnitude") if descending else Min("magnitude")
    return values.order_by().values("cell").annotate(best=best).values("best")


def matches(query: Query, cell_pks: Iterable[int], user: type_of_user) -> QuerySet[Measurement]:
    """The measurements of these cells on which the query holds."""
    return measurements(query, user, cells=list(cell_pks)).order_by("cell", "pk")
