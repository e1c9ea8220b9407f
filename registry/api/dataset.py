"""Raw files, and the columns imported from them."""

from typing import IO, Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from registry import plugin_loading
from registry.api.base.fields import MeasurementField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.parsers import FiniteJSONParser, TextMultiPartParser
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.strict import StrictSerializer, refuse_fields
from registry.file_responses import attachment_response, thumbnail_response
from registry.models import UNREAD, CellOrigin, ColumnMapping, Dataset, Measurement, ParseStatus
from registry.selectors.analysis_inputs.facts import read_columns
from registry.selectors.column_mapping import suggestion_of
from registry.selectors.files.same_file import list_with_same_file
from registry.selectors.plugins.orphans import has_orphaned_technique
from registry.selectors.query.errors import QueryError
from registry.services.files.reading import queue_file, queue_file_with_mapping
from registry.services.files.roles import declare_role
from registry.services.files.upload import upload_file
from registry.services.record import delete_record

COLUMN_FORMATS = ("json", "csv")
MAX_ORDER = 32_767
ROLE_HELP = (
    "Role among several datasets of the measurement: `main`, `continuation` (the next part of the same test) or a role "
    "declared by the technique or an analysis, such as `pressure_log`; empty for none."
)


class ImageSerializer(serializers.Serializer[Any]):
    """An image: its size in pixels, the size of a pixel and the address of its thumbnail."""

    width = serializers.IntegerField(help_text="In pixels.")
    height = serializers.IntegerField(help_text="In pixels.")
    grey_levels = serializers.CharField(help_text="Data type of a pixel, such as `uint8`.")
    pixel_width_um = serializers.FloatField(allow_null=True, help_text="In µm; null if the file does not state it.")
    pixel_height_um = serializers.FloatField(allow_null=True, help_text="In µm; null if the file does not state it.")
    thumbnail = serializers.URLField(help_text="A PNG of the image.")


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    """A dataset imported from a raw file of a measurement."""

    measurement = serializers.CharField(source="measurement.refcode")
    cell_origin = serializers.ChoiceField(
        source="measurement.cell.origin",
        choices=CellOrigin.choices,
        help_text="`simulated` if the data come from a model.",
    )
    sha256 = serializers.CharField(source="raw_file.sha256", help_text="SHA-256 of the raw file.")
    size = serializers.IntegerField(source="raw_file.size", help_text="In bytes.")
    image = serializers.SerializerMethodField(help_text="The image; null if the dataset has columns.")
    suggested_mapping = serializers.SerializerMethodField(
        help_text=(
            "Suggested column mapping for a file whose import failed; null if there is none. Check it, create it (POST "
            "/api/column-mappings/), then select it."
        )
    )
    same_file_on = serializers.SerializerMethodField(
        help_text="Refcodes of other measurements with the same data of the same file: check which one it belongs to."
    )

    class Meta:
        model = Dataset
        fields = [
            "id",
            "measurement",
            "cell_origin",
            "filename",
            "sha256",
            "size",
            "same_file_on",
            "part",
            "part_label",
            "technique",
            "role",
            "order",
            "split_off",
            "status",
            "reader",
            "reader_version",
            "mapping",
            "mapping_used",
            "suggested_mapping",
            "columns",
            "rows",
            "image",
            "header",
            "start_time",
            "messages",
            "created_at",
            "queued_at",
            "attempts",
        ]
        read_only_fields = fields

    @cached_property
    def _same_files(self) -> dict[int, list[Measurement]]:
        """Of all datasets of the response, in one query."""
        instances: Any = self.parent.instance if self.parent else [self.instance]
        return list_with_same_file(list(instances), self.context["request"].user)

    @extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
    def get_suggested_mapping(self, dataset: Dataset) -> dict[str, Any] | None:
        if dataset.status != ParseStatus.FAILED:
            return None
        suggestion = suggestion_of(dataset.messages)
        return suggestion.mapping if suggestion else None

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_same_file_on(self, dataset: Dataset) -> list[str]:
        return [measurement.refcode for measurement in self._same_files.get(dataset.pk, ())]

    @extend_schema_field(ImageSerializer(allow_null=True))
    def get_image(self, dataset: Dataset) -> dict[str, Any] | None:
        if not dataset.has_picture:
            return None
        thumbnail = reverse("api:dataset-thumbnail", args=[dataset.pk], request=self.context.get("request"))
        names = ("image_width", "image_height", "grey_levels", "pixel_width_um", "pixel_height_um")
        fields = {name.removeprefix("image_"): getattr(dataset, name) for name in names}
        return {**fields, "thumbnail": thumbnail}


class MappingField(VisibleById):
    """A column mapping by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=ColumnMapping.objects.select_related("project"), allow_null=True, **kwargs)


class UploadSerializer(StrictSerializer):
    """A raw file for a measurement."""

    measurement = MeasurementField()
    file = serializers.FileField(allow_empty_file=True, help_text="The unmodified instrument file.")
    read_serializer = DatasetSerializer
    role = serializers.CharField(required=False, allow_blank=True, default="", help_text=ROLE_HELP)
    mapping = MappingField(
        required=False, help_text="Id of a column mapping. Only for files without usable column headers."
    )


class DatasetChangeSerializer(StrictSerializer):
    """The column mapping of a dataset, or its role among several."""

    mapping = MappingField(required=False, help_text="Id of a column mapping; null for none.")
    role = serializers.CharField(required=False, allow_blank=True, help_text=ROLE_HELP)
    order = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_ORDER,
        help_text="Position among the datasets of its role, from 1.",
    )
    read_serializer = DatasetSerializer


class ColumnsSerializer(serializers.Serializer[Any]):
    """Columns by canonical name, which includes the unit; NaN and infinity are null."""

    columns = serializers.DictField(child=serializers.ListField(child=serializers.FloatField(allow_null=True)))


class DatasetViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, mixins.DestroyModelMixin, ReadViewSet):
    """Datasets and their raw files, which are stored unchanged. Only role and column mapping can be changed; to
    replace a file, delete it and upload another."""

    queryset = Dataset.objects.order_by("pk")
    serializer_class = DatasetSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("measurement__cell__project__slug", "Slug of the project."),
        "cell": Filter("measurement__cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "technique": Filter(
            "measurement__technique",
            "Technique of the measurement.",
            choices=lambda: plugin_loading.current().techniques,
            is_orphan=has_orphaned_technique,
        ),
        "role": Filter("role", "Role among several datasets of the measurement."),
        "status": Filter("status", "Import status.", choices=ParseStatus.values),
        "reader": Filter("reader", "Name of the reader."),
        "code": Filter("message_codes__code", "Code of a message or refusal, such as no-rows.", many=True),
        "sha256": Filter("raw_file__sha256", "SHA-256 of the raw file."),
    }
    parameters = {"columns": ("format",)}

    def get_queryset(self) -> QuerySet[Dataset]:
        visible: QuerySet[Dataset] = Dataset.objects.visible_to(self.request.user)
        return visible.select_related("measurement__cell", "raw_file").order_by("pk")

    def get_parsers(self) -> list[Any]:
        """Multipart form data for an upload, JSON for everything else."""
        return [FiniteJSONParser()] if self.detail else [TextMultiPartParser()]

    @extend_schema(
        request=UploadSerializer, responses={202: DatasetSerializer(many=True), 200: DatasetSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Upload a file to a measurement. It is imported in the background: poll the dataset by its id until its
        `status` is `parsed` or `failed`; `messages` says why an import failed.

        A file may contain several datasets, which /api/datasets/?measurement=… lists. The analyses of the imported
        datasets are then queued; /api/runs/?measurement=… shows their status. If the measurement already has this
        file, the response is 200 with its existing datasets.
        """
        upload = UploadSerializer(data=request.data, context=self.get_serializer_context())
        upload.is_valid(raise_exception=True)
        file: IO[bytes] = upload.validated_data["file"]
        datasets = upload_file(
            measurement=upload.validated_data["measurement"],
            file=file,
            filename=str(file.name),
            mapping=upload.validated_data.get("mapping"),
            role=upload.validated_data["role"],
            by=actor(request),
        )
        is_pending = any(dataset.status in UNREAD for dataset in datasets)
        code = status.HTTP_202_ACCEPTED if is_pending else status.HTTP_200_OK
        return Response(self.get_serializer(datasets, many=True).data, status=code)

    @extend_schema(request=None, responses={202: DatasetSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Import the file again in the background; the existing columns remain until the import ends."""
        refuse_fields(request)
        dataset = queue_file(self.get_object(), by=actor(request))
        return Response(self.get_serializer(dataset).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=DatasetChangeSerializer, responses={200: DatasetSerializer, 202: DatasetSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the role, or the column mapping, for which the file is imported again in the background."""
        dataset = self.get_object()
        serializer = DatasetChangeSerializer(dataset, data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        if changes.keys() & {"role", "order"}:
            role = changes.get("role", dataset.role)
            dataset = declare_role(dataset, role=role, order=changes.get("order"), by=actor(request))
        if "mapping" in changes:
            dataset = queue_file_with_mapping(dataset, mapping=changes["mapping"], by=actor(request))
        code = status.HTTP_202_ACCEPTED if "mapping" in changes else status.HTTP_200_OK
        return Response(self.get_serializer(dataset).data, status=code)

    def perform_destroy(self, instance: Dataset) -> None:
        delete_record(instance, by=actor(self.request))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def raw(self, request: Request, pk: str) -> FileResponse:
        """Download the unmodified raw file."""
        dataset = self.get_object()
        return attachment_response(dataset.raw_file.path, dataset.filename)

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    @action(detail=True)
    def thumbnail(self, request: Request, pk: str) -> FileResponse:
        """A small PNG of the image."""
        return thumbnail_response(self._get_picture())

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def image(self, request: Request, pk: str) -> FileResponse:
        """Download the image as a NumPy file (`numpy.load`): grey levels of shape (height, width)."""
        dataset = self._get_picture()
        return attachment_response(dataset.image_path, f"dataset-{dataset.pk}.npy")

    def _get_picture(self) -> Dataset:
        dataset: Dataset = self.get_object()
        if not dataset.has_picture:
            raise serializers.ValidationError([_why_no_image(dataset)])
        return dataset

    @extend_schema(
        parameters=[OpenApiParameter("format", str, enum=COLUMN_FORMATS, description="`json` (default) or `csv`.")],
        responses={
            (200, "application/json"): ColumnsSerializer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The columns as CSV."),
        },
    )
    @action(detail=True)
    def columns(self, request: Request, pk: str) -> HttpResponse | Response:
        """The imported columns as JSON or CSV."""
        name = request.query_params.get("format", "json")
        if name not in COLUMN_FORMATS:
            raise QueryError(
                "format", f"Unknown format ‘{name}’; choose {' or '.join(COLUMN_FORMATS)}.", "unknown-format"
            )
        dataset = self.get_object()
        if not dataset.holds_data or dataset.has_picture:
            raise serializers.ValidationError([_why_no_columns(dataset)])
        columns = read_columns(dataset)
        if name == "json":
            return Response({"columns": {name: _numbers(column) for name, column in columns.items()}})
        response = HttpResponse(_csv(columns), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="dataset-{dataset.pk}.csv"'
        return response


def _why_no_image(dataset: Dataset) -> str:
    return f"{dataset.filename} has columns, not an image." if dataset.columns else _why_no_columns(dataset)


def _why_no_columns(dataset: Dataset) -> str:
    if dataset.status in UNREAD:
        return f"{dataset.filename} has not been imported yet: try again later."
    if dataset.has_picture:
        return f"{dataset.filename} is an image and has no columns: see /api/datasets/{dataset.pk}/image/."
    reasons = " ".join(message["text"] for message in dataset.messages)
    return f"No columns could be imported from {dataset.filename}: {reasons}"


def _numbers(column: Any) -> list[Any]:
    """A column for JSON, with NaN and infinity as None."""
    import numpy as np

    if not np.issubdtype(column.dtype, np.floating):
        return list(column.tolist())
    return [number if finite else None for number, finite in zip(column.tolist(), np.isfinite(column), strict=True)]


def _csv(columns: dict[str, Any]) -> bytes:
    import pyarrow
    import pyarrow.csv

    sink = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(pyarrow.table(columns), sink, pyarrow.csv.WriteOptions(quoting_header="none"))
    return bytes(sink.getvalue().to_pybytes())
