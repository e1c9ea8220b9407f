"""Hardware set-ups."""

from registry.api.base.fields import ProjectField
from registry.api.base.filters import Filter
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.models import Attachment, HardwareSetup, SetupKind


class SetupSerializer(RecordSerializer):
    """A hardware set-up: die or fixture, press and instrument."""

    project = ProjectField()

    class Meta:
        model = HardwareSetup
        fields = [
            "id",
            "project",
            "name",
            "kind",
            *HardwareSetup.number_columns(),
            "pressure_application",
            "blocks",
            "press",
            "instrument",
            "channel",
            "calibrated_on",
            "notes",
            "created_at",
        ]


class SetupViewSet(RecordViewSet):
    """Hardware set-ups for cell assembly and measurement."""

    queryset = HardwareSetup.objects.select_related("project").order_by("name", "pk")
    serializer_class = SetupSerializer
    history_parts = ((Attachment, "setup"),)
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "kind": Filter("kind", "Kind of set-up.", choices=SetupKind.values),
        "name": Filter("name_key", "Name, case-insensitive."),
    }
