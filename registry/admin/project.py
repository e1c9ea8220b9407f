"""Projects and their members."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest

from registry.admin.base.linkable import ScopedInline, actor, is_project_owner, row_forms
from registry.admin.base.parameters import ParametersAdmin, ParametersForm
from registry.admin.base.record import RecordAdmin
from registry.models import Membership, Project
from registry.services.project import create_project
from registry.services.record import save_record


class MembershipFormSet(forms.BaseInlineFormSet):
    """Members of a project; its creator becomes an owner automatically."""

    creator: User | None = None

    def clean(self) -> None:
        super().clean()
        if self.instance.pk:
            return
        for form in row_forms(self):
            if form.cleaned_data.get("user") == self.creator:
                form.add_error("user", "You become an owner automatically: remove this row.")


class MembershipInline(ScopedInline, admin.TabularInline):
    model = Membership
    formset = MembershipFormSet
    fields = ("user", "role")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.creator = actor(request)  # type: ignore[attr-defined]
        return formset

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Project)
class ProjectAdmin(ParametersAdmin, RecordAdmin):
    form = ParametersForm
    list_display = ("name", "slug", "visibility", "created_at")
    list_filter = ("visibility",)
    search_fields = ("name", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "description", "visibility")
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request) if obj is None or obj.pk is None else is_project_owner(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_record(obj, by=actor(request))
        else:
            create_project(obj, by=actor(request))
