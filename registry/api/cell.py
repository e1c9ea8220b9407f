"""Cells with their layers, their values and the measurements that match a query."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api import value
from registry.api.base.fields import ProjectField, VisibleById
from registry.api.base.list_query import parse_request
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet, build_children
from registry.api.base.rows import Columns, GroupedRows, Rows, fetch_rows
from registry.api.base.schema import QuerySchema
from registry.api.condition import JOINED_COLUMNS, ConditionNumberSerializer, merge_conditions
from registry.models import Attachment, Batch, Cell, Comment, Formulation, Layer, Material, Publication, Tag, Value
from registry.models.tag import LONGEST_TAG
from registry.models.visibility import AnyUser
from registry.selectors.query import shown_value, to_sql
from registry.selectors.query.parsing import ListQuery
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.services.cell import save_cell

COLUMNS: Columns = {
    "refcode": "refcode",
    "project": "project__slug",
    "label": "label",
    "format": "format",
    "origin": "origin",
    "publication": "publication_id",
    "publication_key": "publication__key",
    "configuration": "configuration",
    **{name: name for name in Cell.number_columns()},
    "repeat_units": "repeat_units",
    "assembled_on": "assembled_on",
    "failure": "failure",
    "notes": "notes",
    "parameters": "parameters",
    "created_at": "created_at",
}
KEYED_COLUMNS: Columns = {"pk": "pk"} | COLUMNS
LAYER_COLUMNS: Columns = {
    "id": "pk",
    "position": "position",
    "role": "role",
    "material": "material_id",
    "material_name": "material__name",
    "formulation": "formulation_id",
    "formulation_name": "formulation__name",
    "batch": "batch_id",
    "as_written": "as_written",
    **{name: name for name in Layer.number_columns()},
    "coated_sides": "coated_sides",
}
MATCH_COLUMNS: Columns = {name: name for name in ("pk", "refcode", "technique", "label")} | {"cell": "cell__refcode"}
LAYERS = GroupedRows(Layer.objects.order_by("position"), "cell_id", LAYER_COLUMNS)
TAGS = GroupedRows(Tag.objects.order_by("name_key"), "cell_id", {"name": "name"})
VALUES = GroupedRows(Value.objects.filter(is_latest=True).order_by("pk"), "cell_id", value.COLUMNS, value.complete_rows)
VALUES_BY_REFCODE = GroupedRows(Value.objects.order_by("pk"), "cell__refcode", value.COLUMNS, value.complete_rows)


class LayerSerializer(RecordSerializer):
    """A layer of a material or a formulation. Without `position`, its place in the list is used."""

    id = serializers.IntegerField(
        required=False, help_text="Id of the layer; send it to update an existing layer and keep its history."
    )
    position = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    material = VisibleById(queryset=Material.objects.select_related("project"), required=False, allow_null=True)
    material_name = serializers.CharField(read_only=True, allow_null=True)
    formulation = VisibleById(queryset=Formulation.objects.select_related("project"), required=False, allow_null=True)
    formulation_name = serializers.CharField(read_only=True, allow_null=True)
    batch = VisibleById(queryset=Batch.objects.select_related("material"), required=False, allow_null=True)

    class Meta:
        model = Layer
        fields = list(LAYER_COLUMNS)


class MatchSerializer(serializers.Serializer[Any]):
    """A measurement that meets all conditions of the query, with the matching values."""

    measurement = serializers.CharField()
    technique = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    conditions = serializers.DictField(child=serializers.CharField(), help_text="Conditions by slug, as written.")
    condition_numbers = serializers.DictField(
        child=ConditionNumberSerializer(), help_text="Conditions by slug, as numbers in the unit of the slug."
    )
    values = value.ValueSummarySerializer(many=True)


class CellSerializer(RecordSerializer):
    """A cell. `layers` replaces all layers; without it, they do not change."""

    refcode = serializers.CharField(read_only=True)
    project = ProjectField()
    publication = VisibleById(queryset=Publication.objects.select_related("project"), required=False, allow_null=True)
    publication_key = serializers.CharField(read_only=True, allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG),
        required=False,
        help_text="Replaces all tags; omit it to keep them. A tag already used in the project keeps its spelling.",
    )
    layers = LayerSerializer(many=True, required=False)
    values = value.ValueSummarySerializer(many=True, read_only=True)
    matches = MatchSerializer(
        many=True,
        read_only=True,
        allow_null=True,
        help_text="The measurements and values that match; null unless the query has conditions on measurements.",
    )
    nested = ("layers", "tags")

    class Meta:
        model = Cell
        fields = [*COLUMNS, "tags", "layers", "values", "matches"]

    def store(self, record: Cell, nested: dict[str, Any]) -> Cell:
        by = actor(self.context["request"])
        layers = nested.get("layers")
        if layers is not None:
            layers = build_children(Layer, layers, name="layers", parent="cell", owner=record)
        return save_cell(record, layers, by=by, tags=nested.get("tags"))

    def to_representation(self, instance: Cell) -> dict[str, Any]:
        return add_related_rows(fetch_rows(Cell.objects.filter(pk=instance.pk), KEYED_COLUMNS))[0]


def add_related_rows(rows: Rows) -> Rows:
    """Add tags, layers and current values to these rows of cells, with one query each."""
    pks = [row["pk"] for row in rows]
    tags, layers, values = TAGS.for_keys(pks), LAYERS.for_keys(pks), VALUES.for_keys(pks)
    for row in rows:
        pk = row.pop("pk")
        row["tags"] = [tag["name"] for tag in tags.get(pk, [])]
        row["layers"], row["values"], row["matches"] = layers.get(pk, []), values.get(pk, []), None
    return rows


def list_matches(query: ListQuery, pks: Sequence[int], user: AnyUser) -> dict[str, Rows]:
    """The measurements that match the query, by the refcode of each of these cells."""
    # The cells already meet the conditions on cells.
    on_measurements = replace(query, words={}, parts={}, search="", cell_bounds=(), layer_bounds=())
    measurement_query = replace(on_measurements, may_be_simulated=True)
    measurements = to_sql.matching_measurements(measurement_query, pks, user).order_by("cell", "pk", "conditions__pk")
    matches = merge_conditions(fetch_rows(measurements, MATCH_COLUMNS | JOINED_COLUMNS))
    condition = Q()
    for slug in query.quantities:
        condition |= shown_value.value_condition(query, slug)
    if (query.value_origin or query.at) and not query.quantities:
        condition = shown_value.of_values(query) & Q(is_latest=True)
    by_cell = VALUES_BY_REFCODE.where(condition, PrimaryKeyIn("cell_id", pks)) if condition else {}
    rows: dict[str, Rows] = {}
    for row in matches:
        rows.setdefault(row["cell"], []).append(_match(row, by_cell.get(row["cell"], [])))
    return rows


def _match(row: dict[str, Any], values: Rows) -> dict[str, Any]:
    return {
        "measurement": row["refcode"],
        "technique": row["technique"],
        "label": row["label"],
        "conditions": row["conditions"],
        "condition_numbers": row["condition_numbers"],
        "values": [value for value in values if value["measurement"] in (row["refcode"], None)],
    }


class CellViewSet(RecordViewSet):
    """Cells. The list accepts the query language; all filters apply to the same measurement."""

    schema = QuerySchema()
    queryset = Cell.objects.select_related("project", "publication").order_by("refcode")
    serializer_class = CellSerializer
    lookup_field = "refcode"
    lookup_value_regex = r"[A-Za-z0-9-]+"
    history_parts = ((Layer, "cell"), (Tag, "cell"), (Comment, "cell"), (Attachment, "cell"))

    def check_parameters(self, request: Request) -> None:
        if self.action != "list":
            super().check_parameters(request)

    @extend_schema(filters=False)
    def list(self, request: Request) -> Response:
        """Cells that match the query, each with its matching measurements."""
        parsed = parse_request(request)
        cells = to_sql.filter_cells(parsed.query, request.user)
        rows = self.get_page_rows(to_sql.order_cells(cells, parsed.query, parsed.ordering), KEYED_COLUMNS)
        pks = [row["pk"] for row in rows]
        add_related_rows(rows)
        if parsed.query.names_measurements:
            by_cell = list_matches(parsed.query, pks, request.user)
            for row in rows:
                row["matches"] = by_cell.get(row["refcode"], [])
        return self.get_paginated_response(rows)
