"""Column mappings for text tables."""

from typing import Any

from rest_framework import serializers

from registry.api.base.fields import ProjectField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.models import ColumnMapping
from registry.services.column_mapping import save_column_mapping


class ColumnMappingSerializer(RecordSerializer):
    """Names and units of the columns of a text table. Changing it imports the files that use it again."""

    project = ProjectField()
    mapping = serializers.DictField(
        help_text="`columns`: the meaning of each column with its unit, `Current / mA`, or `Test time / clock` for "
        "times as hours:minutes:seconds, a minus before a name to invert the sign, or "
        '`{"name": "Current / mA", "any of": ["I"]}` for several headers; optional: `header_line`, `delimiter`, '
        "`decimal`."
    )

    class Meta:
        model = ColumnMapping
        fields = ["id", "project", "name", "notes", "mapping", "created_at"]

    def store(self, record: ColumnMapping, nested: dict[str, Any]) -> ColumnMapping:
        return save_column_mapping(record, by=actor(self.context["request"]))


class ColumnMappingViewSet(RecordViewSet):
    """Column mappings for files without usable column headers. Select one at upload or later."""

    queryset = ColumnMapping.objects.select_related("project").order_by("name", "pk")
    serializer_class = ColumnMappingSerializer
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "name": Filter("name_key", "Name, case-insensitive."),
    }
