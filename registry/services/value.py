"""Reported values: typed as printed, never overwritten."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.hookspecs import Quantity
from registry.models import Cell, Measurement, Publication, Qualifier, Value, ValueOrigin
from registry.models.project import check_link_visible
from registry.models.value import MAX_MAGNITUDE
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, ParsedNumber, parse
from registry.selectors.query.parsing import value_quantities
from registry.services import staleness
from registry.services.permissions import Actor, require_editor
from registry.text.cleaning import TextError, clean_text

NUMBERS = ("magnitude", "lower", "upper", "degrees_of_freedom")
"""Columns that may be empty, though no form offers them."""


def parse_value(quantity: str, written: str) -> tuple[Quantity, ParsedNumber]:
    """Parse a value as printed; raise ValidationError beside the field that is wrong."""
    try:
        known = catalogue.get(quantity)
    except catalogue.UnknownQuantityError as error:
        raise ValidationError({"quantity": str(error)}) from error
    try:
        parsed = parse(clean_text(written), known)
    except (NotationError, TextError) as error:
        raise ValidationError({"written": str(error)}) from error
    if max(abs(parsed.lower or 0.0), abs(parsed.upper or 0.0), parsed.standard_uncertainty) > MAX_MAGNITUDE:
        raise ValidationError({"written": f"‘{written}’ is more than can be kept: is the power of ten right?"})
    return known, parsed


@transaction.atomic
def report_value(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    quantity: str,
    written: str,
    publication: Publication | None = None,
    note: str = "",
    by: Actor,
) -> Value:
    """Record a reported value. The same again changes nothing; another supersedes the old row, which stays."""
    cell = measurement.cell if measurement else cell
    if cell is None:
        raise ValidationError({"measurement": "A value belongs to a measurement, or to a cell as a whole."})
    require_editor(cell.project, by)
    known, parsed = parse_value(quantity, written)
    note = _note(note)
    if quantity not in value_quantities():
        raise ValidationError(
            {"quantity": f"{known.name} is entered with the measurement, the cell or its layer, not as a value."}
        )
    if measurement is None and not known.per_cell:
        raise ValidationError(
            {"measurement": f"{known.name} depends on the conditions: report it on the measurement it was found in."}
        )
    publication = publication or cell.publication
    if publication:
        check_link_visible("publication", publication, cell.project)
    _reports_lock(cell)
    standing = Value.objects.filter(
        cell=cell, measurement=measurement, quantity=quantity, origin=ValueOrigin.REPORTED, is_latest=True
    ).first()
    if standing and (standing.written, standing.note, standing.publication) == (parsed.text, note, publication):
        return standing
    if standing:
        retire_value(standing, by=by)
    value = Value(
        cell=cell,
        measurement=measurement,
        quantity=quantity,
        written=parsed.text,
        missing=parsed.missing,
        magnitude=parsed.magnitude,
        lower=parsed.lower,
        upper=parsed.upper,
        standard_uncertainty=parsed.standard_uncertainty,
        qualifier=Qualifier(parsed.qualifier),
        inferred=parsed.inferred,
        note=note,
        origin=ValueOrigin.REPORTED,
        publication=publication,
        created_by=by,
    )
    unset = [field for field in NUMBERS if getattr(value, field) is None]
    value.full_clean(exclude=unset)
    value.save()
    staleness.mark_stale([cell])
    return value


def _note(note: str) -> str:
    """As it will be stored, so that the same note again is known as the same."""
    try:
        return clean_text(note)
    except TextError as error:
        raise ValidationError({"note": str(error)}) from error


def _reports_lock(cell: Cell) -> None:
    """Of two who report at the same moment, let the second see what the first did. SQLite has one writer."""
    list(Cell.objects.select_for_update(no_key=True).filter(pk=cell.pk).values_list("pk"))


@transaction.atomic
def retire_value(value: Value, *, by: Actor) -> None:
    """Take a reported value out of use; the row stays with who did it and when."""
    require_editor(value.cell.project, by)
    if value.origin != ValueOrigin.REPORTED:
        raise ValidationError("A computed value is superseded by running its analysis again, not by hand.")
    value.is_latest = False
    value.retired_at = timezone.now()
    value.retired_by = by
    value.save(update_fields=["is_latest", "retired_at", "retired_by"])
    staleness.mark_stale([value.cell])
