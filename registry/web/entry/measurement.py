"""Entry and correction of a measurement: technique, conditions, and reported values."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from registry.models import Cell, Condition, Measurement, MeasurementTag
from registry.models.record import Record, is_key
from registry.models.tag import join_tags
from registry.selectors.analysis_inputs.dataset_in_use import datasets_to_split
from registry.selectors.entry.reported_quantities import reported_values
from registry.services.files.split import split_measurement
from registry.services.measurement import save_measurement
from registry.services.record import delete_record
from registry.services.reported_values import Report, replace_reported_values
from registry.services.validation_text import validation_text
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.entry.base.entry_form import EntryForm, ShownField
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.record_entry import RecordEntry, texts_of
from registry.web.entry.base.record_view import enter_record
from registry.web.entry.deletion import usage_context
from registry.web.entry.measurement_form import (
    FIELDS,
    PREFIX,
    VALUE_FIELDS,
    MeasurementForm,
    ValueForm,
    condition_names,
)


class MeasurementEntry(RecordEntry):
    """The form of a measurement; a subclass is of one cell."""

    model, form_class, noun = Measurement, MeasurementForm, "measurement"
    template = "web/entry/measurement.html"
    field_names, last_names = ("technique", "label", "setup", "measured_on", "dataset"), ("tags", "notes")
    prefix, rows_heading, row_noun, row_names = "values", "Reported values", "value", VALUE_FIELDS
    parts = (Condition, MeasurementTag)
    help_text = "as printed, with units; computed values are added by the analyses"
    cell: ClassVar[Cell]

    @classmethod
    def initial_state(cls, record: Any, user: User) -> FormState:
        if record is None:
            return FormState({})
        fields = texts_of(record, FIELDS)
        fields["tags"] = join_tags(list(record.tags.values_list("name", flat=True)))
        fields |= {f"{PREFIX}{slug}": item.written for slug, item in record.entered_conditions.items()}
        rows = [
            {
                "pk": str(value.pk),
                "quantity": value.quantity,
                "written": value.written or value.missing,
                "at": str(value.place or ""),
                "note": value.note,
            }
            for value in reported_values(record)
        ]
        return FormState(fields, rows)

    @property
    def list_url(self) -> str:
        return self.cell.get_absolute_url()

    @property
    def project_key(self) -> str:
        return str(self.cell.project_id)

    @cached_property
    def form(self) -> EntryForm:
        instance = self.record if self.record is not None else Measurement(cell=self.cell)
        return MeasurementForm(
            self.state.fields,
            instance=instance,
            user=self.user,
            is_complete=self.is_complete,
            auto_id=self.auto_id,
        )

    @property
    def grouped_fields(self) -> list[tuple[str, str, list[ShownField]]]:
        names = condition_names(self.record)
        return [("Conditions", "with units; leave empty if unknown", self.form.shown(*names))]

    def build_row_forms(self) -> list[EntryForm]:
        technique = self.state.fields.get("technique", "")
        return [
            ValueForm(self.state.row_data(self.prefix, index), technique=technique, **self.row_options(index))
            for index in range(len(self.state.rows))
        ]

    def write(self, reason: str) -> Record:
        assert isinstance(self.form, MeasurementForm)
        measurement = save_measurement(
            self.form.instance,
            self.form.condition_texts(),
            by=self.user,
            reason=reason,
            tags=self.form.list_tags(),
        )
        reports = [_report(form.cleaned_data) for form in self.filled_row_forms()]
        replace_reported_values(measurement, reports, by=self.user, overwrites=self.state.is_overwriting)
        return measurement


def _report(cleaned: dict[str, Any]) -> Report:
    previous = cleaned["pk"]
    return Report(
        quantity=cleaned["quantity"],
        written=cleaned["written"],
        at=cleaned["at"],
        note=cleaned["note"],
        previous=int(previous) if is_key(previous) else None,
    )


def _entry_of(cell: Cell) -> type[MeasurementEntry]:
    """The form of measurements of one cell."""
    return type("MeasurementEntryOfCell", (MeasurementEntry,), {"cell": cell, "list_name": cell.refcode})


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def new_measurement(request: HttpRequest, refcode: str) -> HttpResponse:
    """Enter a measurement of a cell."""
    user = signed_in(request)
    cell = get_object_or_404(Cell.objects.visible_to(user).select_related("project"), refcode=refcode)
    require_editable(cell, user)
    return enter_record(request, _entry_of(cell))


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def edit_measurement(request: HttpRequest, refcode: str) -> HttpResponse:
    """Correct a measurement."""
    measurement = _get_editable(request, refcode)
    return enter_record(request, _entry_of(measurement.cell), measurement)


@sign_in_first
@require_POST
def split_datasets(request: HttpRequest, refcode: str) -> HttpResponse:
    """Make a measurement of each dataset of its newest file with several."""
    measurement = _get_editable(request, refcode)
    if not datasets_to_split(measurement):
        messages.info(request, f"{measurement.refcode} has no file with several datasets.")
        return HttpResponseRedirect(measurement.get_absolute_url())
    try:
        measurements = split_measurement(measurement=measurement, by=signed_in(request))
    except ValidationError as error:
        messages.error(request, validation_text(error))
    else:
        names = ", ".join(item.refcode for item in measurements)
        messages.success(request, f"One measurement for each dataset: {names}.")
    return HttpResponseRedirect(measurement.get_absolute_url())


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def delete_measurement(request: HttpRequest, refcode: str) -> HttpResponse:
    """Ask, then delete a measurement with its values and datasets; its history is kept."""
    measurement = _get_editable(request, refcode)
    if request.method != "POST":
        return render(
            request,
            "web/entry/delete_measurement.html",
            {"measurement": measurement, **usage_context(measurement, signed_in(request))},
        )
    cell = measurement.cell
    try:
        delete_record(measurement, by=signed_in(request), reason=request.POST.get("reason", "").strip())
    except ValidationError as error:
        messages.error(request, validation_text(error))
        return HttpResponseRedirect(measurement.get_absolute_url())
    messages.success(request, f"Deleted {refcode}.")
    return HttpResponseRedirect(cell.get_absolute_url())


def _get_editable(request: HttpRequest, refcode: str) -> Measurement:
    user = signed_in(request)
    visible = Measurement.objects.visible_to(user).select_related("cell__project")
    measurement: Measurement = get_object_or_404(visible, refcode=refcode)
    require_editable(measurement, user)
    return measurement
