"""Which of several values of a quantity stands for a record: lists show, filter and sort by the same one.

Of a measurement, or of a cell for cell-level values, it is the value without a place if there is one, otherwise those
at places; of the same place, the reported value before a computed one, and the first computed before a later one.
"""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, In

from registry.models import Value, ValueOrigin
from registry.models.value import place_columns
from registry.numbers import catalogue
from registry.selectors.query.fixed_conditions import agrees_with
from registry.selectors.query.parsing import ListQuery


def of_values(query: ListQuery) -> Q:
    """Condition for a value of the origin and at the place that the query asks for."""
    condition = Q(origin=query.value_origin) if query.value_origin else Q()
    return condition & Q(**place_columns(query.at)) if query.at else condition


def value_condition(query: ListQuery, slug: str) -> Q:
    """Condition for a value that meets all bounds on its quantity."""
    condition = Q(quantity=slug, is_latest=True, magnitude__isnull=False) & of_values(query)
    return condition & _within_bounds(query, slug) & _is_at_main_place(query)


def series_condition(query: ListQuery, slug: str) -> Q:
    """A value of a series of the cell matches only the conditions of that series."""
    is_cell_level = slug not in catalogue.catalogue or catalogue.get(slug).per_cell
    return agrees_with(query.condition_bounds) if is_cell_level else Q()


def shown_values(query: ListQuery, slugs: Sequence[str]) -> QuerySet[Value]:
    """The values of quantities that stand for their measurement, or for their cell; to be narrowed to few cells."""
    plain = [slug for slug in slugs if not (_within_bounds(query, slug) or series_condition(query, slug))]
    condition = _first_of(query, plain) if plain else Q(pk__in=())
    for slug in slugs:
        if slug not in plain:
            condition |= _first_of(query, [slug])
    return Value.objects.filter(condition & _is_at_main_place(query))


def _first_of(query: ListQuery, slugs: Sequence[str]) -> Q:
    """Numbers of quantities with the same bounds that no other precedes."""
    # Not `quantity__in=slugs`: SQLite would scan all values of the quantities for each record, by their magnitudes.
    is_quantity = Q(In(Coalesce(F("quantity"), Constant("")), list(slugs)))
    # A second report of the same quantity at the same place replaces the first, so that nothing precedes a report.
    is_first = Q(origin=ValueOrigin.REPORTED) | Q(~Exists(_preceding(query, slugs[0])))
    return is_quantity & _is_number(query, slugs[0]) & is_first


def _is_number(query: ListQuery, slug: str) -> Q:
    condition = Q(is_latest=True, magnitude__isnull=False) & of_values(query)
    return condition & _within_bounds(query, slug) & series_condition(query, slug)


def _within_bounds(query: ListQuery, slug: str) -> Q:
    condition = Q()
    for bound in query.value_bounds:
        if bound.slug == slug and bound.operator != "exists":
            condition &= bound.condition()
    return condition


def _is_at_main_place(query: ListQuery) -> Q:
    """A number at a place, such as the retention of the formation cycles, stands for its measurement only if there is
    none without a place; a query may ask for the place."""
    if query.at:
        return Q()
    overall = Value.objects.filter(_is_sibling(), of_values(query), is_latest=True, at_number=None)
    return Q(at_number=None) | Q(~Exists(overall.filter(magnitude__isnull=False)))


def _preceding(query: ListQuery, slug: str) -> QuerySet[Value]:
    """Numbers at the same place that stand for the measurement before a computed one."""
    is_same_place = Q(Exact(Coalesce(F("at_number"), -1), Coalesce(OuterRef("at_number"), -1)))
    is_earlier = Q(origin=ValueOrigin.REPORTED) | Q(pk__lt=OuterRef("pk"))
    return Value.objects.filter(
        _is_sibling(), _is_number(query, slug), is_same_place, is_earlier, at_kind=OuterRef("at_kind")
    )


def _is_sibling() -> Q:
    """Whether a value is of the same quantity and measurement, or cell, as the outer one."""
    is_quantity = Exact(Coalesce(F("quantity"), Constant("")), OuterRef("quantity"))
    is_owner = Exact(Coalesce(F("measurement_id"), 0), Coalesce(OuterRef("measurement_id"), 0))
    return Q(is_quantity, is_owner, cell=OuterRef("cell"))
