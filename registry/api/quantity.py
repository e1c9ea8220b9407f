"""Quantities."""

from dataclasses import asdict
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.records import ReadViewSet
from registry.numbers import catalogue


class QuantitySerializer(serializers.Serializer[Any]):
    """A quantity; its slug ends in the unit of its magnitudes."""

    slug = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    unit_label = serializers.CharField()
    symbol = serializers.CharField()
    description = serializers.CharField()
    is_count = serializers.BooleanField()
    per_cell = serializers.BooleanField(help_text="Cell-level: independent of the test conditions.")
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    protocol = serializers.ListField(
        child=serializers.CharField(),
        help_text="Slugs of the quantities that describe the protocol, if the values depend on it.",
    )
    describes_test = serializers.BooleanField(help_text="Says how far a test went, rather than what the cell is.")
    end_of = serializers.CharField(
        help_text="If it says when a test ended, the slug of the quantity that every such test has."
    )
    if_not_ended = serializers.CharField(help_text="What to do while the tests of some cells have not ended.")
    source = serializers.CharField(help_text="Cellar, or the plugin that added it.")  # type: ignore[assignment]


class QuantityViewSet(ReadViewSet):
    """Quantities that can be reported, computed and used as filters."""

    serializer_class = QuantitySerializer
    lookup_field = "slug"
    lookup_value_regex = r"[a-z0-9_]+"

    def list(self, request: Request) -> Response:
        """All quantities."""
        page = self.paginate_queryset([_row(slug) for slug in catalogue.catalogue])
        return self.get_paginated_response(page)

    @extend_schema(responses=QuantitySerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        """A quantity."""
        if slug not in catalogue.catalogue:
            raise Http404
        return Response(_row(slug))


def _row(slug: str) -> dict[str, Any]:
    return asdict(catalogue.get(slug)) | {"source": catalogue.source_of(slug)}
