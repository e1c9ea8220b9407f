"""Reads about measurements."""

from collections.abc import Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery

from registry import quantities
from registry.models import Measurement, Value
from registry.selectors.query import CONDITIONS, Query, QueryError, nearest, value_condition, value_quantities

COLUMNS = ("refcode", "label", "technique", "created_at", "measured_on", *CONDITIONS)


def order_measurements(found: QuerySet[Measurement], query: Query, ordering: Sequence[str]) -> QuerySet[Measurement]:
    """Order by columns of the measurement or by a quantity (its best value that answers the query), then by refcode."""
    terms = []
    for name in ordering:
        key, descending = name.removeprefix("-"), name.startswith("-")
        if key in COLUMNS:
            term = F(key)
        elif key in value_quantities():
            place = {"cell": OuterRef("cell"), "measurement": None} if quantities.get(key).per_cell else {
                "measurement": OuterRef("pk")
            }
            best = Value.objects.filter(value_condition(query, key), **place).order_by(
                "-magnitude" if descending else "magnitude"
            )
            term = F(f"order_{key}")
            found = found.annotate(**{f"order_{key}": Subquery(best.values("magnitude")[:1])})
        else:
            hint = nearest(key, [*COLUMNS, *value_quantities()])
            raise QueryError("ordering", f"Measurements cannot be ordered by ‘{key}’.{hint}")
        terms.append(term.desc(nulls_last=True) if descending else term.asc(nulls_last=True))
    return found.order_by(*terms, "refcode")
