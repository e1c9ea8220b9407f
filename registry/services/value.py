"""Reported values: stored as printed, superseded but never overwritten."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.contract.place import Place
from registry.hookspecs import Quantity
from registry.models import Cell, Measurement, Publication, Value, ValueOrigin
from registry.models.number import MAX_MAGNITUDE, number_columns
from registry.models.project import check_link_visible
from registry.models.value import place_columns
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, ParsedNumber, parse
from registry.selectors.quantity_description import get_kept_description
from registry.selectors.query.parsing import value_quantities
from registry.services.permissions import Actor, require_editor
from registry.services.quantity_description import keep_descriptions
from registry.services.runs.queue import update_results
from registry.text.cleaning import TextError, clean_text

NUMBERS = ("magnitude", "lower", "upper", "degrees_of_freedom")
"""Fields that may be empty although `blank` is not set."""


def parse_value(quantity: str, written: str) -> tuple[Quantity, ParsedNumber]:
    """Parse a value as printed; raise ValidationError for the invalid field."""
    try:
        definition = catalogue.get(quantity)
    except catalogue.UnknownQuantityError as error:
        gone = get_kept_description(quantity)
        text = f"the plugin of ‘{quantity}’ ({gone.name}) is not installed, or disabled" if gone else str(error)
        code = "quantity-not-registered" if gone else "unknown-quantity"
        raise ValidationError({"quantity": ValidationError(text, code=code)}) from error
    try:
        parsed = parse(clean_text(written), definition)
    except (NotationError, TextError) as error:
        raise ValidationError({"written": str(error)}) from error
    if max(abs(parsed.lower or 0.0), abs(parsed.upper or 0.0), parsed.standard_uncertainty) > MAX_MAGNITUDE:
        text = f"‘{written}’ is too large to store: check the power of ten."
        raise ValidationError({"written": ValidationError(text, code="too-large-to-store")})
    return definition, parsed


@transaction.atomic
def report_value(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    quantity: str,
    written: str,
    at: Place | None = None,
    publication: Publication | None = None,
    note: str = "",
    by: Actor,
) -> Value:
    """Store a reported value, `at` a place if there are several of the quantity. An identical report changes nothing; a
    different one supersedes the old row."""
    cell = measurement.cell if measurement else cell
    if cell is None:
        text = "A value belongs to a measurement or a cell: select one."
        raise ValidationError({"measurement": ValidationError(text, code="value-without-record")})
    require_editor(cell.project, by)
    definition, parsed = parse_value(quantity, written)
    note = _clean_note(note)
    if quantity not in value_quantities():
        text = f"{definition.name} is not a reported value: enter it with the measurement, cell or layer."
        raise ValidationError({"quantity": ValidationError(text, code="not-a-reported-value")})
    if measurement is None and not definition.per_cell:
        text = f"{definition.name} depends on the test conditions: report it on a measurement."
        raise ValidationError({"measurement": ValidationError(text, code="depends-on-conditions")})
    publication = publication or cell.publication
    if publication:
        check_link_visible("publication", publication, cell.project)
    _lock_reports(cell)
    reports = Value.objects.filter(cell=cell, measurement=measurement, origin=ValueOrigin.REPORTED, is_latest=True)
    current = reports.filter(quantity=quantity, **place_columns(at)).first()
    if current and (current.written, current.note, current.publication) == (parsed.text, note, publication):
        return current
    if current:
        retire_value(current, by=by)
    value = Value(
        cell=cell,
        measurement=measurement,
        quantity=quantity,
        **place_columns(at),
        **number_columns(parsed),
        note=note,
        origin=ValueOrigin.REPORTED,
        publication=publication,
        created_by=by,
    )
    unset = [field for field in NUMBERS if getattr(value, field) is None]
    value.full_clean(exclude=unset)
    value.save()
    keep_descriptions([quantity])
    update_results([cell], by=by)
    return value


def _clean_note(note: str) -> str:
    """Clean a note as it will be stored, so that an identical note is recognised."""
    try:
        return clean_text(note)
    except TextError as error:
        raise ValidationError({"note": str(error)}) from error


def _lock_reports(cell: Cell) -> None:
    """Make simultaneous reports wait, so that the second sees the first. SQLite needs no lock: it has one writer."""
    list(Cell.objects.select_for_update(no_key=True).filter(pk=cell.pk).values_list("pk"))


@transaction.atomic
def retire_value(value: Value, *, by: Actor) -> None:
    """Withdraw a reported value; the row stays, with the user and the time."""
    require_editor(value.cell.project, by)
    if value.origin != ValueOrigin.REPORTED:
        raise ValidationError(
            "A computed value cannot be withdrawn: it is superseded by running its analysis again.",
            code="computed-value",
        )
    value.is_latest = False
    value.retired_at = timezone.now()
    value.retired_by = by
    value.save(update_fields=["is_latest", "retired_at", "retired_by"])
    update_results([value.cell], by=by)
