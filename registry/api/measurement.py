"""Measurements: a cell under one technique and one set of conditions."""

from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
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
from registry.api.base.rows import Columns, GroupedRows, Rows, rows_of
from registry.api.base.schema import QuerySchema
from registry.api.base.strict import refuse_fields
from registry.models import Dataset, HardwareSetup, Measurement, Value
from registry.selectors.cycle_table import cycle_table
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.services.files.split import split_measurement
from registry.services.runs.queue import queue_cells

CONDITIONS = Measurement.magnitude_fields()
"""Slug of each condition → the field that holds it as written."""
COLUMNS: Columns = {
    "refcode": "refcode",
    "cell": "cell__refcode",
    "project": "cell__project__slug",
    "technique": "technique",
    "label": "label",
    **{name: name for slug, written in CONDITIONS.items() for name in (written, slug)},
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
    "status": "status",
    "rows": "rows",
}
VALUES = GroupedRows(Value.objects.filter(is_latest=True).order_by("pk"), "measurement_id", value.COLUMNS, value.marked)
DATASETS = GroupedRows(Dataset.objects.order_by("part", "pk"), "measurement_id", DATASET_COLUMNS)


class ShownDatasetSerializer(serializers.Serializer[Any]):
    """A raw file of the measurement, in short."""

    id = serializers.IntegerField()
    filename = serializers.CharField()
    part = serializers.IntegerField(help_text="Which dataset of the file, from 0.")
    part_label = serializers.CharField()
    technique = serializers.CharField(help_text="Empty if its columns do not decide it.")
    status = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)


class MeasurementSerializer(RecordSerializer):
    """A measurement; each condition as written and as a number."""

    refcode = serializers.CharField(read_only=True)
    cell = CellField()
    project = serializers.CharField(read_only=True)
    setup = VisibleById(queryset=HardwareSetup.objects.select_related("project"), required=False, allow_null=True)
    dataset = VisibleById(
        queryset=Dataset.objects.select_related("measurement"),
        required=False,
        allow_null=True,
        help_text="Id of the dataset that is analysed, where the newest file holds several; null for its only one.",
    )
    values = value.ShownValueSerializer(many=True, read_only=True)
    datasets = ShownDatasetSerializer(many=True, read_only=True)

    class Meta:
        model = Measurement
        fields = [*COLUMNS, "values", "datasets"]

    def to_representation(self, instance: Measurement) -> dict[str, Any]:
        return shown(rows_of(Measurement.objects.filter(pk=instance.pk), KEYED_COLUMNS))[0]


def shown(rows: Rows) -> Rows:
    """Add to these rows of measurements their values and datasets, one query a table."""
    pks = [row["pk"] for row in rows]
    values, datasets = VALUES.of(pks), DATASETS.of(pks)
    for row in rows:
        pk = row.pop("pk")
        row["values"], row["datasets"] = values.get(pk, []), datasets.get(pk, [])
    return rows


class MeasurementViewSet(RecordViewSet):
    """Cells under test. The list takes the query language: all conditions hold on the same measurement."""

    schema = QuerySchema()
    queryset = Measurement.objects.select_related("cell__project", "setup").order_by("refcode")
    serializer_class = MeasurementSerializer
    lookup_field = "refcode"
    lookup_value_regex = r"[A-Za-z0-9-]+"

    def check_parameters(self, request: Request) -> None:
        if self.action != "list":
            super().check_parameters(request)

    @extend_schema(request=None, responses={201: MeasurementSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None)
    def split(self, request: Request, refcode: str) -> Response:
        """Make a measurement of each dataset of the newest file that holds several, under the same conditions.

        Voltage and cycle number are those of each dataset, where it says so. This measurement keeps the dataset
        chosen for it, or the first. All are returned, in the order of the datasets, and their analyses are queued.
        """
        refuse_fields(request)
        measurement: Measurement = self.get_object()
        made = split_measurement(measurement=measurement, by=actor(request))
        queue_cells([measurement.cell], by=actor(request))
        return Response(self.get_serializer(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=True, pagination_class=None)
    def cycles(self, request: Request, refcode: str) -> Response:
        """The per-cycle table: for each cycle, by the head of its column with the unit, what the analyses gave."""
        table = cycle_table(self.get_object()).reset_index()
        rows = orjson.loads(table.to_json(orient="values", double_precision=15))
        return Response({"columns": list(table.columns), "rows": rows})

    @extend_schema(filters=False)
    def list(self, request: Request) -> Response:
        """Measurements on which all of the query holds."""
        question = parse_request(request, refcode="measurement")
        found = order_measurements(
            to_sql.filter_measurements(question.query, request.user), question.query, question.ordering
        )
        return self.get_paginated_response(shown(self.page_of(found, KEYED_COLUMNS)))
