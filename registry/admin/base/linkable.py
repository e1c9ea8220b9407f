"""Who may do what in the admin: roles in projects decide, not Django's model permissions."""

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
from registry.models.record import RecordQuerySet, Scoped


def actor(request: HttpRequest) -> User:
    """Return the signed-in user, in whose name services write."""
    assert isinstance(request.user, User)
    return request.user


def linkable(source: type[models.Model], field: str, found: RecordQuerySet, user: User) -> RecordQuerySet:
    """Narrow to what a link may point to: what holds the record must be editable, all else visible."""
    holds = issubclass(source, Scoped) and field == source.project_path.split("__")[0]
    return found.editable_by(user) if holds else found.visible_to(user)


def is_key(text: object) -> bool:
    """Whether a text can be the key of a record."""
    return str(text).isascii() and str(text).isdecimal() and len(str(text)) < 19


class AutocompleteByNumber(AutocompleteSelect):
    """Shows a form again that was sent with what is no key, as nothing chosen."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if is_key(key)], attr)


class ScopedMixin(BaseModelAdmin):
    """Querysets, links and permissions by project role, for admins and inlines alike."""

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return found.visible_to(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = db_field.remote_field.model
        if issubclass(related, Scoped):
            all_of_it = related._default_manager.get_queryset()
            assert isinstance(all_of_it, RecordQuerySet)
            kwargs["queryset"] = linkable(db_field.model, db_field.name, all_of_it, actor(request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", AutocompleteByNumber(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, WrittenField):
            kwargs["widget"] = WrittenInput(quantity=db_field.quantity)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Beside a link one looks or adds; changing and deleting is done on the record's own page.
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def may_edit(self, request: HttpRequest, record: Scoped) -> bool:
        found = type(record)._default_manager.filter(pk=record.pk)
        assert isinstance(found, RecordQuerySet)
        return found.editable_by(actor(request)).exists()


class ScopedAdmin(ScopedMixin, admin.ModelAdmin):
    """Any active staff user may view what is visible, change what a role lets them, and add into their projects."""

    object_history_template = "admin/registry/event_history.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return self.has_module_permission(request)
        return bool(self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return edits_something(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return edits_something(request) if obj is None or obj.pk is None else self.may_edit(request, obj)

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
        """What the template of the history page needs beside the record."""
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
    """Rows on their parent's page: who may change the parent may change them."""

    extra = 0

    def _of_parent(self, request: HttpRequest, obj: Any) -> bool:
        parent = self.admin_site.get_model_admin(self.parent_model)
        return parent.has_change_permission(request, obj) if obj else parent.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._of_parent(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._of_parent(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._of_parent(request, obj)


def edits_something(request: HttpRequest) -> bool:
    """Whether the user may enter records in any project; asked once a request."""
    known = getattr(request, "edits_something", None)
    if known is None:
        known = Project.objects.editable_by(actor(request)).exists()
        request.edits_something = known  # type: ignore[attr-defined]
    return bool(known)


def owns(request: HttpRequest, project: Project) -> bool:
    user = actor(request)
    return user.is_superuser or Membership.objects.filter(project=project, user=user, role="owner").exists()


def row_forms(formset: forms.BaseModelFormSet) -> list[Any]:
    """Rows that are to stand: neither ticked for deletion nor left empty."""
    gone = formset.deleted_forms
    return [form for form in formset.forms if form not in gone and (form.instance.pk or form.has_changed())]
