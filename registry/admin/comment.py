"""Comments on cells and measurements: read, and deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest

from registry.admin.base.linkable import actor
from registry.admin.base.record import RecordAdmin
from registry.models import Comment
from registry.selectors.comment import may_delete_comment
from registry.services.comment import delete_comment

SHOWN_CHARACTERS = 80


@admin.register(Comment)
class CommentAdmin(RecordAdmin):
    """They are written and edited on the page of the cell."""

    list_display = ("created_at", "written_by", "start", "cell", "measurement")
    list_display_links = ("created_at", "start")
    list_select_related = ("cell", "measurement", "author")
    list_filter = (("cell__project", RelatedOnlyFieldListFilter),)
    search_fields = ("text", "author_name", "cell__refcode", "measurement__refcode")
    date_hierarchy = "created_at"
    fields = readonly_fields = ("cell", "measurement", "text", "written_by", "created_at", "edited_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return self.has_module_permission(request)
        return may_delete_comment(obj, actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_comment(obj, by=actor(request))

    @admin.display(description="author", ordering="author_name")
    def written_by(self, comment: Comment) -> str:
        return comment.author_name

    @admin.display(description="text")
    def start(self, comment: Comment) -> str:
        text = " ".join(comment.text.split())
        return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
