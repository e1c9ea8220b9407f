"""Reported and computed values."""

from collections.abc import Sequence
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
from registry.api.base.rows import Columns, Rows, fetch_rows
from registry.api.base.strict import StrictSerializer
from registry.contract.place import Place
from registry.models import CellOrigin, Publication, Qualifier, Value, ValueOrigin
from registry.numbers import catalogue
from registry.selectors.plugins.orphans import has_orphaned_values
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest, value_quantities
from registry.services.value import report_value, retire_value

COLUMNS: Columns = {
    "id": "pk",
    "measurement": "measurement__refcode",
    "quantity": "quantity",
    "at": "at_kind",
    "at_number": "at_number",
    "written": "written",
    "magnitude": "magnitude",
    "lower": "lower",
    "upper": "upper",
    "standard_uncertainty": "standard_uncertainty",
    "degrees_of_freedom": "degrees_of_freedom",
    "components": "components",
    "method_spread": "method_spread",
    "qualifier": "qualifier",
    "missing": "missing",
    "missing_code": "missing_code",
    "missing_parameters": "missing_parameters",
    "inferred": "inferred",
    "note": "note",
    "origin": "origin",
    "publication": "publication_id",
    "run": "run_id",
    "analysis": "run__analysis",
    "fixed_conditions": "run__fixed_conditions",
    "stale_since": "run__stale_since",
}
FULL_COLUMNS: Columns = COLUMNS | {
    "cell": "cell__refcode",
    "cell_origin": "cell__origin",
    "is_latest": "is_latest",
    "created_at": "created_at",
    "retired_at": "retired_at",
}


def complete_rows(rows: Rows) -> None:
    """Set `at`, `components` and `method_spread` on each row, and `orphaned`: whether its quantity or analysis is no
    longer loaded."""
    quantities, analyses = catalogue.catalogue, plugin_loading.current().analyses
    for row in rows:
        kind, number = row["at"], row.pop("at_number")
        row["at"] = {kind: number} if kind else None
        row["components"] = component_rows(row["components"])
        row["method_spread"] = method_rows(row["method_spread"])
        row["orphaned"] = row["quantity"] not in quantities or (
            row["analysis"] is not None and row["analysis"] not in analyses
        )


def component_rows(stored: Sequence[Any]) -> Rows:
    """Stored components of an uncertainty as rows of the API."""
    return [
        {
            "name": name,
            "standard_uncertainty": abs(contribution),
            "contribution": contribution,
            "shared": shared,
            "degrees_of_freedom": degrees,
        }
        for name, contribution, shared, degrees in stored
    ]


def method_rows(stored: Sequence[Any]) -> Rows:
    """Stored numbers by other methods as rows of the API."""
    return [{"method": method, "magnitude": number} for method, number in stored]


class ComponentSerializer(serializers.Serializer[Any]):
    """The contribution of one cause to the standard uncertainty of a value."""

    name = serializers.CharField(help_text="Name of the component: `fit`, `geometry`, …; empty if not named.")
    standard_uncertainty = serializers.FloatField(help_text="In the unit of the value.")
    contribution = serializers.FloatField(
        help_text="Signed contribution: contributions of a shared cause to several values add up or cancel."
    )
    shared = serializers.CharField(help_text="Identifier of a cause shared by several values; empty if not shared.")
    degrees_of_freedom = serializers.FloatField(allow_null=True, help_text="Degrees of freedom; null if infinite.")


class MethodSerializer(serializers.Serializer[Any]):
    """A value by another method."""

    method = serializers.CharField()
    magnitude = serializers.FloatField(help_text="In the unit of the value.")


class ValueSummarySerializer(serializers.Serializer[Any]):
    """A value with its uncertainty, or the reason why it is missing."""

    id = serializers.IntegerField()
    measurement = serializers.CharField(
        allow_null=True, help_text="Refcode of the measurement; null for a cell-level value."
    )
    quantity = serializers.CharField()
    at = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text=('Place of the value, `{"peak": 2}`; null if it has none.'),
    )
    written = serializers.CharField(help_text="A reported value as printed in its source.")
    magnitude = serializers.FloatField(allow_null=True, help_text="In the unit at the end of the quantity's slug.")
    lower = serializers.FloatField(allow_null=True, help_text="Lower bound; null if unknown.")
    upper = serializers.FloatField(allow_null=True, help_text="Upper bound; null if unknown, as for `>80 Ω`.")
    standard_uncertainty = serializers.FloatField(
        help_text="Standard uncertainty from scatter; `lower` and `upper` cover rounding."
    )
    degrees_of_freedom = serializers.FloatField(
        allow_null=True, help_text="Degrees of freedom of the standard uncertainty; null if infinite."
    )
    components = ComponentSerializer(
        many=True, help_text="Components of the uncertainty; the standard uncertainty is their root sum of squares."
    )
    method_spread = MethodSerializer(
        many=True, help_text="The value by other methods; not included in the uncertainty."
    )
    qualifier = serializers.ChoiceField(
        choices=Qualifier.choices, help_text="With `>`, `≥`, `<` or `≤` the magnitude is only a bound."
    )
    missing = serializers.CharField(help_text="Why the value is missing.")
    missing_code = serializers.CharField(help_text="Code of the reason, if it was not computed.")
    missing_parameters = serializers.DictField(help_text="Parameters of the reason.")
    inferred = serializers.BooleanField(help_text="Whether it is inferred, or was computed from an inferred input.")
    note = serializers.CharField()
    origin = serializers.ChoiceField(choices=ValueOrigin.choices)
    publication = serializers.IntegerField(allow_null=True)
    run = serializers.IntegerField(allow_null=True, help_text="Id of the run that computed it.")
    analysis = serializers.CharField(allow_null=True, help_text="The analysis that computed it.")
    fixed_conditions = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="For the value of a series, the conditions shared by all its measurements.",
    )
    orphaned = serializers.BooleanField(help_text="Whether its analysis or quantity is no longer loaded.")
    stale_since = serializers.DateTimeField(
        allow_null=True, help_text="Time at which an input of its run changed; null if unchanged."
    )


class ValueSerializer(ValueSummarySerializer):
    """A value with its cell, and whether it is current."""

    cell = serializers.CharField()
    cell_origin = serializers.ChoiceField(
        choices=CellOrigin.choices, help_text="`simulated` if the data come from a model."
    )
    is_latest = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class ReportedValueSerializer(StrictSerializer):
    """A reported value."""

    read_serializer = ValueSerializer

    measurement = MeasurementField(required=False, allow_null=True)
    cell = CellField(required=False, allow_null=True, help_text="Refcode of the cell, for a cell-level quantity.")
    quantity = serializers.CharField(max_length=64)
    written = serializers.CharField(max_length=200, help_text="As printed: `7.87×10^3 Ω`, `90.9 %`, `Coin cell`.")
    at = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        help_text="Place of the value, if there are several of the quantity: `peak:2`.",
    )
    publication = VisibleById(queryset=Publication.objects.select_related("project"), required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate_at(self, text: str) -> Place | None:
        try:
            return Place.parse(text) if text else None
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require the cell to match the measurement."""
        measurement, cell = attrs.get("measurement"), attrs.get("cell")
        if measurement and cell and measurement.cell_id != cell.pk:
            text = f"{measurement.refcode} belongs to {measurement.cell.refcode}, not to {cell.refcode}: omit the cell."
            raise serializers.ValidationError({"cell": [text]})
        return attrs


class ValueViewSet(mixins.DestroyModelMixin, ReadViewSet):
    """Values. They are append-only: a new report supersedes the current value and deleting withdraws it; both remain
    readable with `is_latest=false`."""

    queryset = Value.objects.order_by("pk")
    serializer_class = ValueSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("cell__project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "quantity": Filter("quantity", "Slug of the quantity."),
        "at": Filter("at", "Place of the value: `peak:2`.", kind="place"),
        "origin": Filter("origin", "Reported or computed.", choices=ValueOrigin.values),
        "run": Filter("run", "Id of the run that computed it.", kind="id"),
        "publication": Filter("publication", "Id of the publication.", kind="id"),
        "is_latest": Filter("is_latest", "Whether it is current.", kind="boolean", default=True),
    }

    def get_queryset(self) -> QuerySet[Value]:
        return Value.objects.visible_to(self.request.user).order_by("pk")

    def check_parameters(self, request: Request) -> None:
        super().check_parameters(request)
        for slug in get_query_parameters(request).get("quantity", []):
            if slug.strip() not in catalogue.catalogue and not has_orphaned_values(slug.strip()):
                hint = nearest(slug, value_quantities())
                raise QueryError("quantity", f"Unknown quantity ‘{slug}’.{hint}", "unknown-quantity")

    def list(self, request: Request) -> Response:
        """Current values; superseded and withdrawn ones with `is_latest=false`."""
        values = self.filter_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_page_rows(values, FULL_COLUMNS, complete_rows))

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(_row(self.get_object()))

    @extend_schema(request=ReportedValueSerializer, responses={201: ValueSerializer})
    def create(self, request: Request) -> Response:
        """Report a value as printed in its source. A repeated report changes nothing; a different one supersedes the
        current value."""
        serializer = ReportedValueSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        value = report_value(**serializer.validated_data, by=actor(request))
        return Response(_row(value), status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Value) -> None:
        """Withdraw a reported value."""
        retire_value(instance, by=actor(self.request))


def _row(value: Value) -> dict[str, Any]:
    return fetch_rows(Value.objects.filter(pk=value.pk), FULL_COLUMNS, complete_rows)[0]
