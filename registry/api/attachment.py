"""Files attached to records."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.fields import CellField, MeasurementField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.parsers import FiniteJSONParser, TextMultiPartParser
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.strict import StrictSerializer
from registry.file_responses import attachment_response
from registry.models import Attachment, HardwareSetup, Material
from registry.services.files.attachment import attach_file
from registry.services.record import delete_record, save_record


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file attached to a cell, a measurement, a material or a set-up."""

    project = serializers.CharField(source="project.slug")
    cell = serializers.CharField(source="cell.refcode", allow_null=True, default=None)
    measurement = serializers.CharField(source="measurement.refcode", allow_null=True, default=None)
    sha256 = serializers.CharField(source="raw_file.sha256", help_text="SHA-256 of the file.")
    size = serializers.IntegerField(source="raw_file.size", help_text="In bytes.")

    class Meta:
        model = Attachment
        fields = [
            "id",
            "project",
            "cell",
            "measurement",
            "material",
            "setup",
            "filename",
            "description",
            "sha256",
            "size",
            "created_at",
        ]
        read_only_fields = fields


class AttachmentUploadSerializer(StrictSerializer):
    """A file to attach to exactly one record."""

    file = serializers.FileField(allow_empty_file=True)
    description = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    cell = CellField(required=False)
    measurement = MeasurementField(required=False)
    material = VisibleById(queryset=Material.objects.select_related("project"), required=False)
    setup = VisibleById(queryset=HardwareSetup.objects.select_related("project"), required=False)
    read_serializer = AttachmentSerializer

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        owners = [attrs.pop(name) for name in Attachment.owner_fields if attrs.get(name) is not None]
        if len(owners) != 1:
            raise serializers.ValidationError("Send one of cell, measurement, material and setup.")
        return {**attrs, "owner": owners[0]}


class AttachmentChangeSerializer(StrictSerializer):
    """The description of an attachment."""

    description = serializers.CharField(allow_blank=True, max_length=200)
    read_serializer = AttachmentSerializer


class AttachmentViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, mixins.DestroyModelMixin, ReadViewSet):
    """Files attached to records without being read, such as photographs and reports; stored unchanged."""

    queryset = Attachment.objects.order_by("pk")
    serializer_class = AttachmentSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "material": Filter("material", "Id of the material.", kind="id"),
        "setup": Filter("setup", "Id of the set-up.", kind="id"),
        "sha256": Filter("raw_file__sha256", "SHA-256 of the file."),
    }

    def get_queryset(self) -> QuerySet[Attachment]:
        visible: QuerySet[Attachment] = Attachment.objects.visible_to(self.request.user)
        return visible.select_related("project", "cell", "measurement", "raw_file").order_by("pk")

    def get_parsers(self) -> list[Any]:
        """Multipart form data for an upload, JSON for everything else."""
        return [FiniteJSONParser()] if self.detail else [TextMultiPartParser()]

    @extend_schema(request=AttachmentUploadSerializer, responses={201: AttachmentSerializer})
    def create(self, request: Request) -> Response:
        """Attach a file to a cell, a measurement, a material or a set-up."""
        upload = AttachmentUploadSerializer(data=request.data, context=self.get_serializer_context())
        upload.is_valid(raise_exception=True)
        file = upload.validated_data["file"]
        attachment = attach_file(
            owner=upload.validated_data["owner"],
            file=file,
            filename=str(file.name),
            description=upload.validated_data["description"],
            by=actor(request),
        )
        return Response(self.get_serializer(attachment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AttachmentChangeSerializer, responses={200: AttachmentSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the description."""
        attachment = self.get_object()
        change = AttachmentChangeSerializer(attachment, data=request.data, context=self.get_serializer_context())
        change.is_valid(raise_exception=True)
        attachment.description = change.validated_data["description"]
        save_record(attachment, by=actor(request))
        return Response(self.get_serializer(attachment).data)

    def perform_destroy(self, instance: Attachment) -> None:
        delete_record(instance, by=actor(self.request))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def raw(self, request: Request, pk: str) -> FileResponse:
        """Download the file."""
        attachment = self.get_object()
        return attachment_response(attachment.raw_file.path, attachment.filename)
