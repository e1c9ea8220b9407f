"""Filter and order cells and measurements by a query."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from registry.models import Cell, Condition, Ingredient, Layer, Measurement, MeasurementTag, SearchKind, Tag, Value
from registry.models.condition import condition_slugs
from registry.models.search_document import FoundBy, TokenQuery
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.material import get_material_ids
from registry.selectors.plugins.orphans import has_orphaned_values
from registry.selectors.project_slug import in_projects
from registry.selectors.query.combination import split_by_technique
from registry.selectors.query.conditions import check_potential_scales, with_conditions
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    SIMULATED,
    WORDS,
    ListQuery,
    is_condition,
    nearest,
    ordering_keys,
    parts,
    value_quantities,
)
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.selectors.query.shown_value import of_values, series_condition, shown_values, value_condition
from registry.text.search_tokens import parse_search

CELL_ORDER = ("refcode", "label", "configuration", "created_at", "assembled_on", *CELL_NUMBERS)


def filter_cells(query: ListQuery, user: AnyUser) -> QuerySet[Cell]:
    """Visible cells that match the query."""
    check_potential_scales(query, user)
    cells: QuerySet[Cell] = Cell.objects.visible_to(user).filter(_cell_condition(query, user, ""))
    for condition in _layer_conditions(query, user, "pk"):
        cells = cells.filter(condition)
    if query.names_measurements:
        for part in split_by_technique(query):
            cells = cells.filter(pk__in=with_values(part, Measurement.objects.all()).values("cell"))
    return cells


def filter_measurements(
    query: ListQuery,
    user: AnyUser,
    *,
    among: QuerySet[Measurement] | None = None,
    cells: Sequence[int] | None = None,
) -> QuerySet[Measurement]:
    """Visible measurements that match the whole query; `among` (already visible) and `cells` (few) narrow them."""
    visible: QuerySet[Measurement] = Measurement.objects.visible_to(user) if among is None else among
    if cells is None:
        check_potential_scales(query, user)
    else:
        visible = visible.filter(PrimaryKeyIn("cell_id", cells))
    measurements = _with_combined_values(query, visible, cells).filter(_cell_condition(query, user, "cell__"))
    for condition in _layer_conditions(query, user, "cell"):
        measurements = measurements.filter(condition)
    return measurements


def _with_combined_values(
    query: ListQuery, measurements: QuerySet[Measurement], cells: Sequence[int] | None
) -> QuerySet[Measurement]:
    """Measurements that match all conditions of one technique, of cells that match those of every other."""
    parts = split_by_technique(query)
    if len(parts) == 1:
        return with_values(query, measurements, cells=cells)
    any_part = Q()
    for part in parts:
        matching = with_values(part, Measurement.objects.all(), cells=cells)
        any_part |= Q(pk__in=matching.values("pk"))
        measurements = measurements.filter(cell__in=matching.values("cell"))
    return measurements.filter(any_part)


def with_values(
    query: ListQuery,
    measurements: QuerySet[Measurement],
    *,
    cells: Sequence[int] | None = None,
    are_few: bool = False,
) -> QuerySet[Measurement]:
    """Measurements that match the conditions and values of the query; `cells` are their cells, if few."""
    if query.techniques:
        measurements = measurements.filter(technique__in=query.techniques)
    if query.measurements:
        measurements = measurements.filter(refcode__in=query.measurements)
    if query.measurement_tags:
        # A join would list a measurement once for each of its tags that match.
        tags = MeasurementTag.objects.filter(name_key__in=query.measurement_tags)
        measurements = measurements.filter(pk__in=tags.values("measurement"))
    measurements = with_conditions(query, measurements, are_few=are_few or cells is not None)
    for slug in query.quantities:
        measurements = measurements.filter(_value_exists(query, slug, cells))
    if (query.value_origin or query.at) and not query.quantities:
        values = Value.objects.filter(of_values(query), is_latest=True)
        with_cell_level_values = values.filter(measurement=None).values("cell")
        measurements = measurements.filter(Q(pk__in=values.values("measurement")) | Q(cell__in=with_cell_level_values))
    return measurements


def _value_exists(query: ListQuery, slug: str, cells: Sequence[int] | None) -> Q:
    """Whether a single value of the measurement, or of its cell for cell-level quantities, meets all bounds."""
    values = Value.objects.filter(value_condition(query, slug) & series_condition(query, slug))
    if cells is not None:
        values = values.filter(PrimaryKeyIn("cell_id", cells))
    # Not a correlated subquery, which takes 50 times as long with 10,000 cells.
    on_measurement = Q(pk__in=values.filter(measurement__isnull=False).values("measurement"))
    if slug not in catalogue.catalogue:
        matches = on_measurement | Q(cell__in=values.filter(measurement=None).values("cell"))
    else:
        matches = Q(cell__in=values.values("cell")) if catalogue.get(slug).per_cell else on_measurement
    return ~matches if query.only_values_of(slug).asks_for_none else matches


def _cell_condition(query: ListQuery, user: AnyUser, prefix: str) -> Q:
    condition = ~Q(**{f"{prefix}origin": SIMULATED}) if query.leaves_out_simulated else Q()
    for name, values in query.words.items():
        if name == "tag":
            # A join would list a cell once for each of its tags that match.
            condition &= Q(**{f"{prefix}pk__in": Tag.objects.filter(name_key__in=values).values("cell")})
            continue
        if name == "project":
            condition &= in_projects(f"{prefix}{WORDS[name]}", values)
            continue
        any_of = Q()
        for value in values:
            any_of |= Q(**{f"{prefix}{WORDS[name]}": value})
        condition &= any_of
    for bound in query.cell_bounds:
        condition &= bound.condition_on_field(prefix)
    return condition & Q(_search(query.search, prefix)) if query.search else condition


def _search(text: str, prefix: str) -> FoundBy | Q:
    """Whether all words occur among the names and notes of a cell and of what belongs to it."""
    words = parse_search(text)
    return FoundBy(f"{prefix}pk", TokenQuery(words, (SearchKind.CELL,))) if words else Q(pk__in=[])


def _layer_conditions(query: ListQuery, user: AnyUser, cell: str) -> list[Q | Exists]:
    """Conditions on the layers of a cell; all conditions on a role, or on any layer, apply to the same layer."""
    by_roles: dict[tuple[str, ...], Q] = {}
    for name, values in query.parts.items():
        roles = parts().get(name, (name,))
        by_roles[roles] = by_roles.get(roles, Q()) & _made_of(name, values, user)
    for role, bound in query.layer_bounds:
        roles = (role,) if role else ()
        by_roles[roles] = by_roles.get(roles, Q()) & bound.condition_on_field()
    layers = Layer.objects.filter(cell=OuterRef(cell))
    return [
        Exists(layers.filter(condition, **({"role__in": roles} if roles else {})))
        for roles, condition in by_roles.items()
    ]


def _made_of(part: str, names: tuple[str, ...], user: AnyUser) -> Q:
    """Layers of one of these materials, or of a formulation with one: as active material in an electrode, as
    electrolyte in an electrolyte, in any role elsewhere."""
    materials = get_material_ids(names, user)
    ingredients = Ingredient.objects.filter(material__in=materials)
    if part == "electrolyte":
        ingredients = ingredients.filter(role="electrolyte")
    elif part in ("cathode", "anode"):
        ingredients = ingredients.filter(role="active")
    return (
        Q(material__in=materials)
        | Q(as_written_key__in=names)
        | Q(formulation__name_key__in=names)
        | Q(formulation__in=ingredients.values("formulation"))
    )


def order_cells(cells: QuerySet[Cell], query: ListQuery, ordering: Sequence[str]) -> QuerySet[Cell]:
    """Order by columns of the cell or by a quantity (best value that the list shows), then refcode."""
    terms = []
    for key, descending in ordering_keys(ordering).items():
        if key in CELL_ORDER:
            term = F(key)
        elif is_condition(key):
            term = F(f"order_{key}")
            cells = cells.annotate(**{f"order_{key}": Subquery(_best_condition(query, key, descending))})
        elif key in value_quantities() or has_orphaned_values(key):
            term = F(f"order_{key}")
            cells = cells.annotate(**{f"order_{key}": Subquery(_best_value(query, key, descending))})
        else:
            known = [*CELL_ORDER, *condition_slugs(), *value_quantities()]
            raise QueryError(
                "ordering", f"Cells cannot be ordered by ‘{key}’.{nearest(key, known)}", "unknown-ordering"
            )
        terms.append(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True))
    return cells.order_by(*terms, "refcode")


def _best_condition(query: ListQuery, slug: str, descending: bool) -> QuerySet[Condition, Any]:
    """The highest or lowest number of a condition among the matching measurements of a cell."""
    rows = Condition.objects.filter(measurement__cell=OuterRef("pk"), quantity=slug)
    if query.names_measurements:
        rows = rows.filter(_is_of_matching_measurement(query))
    best = Max("magnitude") if descending else Min("magnitude")
    return rows.order_by().values("measurement__cell").annotate(best=best).values("best")


def _best_value(query: ListQuery, slug: str, descending: bool) -> QuerySet[Value, Any]:
    """The highest or lowest of the values that the list of cells shows."""
    values = shown_values(query, [slug]).filter(cell=OuterRef("pk"))
    if query.names_measurements:
        values = values.filter(_is_of_matching_measurement(query) | Q(measurement=None))
    best = Max("magnitude") if descending else Min("magnitude")
    return values.order_by().values("cell").annotate(best=best).values("best")


def _is_of_matching_measurement(query: ListQuery) -> Q:
    measurement = Measurement.objects.filter(pk=OuterRef("measurement"))
    any_part = Q()
    for part in split_by_technique(query):
        any_part |= Q(Exists(with_values(part, measurement, are_few=True)))
    return any_part


def matching_measurements(query: ListQuery, cell_pks: Iterable[int], user: AnyUser) -> QuerySet[Measurement]:
    """Measurements of these cells that match the query."""
    return filter_measurements(query, user, cells=list(cell_pks)).order_by("cell", "pk")
