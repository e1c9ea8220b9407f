"""Analysis runs."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.errors import validation_error
from registry.api.base.fields import CellField, MeasurementField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.rows import fetch_rows
from registry.api.base.runs import RUN_FILTERS, RunViewSet
from registry.api.base.strict import StrictSerializer
from registry.api.value import COLUMNS as VALUE_COLUMNS
from registry.api.value import ValueSummarySerializer, complete_rows
from registry.hookspecs import Analysis
from registry.models import (
    PENDING,
    AnalysisRun,
    Cell,
    CellOrigin,
    Curve,
    CycleColumn,
    Measurement,
    Value,
)
from registry.models.cycle_table import GROUP
from registry.plugin_loading.names import technique_in_sentence
from registry.selectors.analysis_inputs.series import fetch_series
from registry.selectors.analysis_inputs.targets import get_target
from registry.selectors.query.parsing import nearest
from registry.selectors.staleness.outdated import get_outdated_by
from registry.services.run_requests import request_run


class RunSerializer(serializers.ModelSerializer[AnalysisRun]):
    """A run of an analysis, with its status and messages."""

    cell = serializers.CharField(source="cell.refcode")
    cell_origin = serializers.ChoiceField(
        source="cell.origin", choices=CellOrigin.choices, help_text="`simulated` if the data come from a model."
    )
    measurement = serializers.CharField(
        source="measurement.refcode",
        default=None,
        allow_null=True,
        help_text="Null for a cell-level or series analysis.",
    )
    series = serializers.CharField(
        help_text="Identifies the series in its cell: technique, varied condition, fixed conditions; empty for others."
    )
    fixed_conditions = serializers.DictField(
        child=serializers.FloatField(), help_text="Conditions shared by all measurements of the series."
    )

    loaded_version = serializers.SerializerMethodField(
        help_text="Version of the currently loaded analysis; null if its plugin is not loaded."
    )

    outdated = serializers.SerializerMethodField(
        help_text=(
            "`version` or `source changed` if the loaded analysis differs from the one that ran; null if not. The "
            "source is compared only if `source_hash` is recorded."
        )
    )

    class Meta:
        model = AnalysisRun
        fields = [
            "id",
            "cell",
            "cell_origin",
            "measurement",
            "series",
            "fixed_conditions",
            "analysis",
            "plugin",
            "version",
            "loaded_version",
            "source_hash",
            "outdated",
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
            "stale_because",
        ]
        read_only_fields = fields

    def get_loaded_version(self, run: AnalysisRun) -> str | None:
        analysis = plugin_loading.current().analyses.get(run.analysis)
        return analysis.version if analysis else None

    @extend_schema_field(serializers.ChoiceField(choices=["version", "source changed"], allow_null=True))
    def get_outdated(self, run: AnalysisRun) -> str | None:
        if run.status in PENDING:
            return None
        return get_outdated_by(run.analysis, run.version, run.source_hash)


class CurveSummarySerializer(serializers.ModelSerializer[Curve]):
    """A curve without its points, which are at /api/curves/."""

    class Meta:
        model = Curve
        fields = ["id", "name", "title", "kind", "x_quantity", "y_quantity"]
        read_only_fields = fields


class CycleColumnSerializer(serializers.ModelSerializer[CycleColumn]):
    """A column of per-cycle numbers, which are at /api/cycles/."""

    class Meta:
        model = CycleColumn
        fields = ["quantity", "first_cycle", "last_cycle"]
        read_only_fields = fields


class RunDetailSerializer(RunSerializer):
    """A run with its inputs, results and software versions."""

    inputs = serializers.JSONField(help_text="Every value read by the analysis, by dotted path.")
    software = serializers.JSONField(help_text="Versions of the software packages.")
    values = serializers.SerializerMethodField()
    curves = CurveSummarySerializer(many=True)
    cycle_columns = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "inputs", "software", "values", "curves", "cycle_columns"]
        read_only_fields = fields

    @extend_schema_field(ValueSummarySerializer(many=True))
    def get_values(self, run: AnalysisRun) -> list[dict[str, Any]]:
        return fetch_rows(Value.objects.filter(run=run).order_by("pk"), VALUE_COLUMNS, complete_rows)

    @extend_schema_field(CycleColumnSerializer(many=True))
    def get_cycle_columns(self, run: AnalysisRun) -> Any:
        columns = run.cycle_columns.exclude(quantity=GROUP).defer("data").order_by("pk")
        return CycleColumnSerializer(columns, many=True).data


class RunRequestSerializer(StrictSerializer):
    """A request to run an analysis on a measurement, a cell or a series of the cell."""

    read_serializer = RunDetailSerializer

    measurement = MeasurementField(required=False)
    cell = CellField(
        required=False,
        help_text="Refcode of the cell, instead of a measurement, for a cell-level or series analysis.",
    )
    series = serializers.CharField(
        required=False,
        help_text="The series, as in `series` of a run; required if the cell has several for this analysis.",
    )
    analysis = serializers.CharField(max_length=80)
    parameters = serializers.DictField(
        required=False, help_text="Saved with the measurement or cell; null resets a parameter."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require either a measurement or a cell."""
        if ("measurement" in attrs) == ("cell" in attrs):
            raise serializers.ValidationError({"measurement": ["Send either a measurement or a cell."]})
        return attrs


class AnalysisRunViewSet(RunViewSet):
    """Analysis runs. A run does not change after it has ended; running the analysis again creates a new run."""

    queryset = AnalysisRun.objects.order_by("-pk")
    serializer_class = RunSerializer
    filters = {
        "project": Filter("cell__project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "series": Filter("series", "The series within the cell, as in `series` of a run."),
        **RUN_FILTERS,
    }

    parameters = {"codes": tuple(filters)}

    def get_queryset(self) -> QuerySet[AnalysisRun]:
        visible: QuerySet[AnalysisRun] = AnalysisRun.objects.visible_to(self.request.user)
        runs = visible.select_related("cell", "measurement").order_by("-pk")
        return runs.defer("inputs", "software") if self.action == "list" else runs

    @extend_schema(responses=RunDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(RunDetailSerializer(self.get_object()).data)

    @extend_schema(request=RunRequestSerializer, responses={202: RunDetailSerializer})
    def create(self, request: Request) -> Response:
        """Queue an analysis of a measurement, cell or series. Poll the run by its id until its `status` is `done`,
        `refused` or `failed`; `messages` says why a run was refused or failed."""
        serializer = RunRequestSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        measurement, cell = serializer.validated_data.get("measurement"), serializer.validated_data.get("cell")
        analysis, series = _analysis(serializer.validated_data, measurement, cell)
        run = request_run(
            measurement=measurement,
            cell=cell,
            series=series,
            analysis=analysis,
            parameters=serializer.validated_data.get("parameters"),
            by=actor(request),
        )
        return Response(RunDetailSerializer(run).data, status=status.HTTP_202_ACCEPTED)


def _analysis(data: Mapping[str, Any], measurement: Measurement | None, cell: Cell | None) -> tuple[Analysis, str]:
    """The analysis with this name and the key of its series, if it can be run on the measurement or cell."""
    analyses, name = plugin_loading.current().analyses, data["analysis"]
    if name not in analyses:
        raise validation_error({"analysis": f"Unknown analysis ‘{name}’.{nearest(name, analyses)}"})
    analysis = analyses[name]
    if cell and analysis.scope == "series":
        return analysis, _series_key(cell, analysis, data.get("series", ""))
    target = get_target(measurement=measurement, cell=cell)
    if not target.suits(analysis):
        available = ", ".join(item.name for item in analyses.values() if target.suits(item)) or "none"
        subject = technique_in_sentence(measurement.technique) if measurement else "this cell"
        raise validation_error({"analysis": f"‘{name}’ is not available for {subject}; available: {available}."})
    return analysis, ""


def _series_key(cell: Cell, analysis: Analysis, key: str) -> str:
    """The series asked for, or the only one."""
    keys = [series.key for series, _ in fetch_series([analysis], [cell.pk])]
    if not keys:
        needed = f"{analysis.min_measurements} measurements that differ in {analysis.over} alone"
        raise validation_error({"analysis": f"‘{analysis.name}’ needs {needed}; {cell.refcode} has no such series."})
    if key in keys or (not key and len(keys) == 1):
        return key or keys[0]
    problem = f"unknown series ‘{key}’" if key else f"{cell.refcode} has {len(keys)} series"
    raise validation_error({"series": f"{problem[0].upper()}{problem[1:]}: send one of {', '.join(keys)}."})
