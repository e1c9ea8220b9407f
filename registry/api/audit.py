"""Comparison of reported and computed values."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.filters import PAGING, parse_boolean, refuse_unknown
from registry.api.base.records import ReadViewSet
from registry.models import Cell, Measurement, Qualifier, Value
from registry.selectors.audit.audit import Finding, list_findings
from registry.selectors.project_slug import in_projects


class NumberSerializer(serializers.Serializer[Any]):
    """The reported or computed value."""

    value = serializers.IntegerField(help_text="Id of the value.")
    written = serializers.CharField()
    magnitude = serializers.FloatField()
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    qualifier = serializers.ChoiceField(choices=Qualifier.choices)
    standard_uncertainty = serializers.FloatField()
    run = serializers.IntegerField(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    """A reported and a computed value of the same quantity of a measurement."""

    cell = serializers.CharField()
    measurement = serializers.CharField()
    quantity = serializers.CharField()
    at = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text=('Place of both values, `{"peak": 2}`; null if they have none.'),
    )
    reported = NumberSerializer()
    computed = NumberSerializer()
    agrees = serializers.BooleanField()
    deviation_percent = serializers.FloatField(allow_null=True, help_text="100 (reported − computed) / computed.")
    sentence = serializers.CharField()


class AuditViewSet(ReadViewSet):
    """Comparison of reported and computed values."""

    serializer_class = FindingSerializer

    def check_parameters(self, request: Request) -> None:
        refuse_unknown(request, ("disagreeing", "project", "cell", "measurement", *PAGING))

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "disagreeing", OpenApiTypes.BOOL, description="Only values that disagree (true) or agree (false)."
            ),
            OpenApiParameter("project", str, description="Slug of the project."),
            OpenApiParameter("cell", str, description="Refcode of the cell."),
            OpenApiParameter("measurement", str, description="Refcode of the measurement."),
        ]
    )
    def list(self, request: Request) -> Response:
        """Pairs of a reported and a computed value of the same quantity under the same conditions."""
        findings = list_findings(request.user, **_scope(request))
        if "disagreeing" in request.query_params:
            is_disagreeing = parse_boolean("disagreeing", request.query_params["disagreeing"])
            findings = [finding for finding in findings if finding.agrees is not is_disagreeing]
        page: list[Finding] = self.paginate_queryset(findings) or []
        return self.get_paginated_response([_row(finding) for finding in page])


def _scope(request: Request) -> dict[str, Any]:
    """Keys of the requested cells and measurements."""
    parameters = request.query_params
    scope: dict[str, Any] = {}
    if "cell" in parameters or "project" in parameters:
        cells = Cell.objects.visible_to(request.user)
        if "cell" in parameters:
            cells = cells.filter(refcode__in=parameters.getlist("cell"))
        if "project" in parameters:
            cells = cells.filter(in_projects("project__slug", parameters.getlist("project")))
        scope["cells"] = list(cells.values_list("pk", flat=True))
    if "measurement" in parameters:
        measurements = Measurement.objects.visible_to(request.user).filter(
            refcode__in=parameters.getlist("measurement")
        )
        scope["measurements"] = list(measurements.values_list("pk", flat=True))
    return scope


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "cell": finding.measurement.cell.refcode,
        "measurement": finding.measurement.refcode,
        "quantity": finding.reported.quantity,
        "at": {finding.place.kind: finding.place.number} if finding.place else None,
        "reported": _number(finding.reported),
        "computed": _number(finding.computed),
        "agrees": finding.agrees,
        "deviation_percent": finding.deviation_percent,
        "sentence": finding.sentence(),
    }


def _number(value: Value) -> dict[str, Any]:
    names = ("written", "magnitude", "lower", "upper", "qualifier", "standard_uncertainty")
    return {"value": value.pk} | {name: getattr(value, name) for name in names} | {"run": value.run_id}
