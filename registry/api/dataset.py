"""Raw files in and out, and the columns readers found in them."""

from typing import IO, Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.fields import MeasurementField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.parsers import FiniteJSONParser, TextMultiPartParser
from registry.api.base.permissions import actor
from registry.api.base.records import ReadViewSet
from registry.api.base.strict import StrictSerializer, refuse_fields
from registry.hookspecs import TECHNIQUES
from registry.models import UNREAD, ColumnMapping, Dataset, ParseStatus
from registry.selectors.affected_cells import affected_cells
from registry.selectors.analysis_inputs.facts import read_columns
from registry.selectors.query.parsing import QueryError
from registry.services.files.reading import queue_file, queue_file_with_mapping
from registry.services.files.upload import upload_file
from registry.services.record import delete_record
from registry.services.runs.queue import queue_cells

COLUMN_FORMATS = ("json", "csv")


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    """A raw file on a measurement and what a reader made of it."""

    measurement = serializers.CharField(source="measurement.refcode")
    sha256 = serializers.CharField(source="raw_file.sha256", help_text="Of the raw bytes.")
    size = serializers.IntegerField(source="raw_file.size", help_text="In bytes.")

    class Meta:
        model = Dataset
        fields = [
            "id",
            "measurement",
            "filename",
            "sha256",
            "size",
            "part",
            "part_label",
            "technique",
            "split_off",
            "status",
            "reader",
            "reader_version",
            "mapping",
            "mapping_used",
            "columns",
            "rows",
            "header",
            "messages",
            "created_at",
            "queued_at",
            "attempts",
        ]
        read_only_fields = fields


class MappingField(VisibleById):
    """A column mapping by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=ColumnMapping.objects.select_related("project"), allow_null=True, **kwargs)


class UploadSerializer(StrictSerializer):
    """A raw file for a measurement."""

    measurement = MeasurementField()
    file = serializers.FileField(allow_empty_file=True, help_text="As the instrument wrote it.")
    shown_as = DatasetSerializer
    mapping = MappingField(
        required=False, help_text="Id of a column mapping, for a text table whose heads say too little."
    )


class ReadBySerializer(StrictSerializer):
    """By which column mapping a file is to be read."""

    mapping = MappingField(help_text="Id of a column mapping; null for none.")
    shown_as = DatasetSerializer


class ColumnsSerializer(serializers.Serializer[Any]):
    """Every column by its canonical name, units in the names; what is no number is null."""

    columns = serializers.DictField(child=serializers.ListField(child=serializers.FloatField(allow_null=True)))


class DatasetViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, mixins.DestroyModelMixin, ReadViewSet):
    """Raw files, kept byte for byte, with the columns found in them. A file never changes: delete it, add another; only
    by which column mapping it is read can be chosen."""

    queryset = Dataset.objects.order_by("pk")
    serializer_class = DatasetSerializer
    lookup_value_regex = r"\d{1,18}"
    filters = {
        "project": Filter("measurement__cell__project__slug", "Slug of the project."),
        "cell": Filter("measurement__cell__refcode", "Refcode of the cell."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
        "technique": Filter("measurement__technique", "Technique of the measurement.", choices=tuple(TECHNIQUES)),
        "status": Filter("status", "Whether it was read, and could be.", choices=ParseStatus.values),
        "reader": Filter("reader", "Name of the reader."),
        "sha256": Filter("raw_file__sha256", "Of the raw bytes."),
    }
    parameters = {"columns": ("format",)}

    def get_queryset(self) -> QuerySet[Dataset]:
        visible: QuerySet[Dataset] = Dataset.objects.visible_to(self.request.user)
        return visible.select_related("measurement", "raw_file").order_by("pk")

    def get_parsers(self) -> list[Any]:
        """A new file comes as a form; all else is said in JSON."""
        return [FiniteJSONParser()] if self.detail else [TextMultiPartParser()]

    @extend_schema(
        request=UploadSerializer, responses={202: DatasetSerializer(many=True), 200: DatasetSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Add a file to a measurement. It is kept at once and read in the background: ask for the dataset by its id
        until its `status` is `parsed` or `failed`; why a file could not be read stands in its messages.

        A file with several datasets becomes as many datasets, which /api/datasets/?measurement=… lists. What can be
        computed of them is then put in the queue: /api/runs/?measurement=… says how that comes on. The answer is 200
        with what there is if the measurement holds this file already.
        """
        upload = UploadSerializer(data=request.data, context=self.get_serializer_context())
        upload.is_valid(raise_exception=True)
        file: IO[bytes] = upload.validated_data["file"]
        datasets = upload_file(
            measurement=upload.validated_data["measurement"],
            file=file,
            filename=str(file.name),
            mapping=upload.validated_data.get("mapping"),
            by=actor(request),
        )
        is_pending = any(dataset.status in UNREAD for dataset in datasets)
        code = status.HTTP_202_ACCEPTED if is_pending else status.HTTP_200_OK
        return Response(self.get_serializer(datasets, many=True).data, status=code)

    @extend_schema(request=None, responses={202: DatasetSerializer})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Read the file again, in the background; what was read of it before stands until then."""
        refuse_fields(request)
        dataset = queue_file(self.get_object(), by=actor(request))
        return Response(self.get_serializer(dataset).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ReadBySerializer, responses={202: DatasetSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Choose the column mapping a file is read by; it is read again in the background."""
        dataset = self.get_object()
        chosen = ReadBySerializer(dataset, data=request.data, context=self.get_serializer_context())
        chosen.is_valid(raise_exception=True)
        queued = queue_file_with_mapping(dataset, mapping=chosen.validated_data["mapping"], by=actor(request))
        return Response(self.get_serializer(queued).data, status=status.HTTP_202_ACCEPTED)

    def perform_destroy(self, instance: Dataset) -> None:
        cells = list(affected_cells(instance))
        delete_record(instance, by=actor(self.request))
        queue_cells(cells, by=actor(self.request))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def raw(self, request: Request, pk: str) -> FileResponse:
        """The raw file, byte for byte."""
        dataset = self.get_object()
        return FileResponse(
            default_storage.open(dataset.raw_file.path),
            as_attachment=True,
            filename=dataset.filename,
            content_type="application/octet-stream",
        )

    @extend_schema(
        parameters=[OpenApiParameter("format", str, enum=COLUMN_FORMATS, description="json unless given.")],
        responses={
            (200, "application/json"): ColumnsSerializer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The columns as CSV."),
        },
    )
    @action(detail=True)
    def columns(self, request: Request, pk: str) -> HttpResponse | Response:
        """The columns a reader found, as JSON or CSV."""
        chosen = request.query_params.get("format", "json")
        if chosen not in COLUMN_FORMATS:
            raise QueryError("format", f"Columns come as {' or '.join(COLUMN_FORMATS)}, not as ‘{chosen}’.")
        dataset = self.get_object()
        if not dataset.holds_data:
            is_unread = dataset.status in UNREAD
            said = "It is still to be read." if is_unread else " ".join(message["text"] for message in dataset.messages)
            raise serializers.ValidationError([f"No columns could be read from {dataset.filename}: {said}"])
        columns = read_columns(dataset)
        if chosen == "json":
            return Response({"columns": {name: _numbers(column) for name, column in columns.items()}})
        answer = HttpResponse(_csv(columns), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="dataset-{dataset.pk}.csv"'
        return answer


def _numbers(column: Any) -> list[Any]:
    """A column as JSON has it: NaN and infinity are null."""
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
