"""Admin permissions by project role instead of Django's model permissions."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, HttpResponse

from registry.admin.base.interpretation import WrittenInput
from registry.models import Membership, Project
from registry.models.fields import WrittenField
from registry.models.record import RecordQuerySet, Scoped, is_key


def actor(request: HttpRequest) -> User:
    """Return the signed-in user."""
    assert isinstance(request.user, User)
    return request.user


def linkable(source: type[models.Model], field: str, queryset: RecordQuerySet, user: User) -> RecordQuerySet:
    """Filter to allowed link targets: editable parents, otherwise visible records."""
    is_parent = issubclass(source, Scoped) and field == source.project_path.split("__")[0]
    return queryset.editable_by(user) if is_parent else queryset.visible_to(user)


class KeyAutocompleteSelect(AutocompleteSelect):
    """Treats a submitted value that is not a primary key as no selection."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if is_key(str(key))], attr)


class ScopedMixin(BaseModelAdmin):
    """Querysets, links and permissions by project role, for admins and inlines."""

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset: Any = super().get_queryset(request)
        return queryset.visible_to(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = db_field.remote_field.model
        if issubclass(related, Scoped):
            all_records = related._default_manager.get_queryset()
            assert isinstance(all_records, RecordQuerySet)
            kwargs["queryset"] = linkable(db_field.model, db_field.name, all_records, actor(request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeyAutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, WrittenField):
            kwargs["widget"] = WrittenInput(quantity=db_field.quantity)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Linked records can be viewed and added here; they are changed and deleted on their own pages.
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def may_edit(self, request: HttpRequest, record: Scoped) -> bool:
        queryset = type(record)._default_manager.filter(pk=record.pk)
        assert isinstance(queryset, RecordQuerySet)
        return queryset.editable_by(actor(request)).exists()


class ScopedAdmin(ScopedMixin, admin.ModelAdmin):
    """Staff users view visible records; editors of a project add and change its records."""

    object_history_template = "admin/registry/event_history.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return self.has_module_permission(request)
        return bool(self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return can_edit_any_project(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_edit_any_project(request) if obj is None or obj.pk is None else self.may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is not None and self.get_object(request, unquote(object_id)) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        if self.get_object(request, unquote(object_id)) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        return super().delete_view(request, object_id, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        context = {**self.history_context(request, record), **(extra_context or {})}
        response: HttpResponse = super().history_view(request, object_id, context)
        return response

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Return extra context for the history page."""
        return {}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            source = apps.get_model(request.GET["app_label"], request.GET["model_name"])
            queryset = linkable(source, request.GET["field_name"], queryset, actor(request))
        return super().get_search_results(request, queryset, search_term)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        return str(obj.get_absolute_url())


class ScopedInline(ScopedMixin, admin.options.InlineModelAdmin):
    """Rows on the page of their parent, with the permissions of the parent."""

    extra = 0

    def _can_edit_parent(self, request: HttpRequest, obj: Any) -> bool:
        parent = self.admin_site.get_model_admin(self.parent_model)
        return parent.has_change_permission(request, obj) if obj else parent.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._can_edit_parent(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._can_edit_parent(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._can_edit_parent(request, obj)


def can_edit_any_project(request: HttpRequest) -> bool:
    """Whether the user can edit any project; cached on the request."""
    is_editor = getattr(request, "can_edit_any_project", None)
    if is_editor is None:
        is_editor = Project.objects.editable_by(actor(request)).exists()
        request.can_edit_any_project = is_editor  # type: ignore[attr-defined]
    return bool(is_editor)


def is_project_owner(request: HttpRequest, project: Project) -> bool:
    user = actor(request)
    return user.is_superuser or Membership.objects.filter(project=project, user=user, role="owner").exists()


def row_forms(formset: forms.BaseModelFormSet) -> list[Any]:
    """Return the forms of rows that are neither marked for deletion nor left empty."""
    deleted = formset.deleted_forms
    return [form for form in formset.forms if form not in deleted and (form.instance.pk or form.has_changed())]
