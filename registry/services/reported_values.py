"""Replace the reported values of a measurement by those of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.contract.place import Place
from registry.models import Measurement, Publication, Value, ValueOrigin
from registry.selectors.entry.reported_quantities import reported_values
from registry.selectors.history.history import LastChange
from registry.services.entry.edit_conflict import EditConflictError
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
def replace_reported_values(
    measurement: Measurement, reports: Sequence[Report], *, by: Actor, overwrites: bool = False
) -> list[Value]:
    """Report each value and retire the others; those that stay the same do not change.

    Raise EditConflictError if a previous value was changed meanwhile, unless that change is to be overwritten.
    """
    require_editor(measurement.cell.project, by)
    current = {value.pk: value for value in reported_values(measurement).select_related("publication", "cell__project")}
    if not overwrites and any(report.previous is not None and report.previous not in current for report in reports):
        raise EditConflictError(_last_report(measurement))
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
            publication=_publication(report, current),
            note=report.note,
            by=by,
        )
        for report in reports
    ]


def _publication(report: Report, current: Mapping[int, Value]) -> Publication | None:
    """The publication of the value that a report replaces."""
    if report.previous is None:
        return None
    same = (value for value in current.values() if (value.quantity, value.place) == (report.quantity, report.at))
    previous = current.get(report.previous) or next(same, None)
    return previous.publication if previous else None


def _last_report(measurement: Measurement) -> LastChange:
    """Who reported or withdrew a value of a measurement last."""
    changes = [
        (when, user)
        for value in Value.objects.filter(measurement=measurement, origin=ValueOrigin.REPORTED)
        for when, user in ((value.created_at, value.created_by), (value.retired_at, value.retired_by))
        if when is not None
    ]
    when, user = max(changes, key=lambda change: change[0])
    return LastChange("", user.get_username() if user else "the command line", when)
