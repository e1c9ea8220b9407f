"""Filter and order measurements by their conditions, each a row of its own."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from registry.models import Condition, Measurement
from registry.models.visibility import AnyUser
from registry.numbers.potential_scales import POTENTIALS, scale_label
from registry.selectors.query.bound import Bound
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import SCALE_NOT_STATED, ListQuery

MAX_COUNTED = 5_000
"""Rows counted to find the rarest condition; of more, any will do."""


def with_conditions(
    query: ListQuery, measurements: QuerySet[Measurement], *, are_few: bool = False
) -> QuerySet[Measurement]:
    """Measurements that meet all bounds on conditions.

    The rows of the condition that matches the fewest are listed, and the others are looked up for each of them: a list
    of rows for every condition takes twice as long. If the measurements `are_few`, all are looked up for each.
    """
    matching = {slug: _rows(slug, bounds) for slug, bounds in query.conditions.items()}
    absent = [slug for slug, bounds in query.conditions.items() if any(bound.asks_for_none for bound in bounds)]
    present = [slug for slug in matching if slug not in absent]
    if present and not are_few:
        rarest = _rarest([matching[slug] for slug in present])
        measurements = measurements.filter(pk__in=matching[present.pop(rarest)].values("measurement"))
    for slug in present:
        measurements = measurements.filter(Exists(matching[slug].filter(measurement=OuterRef("pk"))))
    for slug in absent:
        measurements = measurements.filter(~Exists(matching[slug].filter(measurement=OuterRef("pk"))))
    return measurements


def check_potential_scales(query: ListQuery, user: AnyUser) -> None:
    """Raise QueryError if a bound on a potential names no scale, and the user sees potentials on several."""
    slugs = {
        bound.slug
        for bound in query.condition_bounds
        if bound.slug in POTENTIALS and bound.scale is None and bound.operator != "exists"
    }
    if not slugs:
        return
    rows = Condition.objects.visible_to(user).filter(quantity__in=slugs, magnitude__isnull=False)
    scales = sorted(rows.order_by().values_list("scale", flat=True).distinct())
    if len(scales) > 1:
        slug = min(slugs)
        raise QueryError(
            slug,
            f"Voltages are recorded on several potential scales ({', '.join(map(scale_label, scales))}), which are not "
            f"compared with each other; add one: {slug}__lte=4.3 V vs Li/Li+, or{SCALE_NOT_STATED}.",
            "several-potential-scales",
        )


def condition_magnitude(slug: str) -> Subquery:
    """The magnitude of a condition of each measurement, to order by."""
    rows = Condition.objects.filter(measurement=OuterRef("pk"), quantity=slug)
    return Subquery(rows.order_by().values("magnitude")[:1])


def _rows(slug: str, bounds: Sequence[Bound]) -> QuerySet[Condition]:
    """The numbers of a condition within all bounds; if it must be absent, all its numbers."""
    condition = Q(quantity=slug, magnitude__isnull=False)
    for bound in bounds:
        if bound.operator != "exists":
            condition &= bound.condition() & (Q() if bound.scale is None else Q(scale=bound.scale))
    return Condition.objects.filter(condition).order_by()


def _rarest(candidates: Sequence[QuerySet[Condition]]) -> int:
    """Position of the queryset with the fewest rows, counted in one query; a single one is not counted."""
    if len(candidates) == 1:
        return 0
    selects: list[str] = []
    parameters: list[Any] = []
    for rows in candidates:
        sql, own_parameters = rows.values("pk")[:MAX_COUNTED].query.sql_with_params()
        selects.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        parameters += own_parameters
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", parameters)
        counts = cursor.fetchone()
    return min(range(len(candidates)), key=lambda position: counts[position])
