"""Comparison tables: declared by plugins and saved by people, in every format there is."""

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
from registry.selectors.query.parsing import QueryError, nearest
from registry.services.comparison import save_comparison


class ComparisonSerializer(RecordSerializer):
    """A saved table: which measurements, what of each, in which order."""

    project = ProjectField()
    definition = serializers.DictField(help_text="`columns`, perhaps `filters`, `order`, `row`, `require`, `caption`.")

    class Meta:
        model = Comparison
        fields = ["slug", "project", "title", "definition", "notes", "created_at"]

    def store(self, record: Comparison, nested: dict[str, Any]) -> Comparison:
        return save_comparison(record, by=actor(self.context["request"]))


class EntrySerializer(serializers.Serializer[Any]):
    """A table as the list of tables shows it."""

    slug = serializers.CharField()
    title = serializers.CharField()
    caption = serializers.CharField()
    source = serializers.CharField(help_text="The plugin that declares it, or the project it is saved in.")  # type: ignore[assignment]
    saved = serializers.BooleanField(help_text="Saved by people, so that they can change it.")


class DefinitionSerializer(serializers.Serializer[Any]):
    """What a table is made of, to save one like it."""

    slug = serializers.CharField()
    project = serializers.CharField(allow_null=True, help_text="Null for a table a plugin declares.")
    title = serializers.CharField()
    definition = serializers.DictField()


class ComparisonViewSet(RecordViewSet):
    """Comparison tables. Those plugins declare cannot be changed here; save one like it under another slug."""

    queryset = Comparison.objects.select_related("project").order_by("slug")
    serializer_class = ComparisonSerializer
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def check_parameters(self, request: Request) -> None:
        if self.action != "retrieve":
            super().check_parameters(request)

    def get_object(self) -> Comparison:
        """A saved table; one that a plugin declares has nothing to change."""
        slug = self.kwargs["slug"]
        plugins = plugin_loading.current()
        if slug in plugins.tables:
            provider = plugins.providers[f"table {slug}"]
            raise PermissionDenied(f"‘{slug}’ is declared by {provider}: save one like it under another slug.")
        found: Comparison = super().get_object()
        return found

    @extend_schema(responses=EntrySerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every table there is for you: those plugins declare, then those people saved."""
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
        parameters=[OpenApiParameter("format", str, description="json unless given; md, csv, html, latex, xlsx.")],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "*/*"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, slug: str) -> HttpResponse:  # type: ignore[override]
        """The table, printed; every further parameter of the query language narrows it."""
        narrowing = get_query_parameters(request)
        chosen = (narrowing.pop("format", None) or ["json"])[-1]
        formats = plugin_loading.current().table_formats
        if chosen not in formats:
            hint = nearest(chosen, formats)
            raise QueryError(
                "format", f"There is no format ‘{chosen}’: there are {', '.join(formats) or 'none'}.{hint}"
            )
        check_parameters(narrowing, more=("format",))
        table = _table(slug, request)
        one = formats[chosen]
        printed = tables.format_table(table, request.user, narrowing)
        answer = HttpResponse(render_table(one, printed), content_type=one.media_type)
        disposition = "inline" if chosen in ("json", "html") else "attachment"
        answer["Content-Disposition"] = f'{disposition}; filename="{table.slug}.{one.extension.lstrip(".")}"'
        return answer

    @extend_schema(responses=DefinitionSerializer)
    @action(detail=True)
    def definition(self, request: Request, slug: str) -> Response:
        """What the table is made of, declared or saved."""
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
