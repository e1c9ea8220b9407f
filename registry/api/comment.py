"""Comments on cells and measurements."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base.fields import CellField, MeasurementField
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordViewSet
from registry.api.base.strict import StrictSerializer
from registry.models import Comment
from registry.models.comment import LONGEST_COMMENT
from registry.selectors.comment import get_author_name
from registry.services.comment import delete_comment, edit_comment, write_comment

TEXT_HELP = "Text in Markdown."


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment on a cell, or on one of its measurements."""

    cell = serializers.CharField(source="cell.refcode")
    measurement = serializers.CharField(source="measurement.refcode", allow_null=True, default=None)
    text = serializers.CharField(help_text=TEXT_HELP)
    author = serializers.SerializerMethodField(
        help_text="Name of the author, also of a deleted account; `a member` for visitors who are not signed in."
    )
    edited_at = serializers.DateTimeField(
        allow_null=True, help_text="Time of the last edit; null if it was never edited."
    )

    class Meta:
        model = Comment
        fields = ["id", "cell", "measurement", "text", "author", "created_at", "edited_at"]
        read_only_fields = fields

    def get_author(self, comment: Comment) -> str:
        return get_author_name(comment, self.context["request"].user)


class CommentWriteSerializer(StrictSerializer):
    """A new comment on a cell or a measurement."""

    cell = CellField(required=False)
    measurement = MeasurementField(required=False)
    text = serializers.CharField(max_length=LONGEST_COMMENT, help_text=TEXT_HELP)
    read_serializer = CommentSerializer

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        subjects = [attrs[name] for name in ("cell", "measurement") if name in attrs]
        if len(subjects) != 1:
            raise serializers.ValidationError("Send one of cell and measurement.")
        return {"subject": subjects[0], "text": attrs["text"]}


class CommentChangeSerializer(StrictSerializer):
    """The text of a comment."""

    text = serializers.CharField(max_length=LONGEST_COMMENT, help_text=TEXT_HELP)
    read_serializer = CommentSerializer


class CommentViewSet(RecordViewSet):
    """Comments on cells and measurements, oldest first. Every member of a project may write, in any role."""

    queryset = Comment.objects.select_related("cell", "measurement", "author").order_by("created_at", "pk")
    serializer_class = CommentChangeSerializer
    filters = {
        "project": Filter("cell__project__slug", "Slug of the project."),
        "cell": Filter("cell__refcode", "Refcode of the cell; also finds comments on its measurements."),
        "measurement": Filter("measurement__refcode", "Refcode of the measurement."),
    }

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """What is read; the actions that write name theirs."""
        return CommentSerializer

    def get_queryset(self) -> QuerySet[Comment]:
        comments: QuerySet[Comment] = super().get_queryset()
        return comments.select_related("cell__project") if self.detail else comments

    @extend_schema(request=CommentWriteSerializer, responses={201: CommentSerializer})
    def create(self, request: Request) -> Response:
        """Comment on a cell or a measurement."""
        serializer = CommentWriteSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        comment = write_comment(**serializer.validated_data, by=actor(request))
        return Response(self.get_serializer(comment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CommentChangeSerializer, responses={200: CommentSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Edit one's own comment."""
        comment = self.get_object()
        change = CommentChangeSerializer(comment, data=request.data, context=self.get_serializer_context())
        change.is_valid(raise_exception=True)
        edit_comment(comment, change.validated_data["text"], by=actor(request))
        return Response(self.get_serializer(comment).data)

    def perform_destroy(self, instance: Comment) -> None:
        delete_comment(instance, by=actor(self.request))
