"""Where reported and computed numbers can be compared."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.filters import PAGING, as_boolean, refuse_unknown
from registry.api.base.records import ReadViewSet
from registry.models import Cell, Measurement, Value
from registry.selectors.audit import Finding, list_findings


class NumberSerializer(serializers.Serializer[Any]):
    """One of the two numbers."""

    value = serializers.IntegerField(help_text="Id of the value.")
    written = serializers.CharField()
    magnitude = serializers.FloatField()
    lower = serializers.FloatField()
    upper = serializers.FloatField()
    standard_uncertainty = serializers.FloatField()
    run = serializers.IntegerField(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    """One quantity of one measurement, reported and computed."""

    cell = serializers.CharField()
    measurement = serializers.CharField()
    quantity = serializers.CharField()
    reported = NumberSerializer()
    computed = NumberSerializer()
    agrees = serializers.BooleanField()
    deviation_percent = serializers.FloatField(allow_null=True, help_text="Reported above computed, of the computed.")
    sentence = serializers.CharField()


class AuditViewSet(ReadViewSet):
    """Reported beside computed."""

    serializer_class = FindingSerializer

    def check_parameters(self, request: Request) -> None:
        refuse_unknown(request, ("disagreeing", "project", "cell", "measurement", *PAGING))

    @extend_schema(
        parameters=[
            OpenApiParameter("disagreeing", OpenApiTypes.BOOL, description="Whether they disagree; both unless given."),
            OpenApiParameter("project", str, description="Slug of the project."),
            OpenApiParameter("cell", str, description="Refcode of the cell."),
            OpenApiParameter("measurement", str, description="Refcode of the measurement."),
        ]
    )
    def list(self, request: Request) -> Response:
        """Every pair of a reported and a computed value of one quantity under the same conditions."""
        found = list_findings(request.user, **_scope(request))
        if "disagreeing" in request.query_params:
            wanted = as_boolean("disagreeing", request.query_params["disagreeing"])
            found = [finding for finding in found if finding.agrees is not wanted]
        page: list[Finding] = self.paginate_queryset(found) or []
        return self.get_paginated_response([_row(finding) for finding in page])


def _scope(request: Request) -> dict[str, Any]:
    """Keys of the cells and measurements asked for, if any are."""
    given = request.query_params
    scope: dict[str, Any] = {}
    if "cell" in given or "project" in given:
        cells = Cell.objects.visible_to(request.user)
        if "cell" in given:
            cells = cells.filter(refcode__in=given.getlist("cell"))
        if "project" in given:
            cells = cells.filter(project__slug__in=given.getlist("project"))
        scope["cells"] = list(cells.values_list("pk", flat=True))
    if "measurement" in given:
        found = Measurement.objects.visible_to(request.user).filter(refcode__in=given.getlist("measurement"))
        scope["measurements"] = list(found.values_list("pk", flat=True))
    return scope


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "cell": finding.measurement.cell.refcode,
        "measurement": finding.measurement.refcode,
        "quantity": finding.reported.quantity,
        "reported": _number(finding.reported),
        "computed": _number(finding.computed),
        "agrees": finding.agrees,
        "deviation_percent": finding.deviation_percent,
        "sentence": finding.sentence(),
    }


def _number(value: Value) -> dict[str, Any]:
    names = ("written", "magnitude", "lower", "upper", "standard_uncertainty")
    return {"value": value.pk} | {name: getattr(value, name) for name in names} | {"run": value.run_id}
