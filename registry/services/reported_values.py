"""Replace the reported values of a measurement by those of a form."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.contract.place import Place
from registry.models import Measurement, Value
from registry.selectors.reported_quantities import reported_values
from registry.services.permissions import Actor, require_editor
from registry.services.value import report_value, retire_value


@dataclass(frozen=True, kw_only=True)
class Report:
    """A reported value as entered; `previous` is the value whose row it was entered in."""

    quantity: str
    written: str
    at: Place | None = None
    note: str = ""
    previous: int | None = None


@transaction.atomic
def replace_reported_values(measurement: Measurement, reports: Sequence[Report], *, by: Actor) -> list[Value]:
    """Report each value and retire the others; those that stay the same do not change."""
    require_editor(measurement.cell.project, by)
    current = {value.pk: value for value in reported_values(measurement).select_related("publication", "cell__project")}
    if any(report.previous is not None and report.previous not in current for report in reports):
        text = "Not saved: a reported value was changed after you opened the page; open it again."
        raise ValidationError(text, code="edit_conflict")
    keys = [(report.quantity, report.at) for report in reports]
    if len(set(keys)) < len(keys):
        text = "A quantity is reported twice: enter the second value on a separate measurement or at another place."
        raise ValidationError(text, code="reported-twice")
    for value in current.values():
        if (value.quantity, value.place) not in keys:
            retire_value(value, by=by)
    return [
        report_value(
            measurement=measurement,
            quantity=report.quantity,
            written=report.written,
            at=report.at,
            publication=current[report.previous].publication if report.previous is not None else None,
            note=report.note,
            by=by,
        )
        for report in reports
    ]
