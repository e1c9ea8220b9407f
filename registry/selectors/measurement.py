"""Filter and sort the list of measurements."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, Max, Min, OuterRef, QuerySet, Subquery

from registry.models import Measurement, Value
from registry.models.condition import condition_slugs
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.plugins.orphans import has_orphaned_values
from registry.selectors.query.conditions import condition_magnitude
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import ListQuery, is_condition, nearest, ordering_keys, value_quantities
from registry.selectors.query.shown_value import shown_values
from registry.selectors.query.to_sql import filter_measurements
from registry.selectors.search import found_measurements

COLUMNS = ("refcode", "label", "technique", "created_at", "measured_on")


def filter_measurement_list(query: ListQuery, user: AnyUser) -> QuerySet[Measurement]:
    """Visible measurements that match the query; words are searched for among the names of the measurement, not only of
    its cell."""
    measurements = filter_measurements(replace(query, search=""), user)
    return measurements.filter(found_measurements(query.search)) if query.search else measurements


def order_measurements(
    measurements: QuerySet[Measurement], query: ListQuery, ordering: Sequence[str]
) -> QuerySet[Measurement]:
    """Order by columns of the measurement or by a quantity (its best value that matches the query), then refcode."""
    terms = []
    for key, descending in ordering_keys(ordering).items():
        if key in COLUMNS:
            term = F(key)
        elif is_condition(key):
            term = F(f"order_{key}")
            measurements = measurements.annotate(**{f"order_{key}": condition_magnitude(key)})
        elif key in value_quantities() or has_orphaned_values(key):
            term = F(f"order_{key}")
            measurements = measurements.annotate(**{f"order_{key}": Subquery(_best_value(query, key, descending))})
        else:
            hint = nearest(key, [*COLUMNS, *condition_slugs(), *value_quantities()])
            raise QueryError("ordering", f"Measurements cannot be ordered by ‘{key}’.{hint}", "unknown-ordering")
        terms.append(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True))
    return measurements.order_by(*terms, "refcode")


def _best_value(query: ListQuery, slug: str, descending: bool) -> QuerySet[Value, Any]:
    """The highest or lowest of the values that the list of measurements shows."""
    per_cell = catalogue.get_or_placeholder(slug).per_cell
    owner = {"cell": OuterRef("cell"), "measurement": None} if per_cell else {"measurement": OuterRef("pk")}
    values = shown_values(query, [slug]).filter(**owner)
    best = Max("magnitude") if descending else Min("magnitude")
    return values.order_by().values("cell").annotate(best=best).values("best")
