"""Measurements: one technique on one cell under one set of conditions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api import value
from registry.api.base.fields import CellField, VisibleById
from registry.api.base.list_query import parse_request
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.api.base.rows import Columns, GroupedRows, Rows, fetch_rows
from registry.api.base.schema import QuerySchema
from registry.api.base.strict import refuse_fields
from registry.api.condition import ConditionNumberSerializer, ConditionsField, add_conditions
from registry.models import (
    Attachment,
    CellOrigin,
    Comment,
    Condition,
    Dataset,
    HardwareSetup,
    Measurement,
    MeasurementTag,
    Value,
)
from registry.models.tag import LONGEST_TAG
from registry.selectors.cycle_table import cycle_table
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.services.files.split import split_measurement
from registry.services.measurement import save_measurement

COLUMNS: Columns = {
    "refcode": "refcode",
    "cell": "cell__refcode",
    "cell_origin": "cell__origin",
    "project": "cell__project__slug",
    "technique": "technique",
    "label": "label",
    "setup": "setup_id",
    "dataset": "dataset_id",
    "measured_on": "measured_on",
    "notes": "notes",
    "parameters": "parameters",
    "created_at": "created_at",
}
KEYED_COLUMNS: Columns = {"pk": "pk"} | COLUMNS
DATASET_COLUMNS: Columns = {
    "id": "pk",
    "filename": "filename",
    "part": "part",
    "part_label": "part_label",
    "technique": "technique",
    "role": "role",
    "status": "status",
    "rows": "rows",
}
VALUES = GroupedRows(
    Value.objects.filter(is_latest=True).order_by("pk"), "measurement_id", value.COLUMNS, value.complete_rows
)
TAGS = GroupedRows(MeasurementTag.objects.order_by("name_key"), "measurement_id", {"name": "name"})
DATASETS = GroupedRows(Dataset.objects.order_by("part", "pk"), "measurement_id", DATASET_COLUMNS)


class DatasetSummarySerializer(serializers.Serializer[Any]):
    """A dataset of the measurement, without its columns."""

    id = serializers.IntegerField()
    filename = serializers.CharField()
    part = serializers.IntegerField(help_text="Index of the dataset in the file, from 0.")
    part_label = serializers.CharField()
    technique = serializers.CharField(help_text="Empty if the columns do not determine it.")
    role = serializers.CharField(help_text="Empty if none is declared.")
    status = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)


class MeasurementSerializer(RecordSerializer):
    """A measurement. Of its `conditions`, only those sent are changed."""

    refcode = serializers.CharField(read_only=True)
    cell = CellField()
    cell_origin = serializers.ChoiceField(
        choices=CellOrigin.choices, read_only=True, help_text="`simulated` if the data come from a model."
    )
    project = serializers.CharField(read_only=True)
    setup = VisibleById(queryset=HardwareSetup.objects.select_related("project"), required=False, allow_null=True)
    dataset = VisibleById(
        queryset=Dataset.objects.select_related("measurement"),
        required=False,
        allow_null=True,
        help_text="Id of the dataset to analyse if there are several; null for a single dataset.",
    )
    conditions = ConditionsField(
        required=False,
        help_text='Conditions by slug, as written: `{"stack_pressure_mpa": "10 MPa"}`. A number without a unit is in '
        "the unit of the slug; null or an empty string removes a condition.",
    )
    condition_numbers = serializers.DictField(
        child=ConditionNumberSerializer(),
        read_only=True,
        help_text="Conditions by slug, as numbers in the unit of the slug.",
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG),
        required=False,
        help_text="Replaces all tags; omit it to keep them. A tag already used in the project keeps its spelling.",
    )
    values = value.ValueSummarySerializer(many=True, read_only=True)
    datasets = DatasetSummarySerializer(many=True, read_only=True)
    nested = ("conditions", "tags")

    class Meta:
        model = Measurement
        fields = [*COLUMNS, "conditions", "condition_numbers", "tags", "values", "datasets"]

    def store(self, record: Measurement, nested: dict[str, Any]) -> Measurement:
        by = actor(self.context["request"])
        return save_measurement(record, nested.get("conditions"), by=by, tags=nested.get("tags"))

    def to_representation(self, instance: Measurement) -> dict[str, Any]:
        return add_related_rows(fetch_rows(Measurement.objects.filter(pk=instance.pk), KEYED_COLUMNS))[0]


def add_related_rows(rows: Rows) -> Rows:
    """Add conditions, tags, values and datasets to these rows of measurements, with one query each."""
    pks = [row["pk"] for row in rows]
    add_conditions(rows, pks)
    tags, values, datasets = TAGS.for_keys(pks), VALUES.for_keys(pks), DATASETS.for_keys(pks)
    for row in rows:
        pk = row.pop("pk")
        row["tags"] = [tag["name"] for tag in tags.get(pk, [])]
        row["values"], row["datasets"] = values.get(pk, []), datasets.get(pk, [])
    return rows


class MeasurementCyclesSerializer(serializers.Serializer[Any]):
    """The per-cycle table of a measurement."""

    columns = serializers.ListField(
        child=serializers.CharField(), help_text="`cycle`, the quantities, and `group` for the names of groups."
    )
    labels = serializers.ListField(child=serializers.CharField(), help_text="Header of each column, with its unit.")
    analyses = serializers.ListField(child=serializers.CharField(allow_null=True), help_text="Source of each column.")
    rows = serializers.ListField(
        child=serializers.ListField(child=serializers.JSONField()),
        help_text="Values by column; null where a cycle has none.",
    )


class MeasurementViewSet(RecordViewSet):
    """Measurements. The list accepts the query language; all filters apply to the same measurement."""

    schema = QuerySchema()
    queryset = Measurement.objects.select_related("cell__project", "setup").order_by("refcode")
    serializer_class = MeasurementSerializer
    lookup_field = "refcode"
    lookup_value_regex = r"[A-Za-z0-9-]+"
    history_parts = (
        (Condition, "measurement"),
        (MeasurementTag, "measurement"),
        (Comment, "measurement"),
        (Attachment, "measurement"),
    )

    def check_parameters(self, request: Request) -> None:
        if self.action != "list":
            super().check_parameters(request)

    @extend_schema(request=None, responses={201: MeasurementSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None)
    def split(self, request: Request, refcode: str) -> Response:
        """Create a measurement for each dataset of the newest file with several, under the same conditions.

        Voltage and cycle number are taken from each dataset if it has them. This measurement keeps its selected
        dataset, or the first. The response has all measurements in dataset order, and their analyses are queued.
        """
        refuse_fields(request)
        measurement: Measurement = self.get_object()
        measurements = split_measurement(measurement=measurement, by=actor(request))
        return Response(self.get_serializer(measurements, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=MeasurementCyclesSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def cycles(self, request: Request, refcode: str) -> Response:
        """Per-cycle numbers from the latest analyses, one row per cycle. `/api/cycles/` has those of many tests."""
        table = cycle_table(self.get_object())
        return Response(
            {
                "columns": ["cycle", *(column.quantity for column in table.columns)],
                "labels": ["Cycle", *(column.label for column in table.columns)],
                "analyses": [None, *(column.analysis for column in table.columns)],
                "rows": table.rows,
            }
        )

    @extend_schema(filters=False)
    def list(self, request: Request) -> Response:
        """Measurements that match the query."""
        parsed = parse_request(request, refcode="measurement")
        measurements = to_sql.filter_measurements(parsed.query, request.user)
        ordered = order_measurements(measurements, parsed.query, parsed.ordering)
        return self.get_paginated_response(add_related_rows(self.get_page_rows(ordered, KEYED_COLUMNS)))
