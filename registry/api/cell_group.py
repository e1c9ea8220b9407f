"""Groups of cells, with their members and current values."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.api import group_run
from registry.api.base.fields import CellField, ProjectField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet, build_children
from registry.models import CellGroup, CellOrigin, GroupKind, GroupMember, GroupRun, GroupValue
from registry.selectors.simulated import has_simulated_member
from registry.services.cell_group import save_group
from registry.services.record import save_record

NAMING_GROUPS = frozenset({"origin", "cell", "project", "slug"})
"""Parameters that name the groups asked for, simulated ones included."""
CURRENT_VALUES = Prefetch("values", GroupValue.objects.select_related("run").order_by("pk"), to_attr="current_values")
CURRENT_RUNS = Prefetch(
    "runs",
    GroupRun.objects.filter(is_latest=True).defer("inputs", "software").prefetch_related(CURRENT_VALUES).order_by("pk"),
    to_attr="current_runs",
)


class GroupMemberSerializer(RecordSerializer):
    """A cell of the group. Without `position`, its place in the list is used."""

    id = serializers.IntegerField(
        required=False, help_text="Id of the member; send it to update an existing member and keep its history."
    )
    position = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    cell = CellField(help_text="Refcode of a cell. Everyone who can see the group must be able to see the cell.")
    cell_label = serializers.CharField(source="cell.label", read_only=True)
    cell_origin = serializers.ChoiceField(
        source="cell.origin",
        choices=CellOrigin.choices,
        read_only=True,
        help_text="`simulated` if its data come from a model.",
    )

    class Meta:
        model = GroupMember
        fields = ["id", "position", "cell", "cell_label", "cell_origin", "label"]


class CellGroupSerializer(RecordSerializer):
    """A group of cells. `members` replaces all members; without it, they do not change."""

    project = ProjectField()
    members = GroupMemberSerializer(many=True, required=False)
    values = serializers.SerializerMethodField()
    nested = ("members",)

    class Meta:
        model = CellGroup
        fields = [
            "id", "project", "slug", "name", "kind", "over", "members", "notes", "parameters", "values", "created_at",
        ]  # fmt: skip

    @extend_schema_field(group_run.GroupValueSerializer(many=True))
    def get_values(self, group: CellGroup) -> list[dict[str, Any]]:
        return [group_run.value_row(value) for run in group.current_runs for value in run.current_values]  # type: ignore[attr-defined]

    def to_representation(self, instance: CellGroup) -> Any:
        if not hasattr(instance, "current_runs"):
            instance = CellGroupViewSet.queryset.get(pk=instance.pk)
        return super().to_representation(instance)

    def store(self, record: CellGroup, nested: dict[str, Any]) -> CellGroup:
        by = actor(self.context["request"])
        if "members" not in nested:
            return save_record(record, by=by)
        members = build_children(GroupMember, nested["members"], name="members", parent="group", owner=record)
        return save_group(record, members, by=by)


class CellGroupViewSet(RecordViewSet):
    """Groups of cells: replicates, series over a number of their recipe, and comparisons of cells that differ in one
    thing."""

    queryset = (
        CellGroup.objects.select_related("project")
        .prefetch_related(
            Prefetch("members", GroupMember.objects.select_related("cell").order_by("position")), CURRENT_RUNS
        )
        .order_by("project__slug", "slug")
    )
    serializer_class = CellGroupSerializer
    history_parts = ((GroupMember, "group"),)
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "slug": Filter("slug", "Slug of the group."),
        "kind": Filter("kind", "Kind of the group.", choices=GroupKind.values),
        "over": Filter("over", "The recipe parameter that varies in a recipe series."),
        "cell": Filter("members__cell__refcode", "Refcode of a cell that it contains.", many=True),
        "origin": Filter(
            "members__cell__origin",
            "Origin of a cell that it contains. Groups of simulated cells are listed only if selected by `origin`, "
            "`cell`, `project` or `slug`.",
            choices=CellOrigin.values,
            many=True,
        ),
    }

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        filtered = super().filter_queryset(queryset)
        if self.action != "list" or NAMING_GROUPS.intersection(self.request.query_params):
            return filtered
        return filtered.filter(~has_simulated_member())
