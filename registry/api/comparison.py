"""Comparison tables, declared by plugins or saved by users, in every table format."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DomainError
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.fields import ProjectField
from registry.api.base.filters import get_query_parameters
from registry.api.base.list_query import check_parameters
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.hookspecs import Table
from registry.models import Comparison
from registry.selectors.comparison import tables
from registry.selectors.comparison.rendering import render_table
from registry.selectors.comparison.replicates import SETTINGS
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.services.comparison import save_comparison


class ComparisonSerializer(RecordSerializer):
    """A saved comparison table: its filters, columns and order."""

    project = ProjectField()
    definition = serializers.DictField(
        help_text="`columns`; optional: `filters`, `order`, `row`, `require`, `caption`."
    )

    class Meta:
        model = Comparison
        fields = ["slug", "project", "title", "definition", "notes", "created_at"]

    def store(self, record: Comparison, nested: dict[str, Any]) -> Comparison:
        return save_comparison(record, by=actor(self.context["request"]))


class ComparisonSummarySerializer(serializers.Serializer[Any]):
    """A comparison table in the list."""

    slug = serializers.CharField()
    title = serializers.CharField()
    caption = serializers.CharField()
    source = serializers.CharField(help_text="Plugin or project that provides the table.")  # type: ignore[assignment]
    saved = serializers.BooleanField(help_text="Whether it is saved in a project and can be edited.")


class ComparisonDefinitionSerializer(serializers.Serializer[Any]):
    """The definition of a table, to copy and save."""

    slug = serializers.CharField()
    project = serializers.CharField(allow_null=True, help_text="Null for a table declared by a plugin.")
    title = serializers.CharField()
    definition = serializers.DictField()


class ComparisonViewSet(RecordViewSet):
    """Comparison tables. Tables declared by plugins are read-only; save a copy under another slug."""

    queryset = Comparison.objects.select_related("project").order_by("slug")
    serializer_class = ComparisonSerializer
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def check_parameters(self, request: Request) -> None:
        if self.action != "retrieve":
            super().check_parameters(request)

    def get_object(self) -> Comparison:
        """A saved table; a table declared by a plugin is read-only."""
        slug = self.kwargs["slug"]
        plugins = plugin_loading.current()
        if slug in plugins.tables:
            provider = plugins.plugin_of("table", slug)
            raise PermissionDenied(f"‘{slug}’ is declared by {provider} and read-only: save a copy under another slug.")
        comparison: Comparison = super().get_object()
        return comparison

    @extend_schema(responses=ComparisonSummarySerializer(many=True))
    def list(self, request: Request) -> Response:
        """All tables visible to you: first those declared by plugins, then those saved in projects."""
        entries = [
            {
                "slug": table.slug,
                "title": table.title,
                "caption": table.caption,
                "source": table.source,
                "saved": table.comparison is not None,
            }
            for table in tables.list_tables(request.user)
        ]
        return self.get_paginated_response(self.paginate_queryset(entries))

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, description="`json` (default), `md`, `csv`, `html`, `latex` or `xlsx`."),
            OpenApiParameter(
                "replicates", str, description="Rows of replicate cells: `each`, their `mean`, or the `champion`."
            ),
            OpenApiParameter(
                "champion",
                str,
                description=(
                    "For `champion`: the column that decides. The largest value wins; with a leading `-`, the smallest."
                ),
            ),
            OpenApiParameter(
                "this_work",
                str,
                description=(
                    "Projects and cells that count as this work, separated by commas; other own cells are omitted."
                ),
            ),
            OpenApiParameter(
                "compare_with",
                str,
                description="Refcode of the row with whose test conditions the other rows are compared.",
            ),
            OpenApiParameter(
                "comparable", str, description="With `compare_with`: `all` rows, or `only` comparable ones."
            ),
        ],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "*/*"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, slug: str) -> HttpResponse:  # type: ignore[override]
        """The formatted table. Parameters of the query language filter its rows further."""
        parameters = get_query_parameters(request)
        name = (parameters.pop("format", None) or ["json"])[-1]
        formats = plugin_loading.current().table_formats
        if name not in formats:
            available = ", ".join(formats) or "none"
            raise QueryError(
                "format", f"Unknown format ‘{name}’; available: {available}.{nearest(name, formats)}", "unknown-format"
            )
        settings = {name: parameters.pop(name) for name in SETTINGS if name in parameters}
        check_parameters(parameters, extra=("format", *SETTINGS))
        table = _table(slug, request)
        table_format = formats[name]
        formatted = tables.format_table(table, request.user, parameters | settings)
        response = HttpResponse(render_table(table_format, formatted), content_type=table_format.media_type)
        disposition = "inline" if name in ("json", "html") else "attachment"
        response["Content-Disposition"] = f'{disposition}; filename="{table.slug}.{table_format.extension.lstrip(".")}"'
        return response

    @extend_schema(responses=ComparisonDefinitionSerializer)
    @action(detail=True)
    def definition(self, request: Request, slug: str) -> Response:
        """The definition of the table."""
        table = _table(slug, request)
        saved = self.get_queryset().filter(slug=table.slug).first()
        return Response(
            {
                "slug": table.slug,
                "project": saved.project.slug if saved else None,
                "title": table.title,
                "definition": tables.table_definition(table),
            }
        )


def _table(slug: str, request: Request) -> Table:
    try:
        return tables.get_table(slug, request.user)
    except ValueError as error:
        raise DomainError({"definition": str(error)}) from error
