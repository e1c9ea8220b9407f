"""Groups of cells with their members."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest

from registry.admin.base.linkable import actor
from registry.admin.base.parameters import ParametersAdmin, ParametersForm
from registry.admin.base.positioned import PositionedForm, PositionedFormSet, PositionedInline
from registry.admin.base.record import RecordAdmin
from registry.models import CellGroup, GroupMember
from registry.services.cell_group import save_group


class GroupMemberForm(PositionedForm):
    links = ("cell",)


class GroupMemberFormSet(PositionedFormSet):
    """Members, each cell once."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        cells = [row.cell_id for row in self.in_order()]
        for row in self.in_order():
            if cells.count(row.cell_id) > 1:
                raise ValidationError(f"{row.cell.refcode} is listed twice: remove one of the rows.")


class GroupMemberInline(PositionedInline, admin.TabularInline):
    model = GroupMember
    form = GroupMemberForm
    formset = GroupMemberFormSet
    verbose_name_plural = "cells in order"
    fields = ("position", "cell", "label")
    autocomplete_fields = ("cell",)


@admin.register(CellGroup)
class CellGroupAdmin(ParametersAdmin, RecordAdmin):
    form = ParametersForm
    list_display = ("name", "kind", "over", "cell_count", "project")
    list_select_related = ("project",)
    ordering = ("name", "pk")
    list_filter = ("kind", ("project", RelatedOnlyFieldListFilter))
    search_fields = ("name", "slug", "members__cell__refcode", "members__cell__label_key")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("project", "name", "slug", ("kind", "over"), "notes")
    inlines = (GroupMemberInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(cell_count=Count("members", distinct=True))

    @admin.display(description="cells", ordering="cell_count")
    def cell_count(self, group: CellGroup) -> int:
        return int(group.cell_count)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Do nothing: `save_related` saves the group and its members together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        (members,) = formsets
        members.save(commit=False)
        save_group(form.instance, members.in_order(), by=actor(request))
