"""How many measurements of a list there are of each tag, of their own and of their cell."""

from dataclasses import replace

from django.db.models import Count, Min

from registry.models import Measurement, MeasurementTag
from registry.models.visibility import AnyUser
from registry.selectors.facets import Facet, build_tag_facet
from registry.selectors.measurement import filter_measurement_list
from registry.selectors.query.parsing import ListQuery
from registry.selectors.query.primary_key_in import PrimaryKeyIn

COUNTED_MEASUREMENTS = 10_000
"""Measurements that are counted at most: the newest of those that match."""


def list_measurement_facets(query: ListQuery, user: AnyUser) -> list[Facet]:
    """The facets of a list of measurements, each counted among those that match all of the query but its own
    parameter."""
    facets = [_of_tag(query, user), _of_cell_tag(query, user)]
    return [facet for facet in facets if facet.options]


def _of_tag(query: ListQuery, user: AnyUser) -> Facet:
    pks, is_capped = _matching(replace(query, measurement_tags=()), user)
    tags = MeasurementTag.objects.filter(PrimaryKeyIn("measurement_id", pks)).order_by().values_list("name_key")
    counted = tags.annotate(count=Count("pk"), name=Min("name"))
    return build_tag_facet("measurement_tag", "Tag", counted, query.measurement_tags, is_capped)


def _of_cell_tag(query: ListQuery, user: AnyUser) -> Facet:
    words = {name: values for name, values in query.words.items() if name != "tag"}
    pks, is_capped = _matching(replace(query, words=words), user)
    rows = Measurement.objects.filter(PrimaryKeyIn("pk", pks), cell__tags__isnull=False).order_by()
    counted = rows.values_list("cell__tags__name_key").annotate(count=Count("pk"), name=Min("cell__tags__name"))
    return build_tag_facet("tag", "Tag of the cell", counted, query.words.get("tag", ()), is_capped)


def _matching(query: ListQuery, user: AnyUser) -> tuple[list[int], bool]:
    newest = filter_measurement_list(query, user).order_by("-pk").values_list("pk", flat=True)
    pks = list(newest[: COUNTED_MEASUREMENTS + 1])
    return pks[:COUNTED_MEASUREMENTS], len(pks) > COUNTED_MEASUREMENTS
