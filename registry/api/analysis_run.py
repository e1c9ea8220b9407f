"""Runs of analyses and the curves they drew."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.errors import refusal
from registry.api.base.fields import CellField, MeasurementField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.rows import rows_of
from registry.api.base.strict import StrictSerializer
from registry.api.value import COLUMNS as VALUE_COLUMNS
from registry.api.value import ShownValueSerializer, marked
from registry.hookspecs import Analysis
from registry.models import AnalysisRun, Cell, Curve, Measurement, RunStatus, Value
from registry.selectors.analysis_inputs.targets import get_target
from registry.selectors.query.parsing import nearest
from registry.services.run_requests import request_run


class RunSerializer(serializers.ModelSerializer[AnalysisRun]):
    """One execution of an analysis: how it ended, and what it said."""

    cell = serializers.CharField(source="cell.refcode")
    measurement = serializers.CharField(
        source="measurement.refcode", default=None, allow_null=True, help_text="Null for the cell as a whole."
    )

    loaded_version = serializers.SerializerMethodField(
        help_text="Version of the analysis that is installed now; null if its plugin is gone."
    )

    class Meta:
        model = AnalysisRun
        fields = [
            "id",
            "cell",
            "measurement",
            "analysis",
            "plugin",
            "version",
            "loaded_version",
            "status",
            "parameters",
            "messages",
            "inferred_inputs",
            "inputs_hash",
            "queued_at",
            "attempts",
            "started_at",
            "finished_at",
            "is_latest",
            "stale_since",
        ]
        read_only_fields = fields

    def get_loaded_version(self, run: AnalysisRun) -> str | None:
        analysis = plugin_loading.current().analyses.get(run.analysis)
        return analysis.version if analysis else None


class ShownCurveSerializer(serializers.ModelSerializer[Curve]):
    """A curve's name; its points are at /api/curves/."""

    class Meta:
        model = Curve
        fields = ["id", "name", "title"]
        read_only_fields = fields


class WholeRunSerializer(RunSerializer):
    """A run with every fact it read, what it gave, and what it ran on."""

    inputs = serializers.JSONField(help_text="Each fact by its dotted path.")
    software = serializers.JSONField(help_text="Versions.")
    values = serializers.SerializerMethodField()
    curves = ShownCurveSerializer(many=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "inputs", "software", "values", "curves"]
        read_only_fields = fields

    @extend_schema_field(ShownValueSerializer(many=True))
    def get_values(self, run: AnalysisRun) -> list[dict[str, Any]]:
        return rows_of(Value.objects.filter(run=run).order_by("pk"), VALUE_COLUMNS, marked)


class RunOrderSerializer(StrictSerializer):
    """Which analysis to run on which measurement, or on which cell as a whole."""

    shown_as = WholeRunSerializer

    measurement = MeasurementField(required=False)
    cell = CellField(required=False, help_text="Instead of a measurement, for an analysis of whole cells.")
    analysis = serializers.CharField(max_length=80)
    parameters = serializers.DictField(
        required=False, help_text="Set with the measurement or cell from now on; null sets one back."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both, or neither."""
        if ("measurement" in attrs) == ("cell" in attrs):
            raise serializers.ValidationError({"measurement": ["Give a measurement, or else a cell."]})
        return attrs


class CurveSerializer(serializers.ModelSerializer[Curve]):
    """Axes and points, as the analysis gave them."""

    cell = serializers.CharField(source="run.cell.refcode")
    measurement = serializers.CharField(source="run.measurement.refcode", default=None, allow_null=True)
    analysis = serializers.CharField(source="run.analysis")
    data = serializers.JSONField(help_text="Axes x and y, and series of x and y.")  # type: ignore[assignment]

    class Meta:
        model = Curve
        fields = ["id", "run", "cell", "measurement", "analysis", "name", "title", "data"]
        read_only_fields = fields


class AnalysisRunViewSet(mixins.ListModelMixin, ReadViewSet):
    """Executions of analyses, queued, then written once when they end; a re-run is a new one."""

    queryset = AnalysisRun.objects.order_by("-pk")
    serializer_class = RunSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("cell__project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "analysis": Filter("analysis", "Name of the analysis."),
        "status": Filter("status", "How it ended, or that it has not.", choices=RunStatus.values),
        "is_latest": Filter("is_latest", "Whether no later run superseded it.", kind="boolean"),
        "fresh": Filter("stale_since__isnull", "Whether its inputs are still as they were.", kind="boolean"),
    }

    def get_queryset(self) -> QuerySet[AnalysisRun]:
        visible: QuerySet[AnalysisRun] = AnalysisRun.objects.visible_to(self.request.user)
        runs = visible.select_related("cell", "measurement").order_by("-pk")
        return runs.defer("inputs", "software") if self.action == "list" else runs

    @extend_schema(responses=WholeRunSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(WholeRunSerializer(self.get_object()).data)

    @extend_schema(request=RunOrderSerializer, responses={202: WholeRunSerializer})
    def create(self, request: Request) -> Response:
        """Put an analysis of a measurement in the queue. Ask for the run by its id until its `status` is `done`,
        `refused` or `failed`; a refusal is an answer too, with its reason in `messages`."""
        order = RunOrderSerializer(data=request.data, context=self.get_serializer_context())
        order.is_valid(raise_exception=True)
        measurement, cell = order.validated_data.get("measurement"), order.validated_data.get("cell")
        run = request_run(
            measurement=measurement,
            cell=cell,
            analysis=_analysis(order.validated_data["analysis"], measurement, cell),
            parameters=order.validated_data.get("parameters"),
            by=actor(request),
        )
        return Response(WholeRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


def _analysis(name: str, measurement: Measurement | None, cell: Cell | None) -> Analysis:
    """The analysis with this name, if it is offered on the measurement, or on the cell as a whole."""
    known = plugin_loading.current().analyses
    if name not in known:
        raise refusal({"analysis": f"There is no analysis ‘{name}’.{nearest(name, known)}"})
    subject = get_target(measurement=measurement, cell=cell)
    if not subject.suits(known[name]):
        offered = ", ".join(item.name for item in known.values() if subject.suits(item)) or "none"
        of = measurement.get_technique_display().lower() if measurement else "this cell as a whole"
        raise refusal({"analysis": f"‘{name}’ is not for {of}: there are {offered}."})
    return known[name]


class CurveViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadViewSet):
    """Curves analyses drew: retention, fits and the like."""

    queryset = Curve.objects.order_by("-run", "pk")
    serializer_class = CurveSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("run__cell__project__slug", "Slug of the project."),
        "cell": Filter("run__cell__refcode", "Refcode of the cell."),
        "measurement": Filter("run__measurement__refcode", "Refcode of the measurement."),
        "run": Filter("run", "Id of the run.", kind="id"),
        "analysis": Filter("run__analysis", "Name of the analysis."),
        "name": Filter("name", "Name of the curve."),
        "is_latest": Filter("run__is_latest", "Whether its run is the latest.", kind="boolean", default=True),
    }

    def get_queryset(self) -> QuerySet[Curve]:
        visible: QuerySet[Curve] = Curve.objects.visible_to(self.request.user)
        return visible.select_related("run__cell", "run__measurement").order_by("-run", "pk")
