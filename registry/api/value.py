"""Values: reported ones entered as printed, computed ones read."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.fields import CellField, MeasurementField, VisibleById
from registry.api.base.filters import Filter, get_query_parameters
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.rows import Columns, Rows, rows_of
from registry.api.base.strict import StrictSerializer
from registry.models import Publication, Qualifier, Value, ValueOrigin
from registry.numbers import catalogue
from registry.selectors.orphans import has_orphaned_values
from registry.selectors.query.parsing import QueryError, nearest, value_quantities
from registry.services.runs.queue import queue_cells
from registry.services.value import report_value, retire_value

COLUMNS: Columns = {
    "id": "pk",
    "measurement": "measurement__refcode",
    "quantity": "quantity",
    "written": "written",
    "magnitude": "magnitude",
    "lower": "lower",
    "upper": "upper",
    "standard_uncertainty": "standard_uncertainty",
    "degrees_of_freedom": "degrees_of_freedom",
    "qualifier": "qualifier",
    "missing": "missing",
    "inferred": "inferred",
    "note": "note",
    "origin": "origin",
    "publication": "publication_id",
    "run": "run_id",
    "analysis": "run__analysis",
    "stale_since": "run__stale_since",
}
FULL_COLUMNS: Columns = COLUMNS | {
    "cell": "cell__refcode",
    "is_latest": "is_latest",
    "created_at": "created_at",
    "retired_at": "retired_at",
}


def marked(rows: Rows) -> None:
    """Say of each row whether the plugin it rests on is gone."""
    known, loaded = catalogue.catalogue, plugin_loading.current().analyses
    for row in rows:
        row["gone"] = row["quantity"] not in known or (row["analysis"] is not None and row["analysis"] not in loaded)


class ShownValueSerializer(serializers.Serializer[Any]):
    """One number with its doubt, or the reason why there is none."""

    id = serializers.IntegerField()
    measurement = serializers.CharField(allow_null=True, help_text="Refcode; null for a value of the cell as a whole.")
    quantity = serializers.CharField()
    written = serializers.CharField(help_text="As printed, of a reported value.")
    magnitude = serializers.FloatField(allow_null=True, help_text="In the unit the quantity's slug ends in.")
    lower = serializers.FloatField(allow_null=True, help_text="Lower bound from rounding.")
    upper = serializers.FloatField(allow_null=True, help_text="Upper bound from rounding.")
    standard_uncertainty = serializers.FloatField(help_text="Scatter, beside the rounding.")
    degrees_of_freedom = serializers.FloatField(allow_null=True, help_text="Of the scatter; null if infinitely many.")
    qualifier = serializers.ChoiceField(choices=Qualifier.choices)
    missing = serializers.CharField(help_text="Why there is no number.")
    inferred = serializers.BooleanField(help_text="Deduced, or computed with something deduced.")
    note = serializers.CharField()
    origin = serializers.ChoiceField(choices=ValueOrigin.choices)
    publication = serializers.IntegerField(allow_null=True)
    run = serializers.IntegerField(allow_null=True, help_text="The run that computed it.")
    analysis = serializers.CharField(allow_null=True, help_text="The analysis that computed it.")
    gone = serializers.BooleanField(help_text="Whether its analysis is not loaded, or its quantity not registered.")
    stale_since = serializers.DateTimeField(allow_null=True, help_text="Since when an input of its run is another.")


class ValueSerializer(ShownValueSerializer):
    """A value with its cell and whether it stands."""

    cell = serializers.CharField()
    is_latest = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class ReportSerializer(StrictSerializer):
    """A value as somebody reported it."""

    shown_as = ValueSerializer

    measurement = MeasurementField(required=False, allow_null=True)
    cell = CellField(required=False, allow_null=True, help_text="For a quantity of the cell as a whole.")
    quantity = serializers.CharField(max_length=64)
    written = serializers.CharField(max_length=200, help_text="As printed: `7.87×10^3 Ω`, `90.9 %`, `Coin cell`.")
    publication = VisibleById(queryset=Publication.objects.select_related("project"), required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a cell that is not the measurement's."""
        measurement, cell = attrs.get("measurement"), attrs.get("cell")
        if measurement and cell and measurement.cell_id != cell.pk:
            text = f"{measurement.refcode} is a measurement on {measurement.cell.refcode}, not on {cell.refcode}."
            raise serializers.ValidationError({"cell": [text]})
        return attrs


class ValueViewSet(mixins.DestroyModelMixin, ReadViewSet):
    """Numbers, append-only: reporting one anew supersedes the old, deleting takes it out of use; rows stay."""

    queryset = Value.objects.order_by("pk")
    serializer_class = ValueSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("cell__project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "quantity": Filter("quantity", "Slug of the quantity."),
        "origin": Filter("origin", "Reported or computed.", choices=ValueOrigin.values),
        "run": Filter("run", "Id of the run that computed it.", kind="id"),
        "publication": Filter("publication", "Id of the publication.", kind="id"),
        "is_latest": Filter("is_latest", "Whether it stands.", kind="boolean", default=True),
    }

    def get_queryset(self) -> QuerySet[Value]:
        return Value.objects.visible_to(self.request.user).order_by("pk")

    def check_parameters(self, request: Request) -> None:
        super().check_parameters(request)
        for slug in get_query_parameters(request).get("quantity", []):
            if slug.strip() not in catalogue.catalogue and not has_orphaned_values(slug.strip()):
                hint = nearest(slug, value_quantities())
                raise QueryError("quantity", f"There is no quantity ‘{slug}’, and no value of one.{hint}")

    def list(self, request: Request) -> Response:
        """Values that stand; superseded and retired ones with `is_latest=false`."""
        found = self.filter_queryset(self.get_queryset())
        return self.get_paginated_response(self.page_of(found, FULL_COLUMNS, marked))

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(_row(self.get_object()))

    @extend_schema(request=ReportSerializer, responses={201: ValueSerializer})
    def create(self, request: Request) -> Response:
        """Report a value as printed. The same again changes nothing; another supersedes the one that stands."""
        report = ReportSerializer(data=request.data, context=self.get_serializer_context())
        report.is_valid(raise_exception=True)
        value = report_value(**report.validated_data, by=actor(request))
        queue_cells([value.cell], by=actor(request))
        return Response(_row(value), status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Value) -> None:
        """Take a reported value out of use."""
        retire_value(instance, by=actor(self.request))
        queue_cells([instance.cell], by=actor(self.request))


def _row(value: Value) -> dict[str, Any]:
    return rows_of(Value.objects.filter(pk=value.pk), FULL_COLUMNS, marked)[0]
