"""Measurements with their reported and computed values and files."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from registry.admin.base.conditions import (
    condition_column,
    condition_fields,
    conditions_as_entered,
    entered_texts,
    field_lines,
)
from registry.admin.base.linkable import KeyAutocompleteSelect, actor
from registry.admin.base.live_reload import LiveReloadAdmin
from registry.admin.base.parameters import ParametersAdmin, ParametersForm
from registry.admin.base.record import RecordAdmin
from registry.admin.base.vocabulary import VocabularyFilter
from registry.admin.dataset import DatasetInline, MultipleFileField, add_files
from registry.admin.value import ReportedInline, format_value, save_reported_values, value_name
from registry.models import (
    PENDING,
    AnalysisRun,
    Cell,
    ColumnMapping,
    Condition,
    Dataset,
    Measurement,
    Value,
    ValueOrigin,
)
from registry.models.record import Record
from registry.plugin_loading.names import short_technique_name
from registry.selectors.analysis_inputs.dataset_in_use import datasets_to_split, get_dataset_in_use
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.files.split import split_measurement
from registry.services.measurement import save_measurement
from registry.services.runs.queue import queue_jobs

LISTED_CONDITIONS = ("stack_pressure_mpa", "temperature_degc", "c_rate", "current_density_ma_cm2")


def list_datasets(measurement: Measurement) -> Any:
    """Return the imported datasets of a measurement, newest file first."""
    return measurement.datasets.exclude(content_sha256="").order_by("-raw_file", "part")


class DatasetChoiceField(forms.ModelChoiceField):
    """Datasets labelled by file, part and number of rows or pixels."""

    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(filter(None, (obj.filename, obj.part_label or f"dataset {obj.part + 1}", obj.size_text)))


class MeasurementForm(ParametersForm):
    uploads = MultipleFileField(
        required=False,
        label="Add data files",
        help_text="Original instrument files; stored unchanged and imported in the background.",
    )
    mapping = forms.ModelChoiceField(
        ColumnMapping.objects.none(),
        required=False,
        label="Column mapping",
        help_text="Only for files without usable column headers.",
    )

    class Meta:
        labels = {"setup": "Set-up"}


def _source(value: Value) -> str:
    assert value.run is not None
    return f"{value.run.analysis}, stale" if value.run.stale_since else value.run.analysis


@admin.register(Measurement)
class MeasurementAdmin(LiveReloadAdmin, ParametersAdmin, RecordAdmin):
    form = MeasurementForm
    change_form_template = "admin/registry/measurement/change_form.html"
    actions = ["delete_selected", "analyze"]
    list_display = (
        "refcode",
        "cell",
        "short_technique",
        "label",
        *(condition_column(slug) for slug in LISTED_CONDITIONS),
        "setup",
        "measured_on",
    )
    list_display_links = ("refcode",)
    list_select_related = ("cell", "setup")
    list_filter = (
        ("technique", VocabularyFilter),
        ("cell__project", RelatedOnlyFieldListFilter),
        ("setup", RelatedOnlyFieldListFilter),
        "cell__origin",
    )
    search_fields = ("refcode", "label", "cell__refcode", "cell__label_key", "cell__configuration_key")
    date_hierarchy = "measured_on"
    autocomplete_fields = ("cell", "setup")
    readonly_fields = ("refcode", "computed", "conditions_as_entered")
    inlines = (ReportedInline, DatasetInline)
    fieldsets = (
        (None, {"fields": ("cell", ("technique", "label", "refcode"), ("setup", "measured_on"))}),
        (None, {"fields": ("notes", "computed", ("uploads", "mapping"))}),
    )

    def get_cell(self, record: Measurement) -> Cell:
        return record.cell

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("conditions")

    def child_models(self) -> list[type[Record]]:
        return [*super().child_models(), Condition]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = type("ConditionsForm", (self.form,), condition_fields(obj))
        form = super().get_form(request, obj, change, **kwargs)
        mapping = copy(form.base_fields["mapping"])
        mapping.queryset = ColumnMapping.objects.visible_to(actor(request))
        mapping.widget = KeyAutocompleteSelect(Dataset._meta.get_field("mapping"), self.admin_site)
        mapping.widget.choices = mapping.choices
        form.base_fields["mapping"] = mapping
        if "dataset" in form.base_fields:
            form.base_fields["dataset"] = DatasetChoiceField(
                list_datasets(obj),
                required=False,
                label="Dataset used",
                help_text=Measurement._meta.get_field("dataset").help_text,
            )
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add the conditions, and the choice of the dataset if there are several or one is chosen."""
        first, *rest = super().get_fieldsets(request, obj)
        may_change = obj is None or self.has_change_permission(request, obj)
        fields = field_lines(obj) if may_change else ["conditions_as_entered"]
        fieldsets = [first, ("Conditions", {"fields": fields}), *rest]
        if obj is None or not (obj.dataset_id or list_datasets(obj).count() > 1):
            return fieldsets
        return [*fieldsets, ("Dataset", {"fields": ("dataset",)})]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        measurement = kwargs.get("obj")
        if measurement is not None and measurement.pk and self.may_edit(request, measurement):
            context["undecided"] = get_dataset_in_use(measurement).undecided
            context["datasets_to_split"] = datasets_to_split(measurement)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Split the measurement after saving, if requested."""
        if "_split" not in request.POST:
            return super().response_change(request, obj)
        measurements = split_measurement(measurement=obj, by=actor(request))
        names = ", ".join(measurement.refcode for measurement in measurements)
        self.message_user(request, f"Created one measurement per dataset: {names}.", messages.SUCCESS)
        return redirect(f"{reverse('admin:registry_measurement_changelist')}?cell__id__exact={obj.cell_id}")

    @admin.display(description="technique", ordering="technique")
    def short_technique(self, measurement: Measurement) -> str:
        return short_technique_name(measurement.technique)

    @admin.display(description="conditions")
    def conditions_as_entered(self, measurement: Measurement) -> str:
        return conditions_as_entered(measurement)

    @admin.display(description="computed values")
    def computed(self, measurement: Measurement) -> str:
        if measurement.pk is None:
            return "–"
        latest = Value.objects.filter(measurement=measurement, origin=ValueOrigin.COMPUTED, is_latest=True)
        rows = (
            (
                value_name(value),
                format_value(value),
                reverse("admin:registry_analysisrun_change", args=[value.run_id]),
                _source(value),
            )
            for value in latest.select_related("run").order_by("quantity", "at_kind", "at_number", "pk")
        )
        computed = format_html_join("", '<div>{}: {} (<a href="{}">{}</a>)</div>', rows)
        pending = AnalysisRun.objects.filter(measurement=measurement, status__in=PENDING).order_by("pk")
        pending_rows = format_html_join(
            "", "<div>{}: {}</div>", ((run.analysis, run.get_status_display().lower()) for run in pending)
        )
        return computed + pending_rows or "none yet"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_measurement(obj, entered_texts(form.cleaned_data), by=actor(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Value:
            save_reported_values(formset, request)
        else:
            super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        cleaned = form.cleaned_data
        add_files(form.instance, cleaned["uploads"], request, mapping=cleaned["mapping"], field="uploads")

    @admin.action(permissions=["change"], description="Run due analyses on the selected %(verbose_name_plural)s")
    def analyze(self, request: HttpRequest, queryset: Any) -> None:
        editable = queryset.editable_by(request.user)
        runs = queue_jobs(list_due_jobs(editable), by=actor(request))
        url = f"{reverse('admin:registry_analysisrun_changelist')}?status__in=queued,running"
        text = format_html('{} analyses queued. <a href="{}">View progress</a>', len(runs), url)
        self.message_user(request, text if runs else "Nothing to run: all results are up to date.", messages.SUCCESS)
