"""Base admins: saving through services, service errors on the form, and history pages."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import NestedObjects, unquote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin

from registry.admin.base.edit_conflict import edit_conflict_form, replaced_parts
from registry.admin.base.error_links import list_field_errors
from registry.admin.base.linkable import ScopedAdmin, actor
from registry.admin.visible_names import VisibleNames
from registry.models.record import Record, RecordQuerySet, Scoped
from registry.selectors.history.history import visible_history, visible_since
from registry.services.record import delete_record, save_record

MAX_CHILD_CHANGES = 100


def form_with_errors(form: Any, error: ValidationError) -> Any:
    """Return a form class that also reports the errors a service raised after the form was valid."""

    class FormWithErrors(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
            for field, errors in by_field.items():
                self.add_error(field if field in self.fields else None, list(errors))
            return cleaned

    return FormWithErrors


class ServiceAdmin(ScopedAdmin):
    """Saves through services. A service error rolls back and is shown on the form."""

    actions = ["delete_selected"]
    list_per_page = 50
    delete_confirmation_template = "admin/registry/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/registry/delete_selected_confirmation.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            request.service_error = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        error = getattr(request, "service_error", None)
        return form if error is None else form_with_errors(form, error)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["field_errors"] = list_field_errors(context["adminform"].form, context["inline_admin_formsets"])
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_record(obj, by=actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        changed = formset.save(commit=False)
        for deleted in formset.deleted_objects:
            self.delete_model(request, deleted)
        for record in changed:
            save_record(record, by=actor(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_record(obj, by=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id]))

    @admin.action(permissions=["delete"], description="Delete the selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, queryset: Any) -> Any:
        """Delete all or none."""
        try:
            with transaction.atomic():
                return delete_selected(self, request, queryset)
        except (ValidationError, PermissionDenied) as error:
            reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            self.message_user(request, f"Nothing was deleted: {reason}", messages.ERROR)
            return None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what is deleted too, and what prevents it; once confirmed, the service decides."""
        collector = NestedObjects(using="default")
        collector.collect(objs)
        deleted = collector.nested(lambda record: f"{capfirst(record._meta.verbose_name)}: {record}")
        counts: dict[Any, int] = {
            model._meta.verbose_name_plural: len(records)  # type: ignore[attr-defined]
            for model, records in collector.model_objs.items()
        }
        protected = (
            [] if request.method == "POST" and "post" in request.POST else self._protected_labels(collector, request)
        )
        return deleted, counts, set(), protected

    def _protected_labels(self, collector: NestedObjects, request: HttpRequest) -> list[str]:
        labels, hidden_count = [], 0
        for record in sorted(collector.protected, key=str):
            rows = type(record)._default_manager.filter(pk=record.pk)
            is_visible = not isinstance(record, Scoped) or (
                isinstance(rows, RecordQuerySet) and rows.visible_to(actor(request)).exists()
            )
            if is_visible:
                labels.append(f"{capfirst(record._meta.verbose_name)}: {record}")
            else:
                hidden_count += 1
        return labels + ([f"{hidden_count} in projects not visible to you"] if hidden_count else [])


class RecordAdmin(ServiceAdmin, SimpleHistoryAdmin):
    """A record with the history of its changes and those of its inline rows."""

    object_history_template = "admin/registry/object_history.html"
    object_history_list_template = "admin/registry/object_history_list.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self._needs_conflict_check(request, obj):
            kwargs["form"] = edit_conflict_form(kwargs.get("form", self.form), obj, replaced_parts(self.child_models()))
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        (title, options), *rest = super().get_fieldsets(request, obj)
        if self._needs_conflict_check(request, obj):
            options = {**options, "fields": [*options["fields"], "seen"]}
        return [(title, options), *rest]

    def child_models(self) -> list[type[Record]]:
        """Return the models of the rows that are edited on the page of the record."""
        return [inline.model for inline in self.inlines if issubclass(inline.model, Record)]

    def _needs_conflict_check(self, request: HttpRequest, record: Any) -> bool:
        return record is not None and record.pk is not None and self.has_change_permission(request, record)

    def get_history_queryset(self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: Any) -> Any:
        changes = super().get_history_queryset(request, history_manager, pk_name, object_id)
        record = self.get_object(request, unquote(str(object_id)))
        return (
            visible_history(changes, visible_since(record, actor(request))) if isinstance(record, Record) else changes
        )

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> Any:
        """Omit the page for reverting to a version, which would bypass the services."""
        return [url for url in super().get_urls() if not (url.name or "").endswith("_simple_history")]

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"children": self._children_history(request, record, visible_since(record, actor(request)))}

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> VisibleNames:
        return VisibleNames(self.model, historical_record, request)

    def _children_history(
        self, request: HttpRequest, record: Any, since: datetime | None
    ) -> list[tuple[str, list[Any]]]:
        """Return the changes of the rows edited on the page, newest first."""
        groups = []
        for model in self.child_models():
            fk = next(f for f in model._meta.fields if f.related_model is self.model)
            rows: models.QuerySet = visible_history(model.history.filter(**{f"{fk.name}_id": record.pk}), since)
            newest = list(rows.select_related("history_user").order_by("id", "-history_date", "-history_id"))
            for later, earlier in pairwise(newest):
                if later.id == earlier.id:
                    names = VisibleNames(model, later, request)
                    delta = later.diff_against(earlier, foreign_keys_are_objs=True)
                    later.changes = names.context_for_delta_changes(delta)
            for row in newest:
                row.title = VisibleNames(model, row, request).title()
            newest.sort(key=lambda row: (row.history_date, row.history_id), reverse=True)
            groups.append((capfirst(str(model._meta.verbose_name_plural)), newest[:MAX_CHILD_CHANGES]))
        return [group for group in groups if group[1]]
