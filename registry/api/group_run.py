"""Runs of analyses on groups of cells, their values and their curves."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import plugin_loading
from registry.api.base.errors import validation_error
from registry.api.base.fields import VisibleById
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.runs import RUN_FILTERS, RunViewSet
from registry.api.base.strict import StrictSerializer
from registry.api.value import ComponentSerializer, MethodSerializer, component_rows, method_rows
from registry.models import PENDING, CellGroup, CurveKind, GroupCurve, GroupRun, GroupValue
from registry.numbers import catalogue
from registry.selectors.curve import unpack_grids, without_grids
from registry.selectors.query.parsing import nearest
from registry.selectors.staleness.outdated import get_outdated_by
from registry.services.run_requests import request_group_run


class GroupValueSerializer(serializers.Serializer[Any]):
    """A number computed for a group, or the reason why it is missing."""

    id = serializers.IntegerField()
    group = serializers.IntegerField(help_text="Id of the group.")
    quantity = serializers.CharField()
    at = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text=('Place of the value, `{"cell": 2}`; null if it has none.'),
    )
    conditions = serializers.DictField(
        child=serializers.CharField(), help_text="Technique and conditions shared by the values of the cells."
    )
    magnitude = serializers.FloatField(allow_null=True, help_text="In the unit at the end of the quantity's slug.")
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
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
    missing = serializers.CharField(help_text="Why the value is missing.")
    missing_code = serializers.CharField(help_text="Code of the reason.")
    missing_parameters = serializers.DictField(help_text="Parameters of the reason.")
    inferred = serializers.BooleanField(help_text="Whether it was computed from an inferred input.")
    note = serializers.CharField()
    run = serializers.IntegerField(help_text="Id of the run that computed it.")
    analysis = serializers.CharField(help_text="The analysis that computed it.")
    orphaned = serializers.BooleanField(help_text="Whether its analysis or quantity is no longer loaded.")
    is_latest = serializers.BooleanField()
    stale_since = serializers.DateTimeField(
        allow_null=True, help_text="Time at which an input of its run changed; null if unchanged."
    )


def value_row(value: GroupValue) -> dict[str, Any]:
    """A value with its run as a row of the API."""
    run = value.run
    known = value.quantity in catalogue.catalogue and run.analysis in plugin_loading.current().analyses
    names = (
        "magnitude",
        "lower",
        "upper",
        "standard_uncertainty",
        "degrees_of_freedom",
        "missing",
        "missing_code",
        "missing_parameters",
        "inferred",
        "note",
    )
    return {
        "id": value.pk,
        "group": run.group_id,
        "quantity": value.quantity,
        "at": {value.at_kind: value.at_number} if value.at_kind else None,
        "conditions": value.conditions,
        **{name: getattr(value, name) for name in names},
        "components": component_rows(value.components),
        "method_spread": method_rows(value.method_spread),
        "run": run.pk,
        "analysis": run.analysis,
        "orphaned": not known,
        "is_latest": run.is_latest,
        "stale_since": run.stale_since,
    }


class GroupRunSerializer(serializers.ModelSerializer[GroupRun]):
    """A run of an analysis on a group, with its status and messages."""

    outdated = serializers.SerializerMethodField(
        help_text="`version` or `source changed` if the loaded analysis differs from the one that ran; null if not."
    )

    class Meta:
        model = GroupRun
        fields = [
            "id", "group", "analysis", "plugin", "version", "source_hash", "outdated", "status", "parameters",
            "messages", "inferred_inputs", "inputs_hash", "queued_at", "attempts", "started_at", "finished_at",
            "is_latest", "stale_since", "stale_because",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=["version", "source changed"], allow_null=True))
    def get_outdated(self, run: GroupRun) -> str | None:
        if run.status in PENDING:
            return None
        return get_outdated_by(run.analysis, run.version, run.source_hash)


class GroupCurveSummarySerializer(serializers.ModelSerializer[GroupCurve]):
    """A curve without its points, which are at /api/group-curves/."""

    class Meta:
        model = GroupCurve
        fields = ["id", "name", "title", "kind", "x_quantity", "y_quantity"]
        read_only_fields = fields


class GroupRunDetailSerializer(GroupRunSerializer):
    """A run on a group with its inputs, results and software versions."""

    inputs = serializers.JSONField(help_text="Every value read by the analysis, by dotted path.")
    software = serializers.JSONField(help_text="Versions of the software packages.")
    values = serializers.SerializerMethodField()
    curves = GroupCurveSummarySerializer(many=True)

    class Meta(GroupRunSerializer.Meta):
        fields = [*GroupRunSerializer.Meta.fields, "inputs", "software", "values", "curves"]
        read_only_fields = fields

    @extend_schema_field(GroupValueSerializer(many=True))
    def get_values(self, run: GroupRun) -> list[dict[str, Any]]:
        return [value_row(value) for value in run.values.select_related("run").order_by("pk")]


class GroupRunRequestSerializer(StrictSerializer):
    """A request to run an analysis on a group."""

    read_serializer = GroupRunDetailSerializer

    group = VisibleById(queryset=CellGroup.objects.select_related("project"))
    analysis = serializers.CharField(max_length=80)
    parameters = serializers.DictField(required=False, help_text="Saved with the group; null resets a parameter.")


class GroupRunViewSet(RunViewSet):
    """Runs on groups. A run does not change after it has ended; running the analysis again creates a new run."""

    queryset = GroupRun.objects.order_by("-pk")
    serializer_class = GroupRunSerializer
    filters = {
        "project": Filter("group__project__slug", "Slug of the project."),
        "group": Filter("group", "Id of the group.", kind="id"),
        **RUN_FILTERS,
    }

    parameters = {"codes": tuple(filters)}

    def get_queryset(self) -> QuerySet[GroupRun]:
        visible: QuerySet[GroupRun] = GroupRun.objects.visible_to(self.request.user)
        runs = visible.order_by("-pk")
        if self.action == "list":
            return runs.defer("inputs", "software")
        return runs.prefetch_related(Prefetch("curves", GroupCurve.objects.defer("data").order_by("pk")))

    @extend_schema(responses=GroupRunDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(GroupRunDetailSerializer(self.get_object()).data)

    @extend_schema(request=GroupRunRequestSerializer, responses={202: GroupRunDetailSerializer})
    def create(self, request: Request) -> Response:
        """Queue an analysis of a group. Poll the run by its id until its `status` is `done`, `refused` or `failed`."""
        serializer = GroupRunRequestSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        analyses, name = plugin_loading.current().analyses, serializer.validated_data["analysis"]
        if name not in analyses:
            raise validation_error({"analysis": f"Unknown analysis ‘{name}’.{nearest(name, analyses)}"})
        run = request_group_run(
            group=serializer.validated_data["group"],
            analysis=analyses[name],
            parameters=serializer.validated_data.get("parameters"),
            by=actor(request),
        )
        return Response(GroupRunDetailSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class GroupValueViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadViewSet):
    """Values computed for groups. Those of cells are at /api/values/."""

    queryset = GroupValue.objects.order_by("pk")
    serializer_class = GroupValueSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("run__group__project__slug", "Slug of the project."),
        "group": Filter("run__group", "Id of the group.", kind="id"),
        "quantity": Filter("quantity", "Slug of the quantity."),
        "at": Filter("at", "Place of the value: `cell:2`.", kind="place"),
        "analysis": Filter("run__analysis", "Name of the analysis."),
        "run": Filter("run", "Id of the run that computed it.", kind="id"),
        "is_latest": Filter("run__is_latest", "Whether it is current.", kind="boolean", default=True),
    }

    def get_queryset(self) -> QuerySet[GroupValue]:
        visible: QuerySet[GroupValue] = GroupValue.objects.visible_to(self.request.user)
        return visible.select_related("run").defer("run__inputs", "run__software", "run__messages").order_by("pk")

    def list(self, request: Request) -> Response:
        """Current values; superseded ones with `is_latest=false`."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([value_row(value) for value in page])

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(value_row(self.get_object()))


class GroupCurveSerializer(serializers.ModelSerializer[GroupCurve]):
    """A curve of a run on a group, with its axes and numbers."""

    group = serializers.IntegerField(source="run.group_id")
    analysis = serializers.CharField(source="run.analysis")
    data = serializers.JSONField(  # type: ignore[assignment]
        help_text="Axes with quantity, label and unit; the series; grids as lists of rows, null in lists of curves."
    )

    class Meta:
        model = GroupCurve
        fields = ["id", "run", "group", "analysis", "name", "title", "kind", "x_quantity", "y_quantity", "data"]
        read_only_fields = fields

    def to_representation(self, instance: GroupCurve) -> dict[str, Any]:
        return {**super().to_representation(instance), "data": without_grids(instance.data)}


class GroupCurveViewSet(mixins.ListModelMixin, ReadViewSet):
    """Curves computed for groups."""

    queryset = GroupCurve.objects.order_by("-run", "pk")
    serializer_class = GroupCurveSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("run__group__project__slug", "Slug of the project."),
        "group": Filter("run__group", "Id of the group.", kind="id"),
        "run": Filter("run", "Id of the run.", kind="id"),
        "analysis": Filter("run__analysis", "Name of the analysis."),
        "name": Filter("name", "Name of the curve."),
        "kind": Filter("kind", "Kind of the curve.", choices=CurveKind.values),
        "x_quantity": Filter("x_quantity", "Slug of the quantity of the x axis."),
        "y_quantity": Filter("y_quantity", "Slug of the quantity of the y axis."),
        "is_latest": Filter(
            "run__is_latest", "Whether its run is the latest, not superseded.", kind="boolean", default=True
        ),
    }

    def get_queryset(self) -> QuerySet[GroupCurve]:
        visible: QuerySet[GroupCurve] = GroupCurve.objects.visible_to(self.request.user)
        return visible.select_related("run").defer("run__inputs", "run__software").order_by("-run", "pk")

    @extend_schema(responses=GroupCurveSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One curve, with all its numbers."""
        curve = self.get_object()
        shown: dict[str, Any] = GroupCurveSerializer(curve).to_representation(curve)
        return Response({**shown, "data": unpack_grids(curve.data)})
