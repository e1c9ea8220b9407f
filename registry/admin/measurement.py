"""Measurements, with what was reported, what was computed and the files."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from registry.admin.dataset import DatasetInline, SeveralFilesField, files_add
from registry.admin.following import FollowingAdmin
from registry.admin.parameters import ParametersAdmin, ParametersForm
from registry.admin.record import RecordAdmin
from registry.admin.scoped import actor
from registry.admin.value import ReportedInline, printed, quantity_name, reported_save
from registry.admin.written import as_written
from registry.models import PENDING, AnalysisRun, Cell, Measurement, Value, ValueOrigin
from registry.selectors.due import jobs_pending
from registry.services.queue import jobs_queue


class MeasurementForm(ParametersForm):
    uploads = SeveralFilesField(
        required=False,
        label="Add data files",
        help_text="The instrument's own files, kept byte for byte and read in the background.",
    )

    class Meta:
        labels = {"setup": "Set-up"}


def _source(value: Value) -> str:
    assert value.run is not None
    return f"{value.run.analysis}, stale" if value.run.stale_since else value.run.analysis


@admin.register(Measurement)
class MeasurementAdmin(FollowingAdmin, ParametersAdmin, RecordAdmin):
    form = MeasurementForm
    actions = ["delete_selected", "analyze"]
    list_display = (
        "refcode",
        "cell",
        "technique",
        "label",
        as_written("stack_pressure", "stack_pressure_mpa", "stack pressure"),
        as_written("temperature", "temperature_degc", "temperature"),
        as_written("c_rate_as_written", "c_rate", "C-rate"),
        as_written("current_density", "current_density_ma_cm2", "current density"),
        "setup",
        "measured_on",
    )
    list_display_links = ("refcode",)
    list_select_related = ("cell", "setup")
    list_filter = (
        "technique",
        ("cell__project", RelatedOnlyFieldListFilter),
        ("setup", RelatedOnlyFieldListFilter),
        "cell__origin",
    )
    search_fields = ("refcode", "label", "cell__refcode", "cell__label", "cell__configuration")
    date_hierarchy = "measured_on"
    autocomplete_fields = ("cell", "setup")
    readonly_fields = ("refcode", "computed")
    inlines = (ReportedInline, DatasetInline)
    fieldsets = (
        (None, {"fields": ("cell", ("technique", "label", "refcode"), ("setup", "measured_on"))}),
        (
            "Conditions",
            {
                "fields": (
                    ("stack_pressure", "temperature"),
                    ("c_rate_as_written", "current_density"),
                    ("voltage_lower", "voltage_upper"),
                    ("voltage", "cycle_number_as_written"),
                )
            },
        ),
        (None, {"fields": ("notes", "computed", "uploads")}),
    )

    def cell_of(self, record: Measurement) -> Cell:
        return record.cell

    @admin.display(description="computed values")
    def computed(self, measurement: Measurement) -> str:
        if measurement.pk is None:
            return "–"
        latest = Value.objects.filter(measurement=measurement, origin=ValueOrigin.COMPUTED, is_latest=True)
        rows = (
            (
                quantity_name(value.quantity),
                printed(value),
                reverse("admin:registry_analysisrun_change", args=[value.run_id]),
                _source(value),
            )
            for value in latest.select_related("run").order_by("quantity")
        )
        given = format_html_join("", '<div>{}: {} (<a href="{}">{}</a>)</div>', rows)
        pending = AnalysisRun.objects.filter(measurement=measurement, status__in=PENDING).order_by("pk")
        waiting = format_html_join(
            "", "<div>{}: {}</div>", ((run.analysis, run.get_status_display().lower()) for run in pending)
        )
        return given + waiting or "none yet"

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Value:
            reported_save(formset, request)
        else:
            super().save_formset(request, form, formset, change)

    def save_parts(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_parts(request, form, formsets, change)
        files_add(form.instance, form.cleaned_data["uploads"], request, "uploads")

    @admin.action(permissions=["change"], description="Run the analyses due on the selected %(verbose_name_plural)s")
    def analyze(self, request: HttpRequest, queryset: Any) -> None:
        chosen = queryset.editable_by(request.user)
        runs = jobs_queue(jobs_pending(chosen), by=actor(request))
        address = f"{reverse('admin:registry_analysisrun_changelist')}?status__in=queued,running"
        text = format_html('{} queued: <a href="{}">see how they come on</a>.', len(runs), address)
        self.message_user(request, text if runs else "Nothing was due: every result stands.", messages.SUCCESS)
