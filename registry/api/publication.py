"""Publications, with BibTeX import and export."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.fields import ProjectField
from registry.api.base.filters import Filter, apply_filters
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.api.base.strict import StrictSerializer
from registry.models import Publication
from registry.services.permissions import require_editor
from registry.services.publication import parse_bibtex, save_publications


class PublicationSerializer(RecordSerializer):
    """A publication."""

    project = ProjectField()
    citation = serializers.CharField(read_only=True)
    bibtex = serializers.CharField(read_only=True)

    class Meta:
        model = Publication
        fields = [
            "id",
            "project",
            "key",
            "doi",
            "authors",
            "title",
            "journal",
            "year",
            "volume",
            "pages",
            "citation",
            "bibtex",
            "notes",
            "created_at",
        ]


class BibtexSerializer(StrictSerializer):
    """BibTeX text to import into a project."""

    project = ProjectField()
    bibtex = serializers.CharField(max_length=1_000_000, trim_whitespace=False)


class PublicationViewSet(RecordViewSet):
    """Publications, the sources of reported values."""

    queryset = Publication.objects.select_related("project").order_by("key", "pk")
    serializer_class = PublicationSerializer
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "key": Filter("key__iexact", "Citation key."),
        "doi": Filter("doi__iexact", "DOI."),
        "year": Filter("year", "Year of publication.", kind="id"),
    }
    parameters = {"bibtex": tuple(filters)}

    @extend_schema(
        responses={(200, "application/x-bibtex"): OpenApiResponse(OpenApiTypes.STR, "A .bib file.")},
        operation_id="publications_bibtex",
    )
    @action(detail=False, pagination_class=None)
    def bibtex(self, request: Request) -> HttpResponse:
        """Export the publications as a .bib file, filtered like the list."""
        publications = apply_filters(self.get_queryset(), request, self.filters)
        text = "\n\n".join(publication.bibtex() for publication in publications)
        return HttpResponse(text + "\n", content_type="application/x-bibtex; charset=utf-8")

    @extend_schema(
        request=BibtexSerializer,
        responses={201: PublicationSerializer(many=True)},
        operation_id="publications_bibtex_enter",
    )
    @bibtex.mapping.post
    def bibtex_enter(self, request: Request) -> Response:
        """Import all entries of a BibTeX text; if any entry is invalid, none is saved and each error names its line."""
        serializer = BibtexSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        require_editor(values["project"], actor(request))
        publications = save_publications(parse_bibtex(values["bibtex"], values["project"]), by=actor(request))
        return Response(self.get_serializer(publications, many=True).data, status=status.HTTP_201_CREATED)
