"""Save a measurement with its conditions, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.base import ModelState

from registry.models import Condition, Measurement
from registry.models.condition import VOLTAGE_WINDOW, condition_slugs
from registry.models.number import number_columns
from registry.numbers.potential_scales import scale_label
from registry.selectors.quantity_description import get_kept_description
from registry.selectors.query.parsing import nearest
from registry.services.permissions import Actor
from registry.services.quantity_description import keep_descriptions
from registry.services.record import delete_part, save_record, write_record
from registry.services.search.updates import collect_updates
from registry.services.tag import save_tags
from registry.services.value import parse_value
from registry.text.cleaning import TextError, clean_text

Texts = Mapping[str, str | None]
"""Conditions as entered, by slug: `{"stack_pressure_mpa": "10 MPa"}`; empty or None removes one."""


@transaction.atomic
@collect_updates()
def save_measurement(
    measurement: Measurement,
    conditions: Texts | None = None,
    *,
    by: Actor,
    reason: str = "",
    tags: Sequence[str] | None = None,
) -> Measurement:
    """Validate and save a measurement with these conditions, and all its tags; what is not named does not change."""

    def save_conditions() -> None:
        write_conditions(measurement, conditions or {}, by=by, reason=reason)
        if tags is not None:
            save_tags(measurement, tags, by=by, reason=reason)

    return save_record(measurement, by=by, reason=reason, save_parts=save_conditions)


def write_conditions(measurement: Measurement, texts: Texts, *, by: Actor, reason: str = "") -> None:
    """Save, change and remove conditions, with history; conditions that stay the same are not written."""
    entered = {item.quantity: item for item in Condition.objects.filter(measurement=measurement)}
    changes = _parse_changes(measurement, entered, texts)
    for slug, condition in changes.items():
        if condition is None:
            delete_part(entered[slug], by=by, reason=reason)
        else:
            write_record(condition, by=by, reason=reason)
    keep_descriptions(changes)
    # A list fetched earlier with the measurement is outdated.
    getattr(measurement, "_prefetched_objects_cache", {}).pop("conditions", None)


def copy_conditions(conditions: Iterable[Condition], measurement: Measurement, *, by: Actor, reason: str = "") -> None:
    """Save copies of these conditions on a measurement that has none, also those whose plugin is not loaded."""
    for condition in conditions:
        copied = copy(condition)
        copied.pk, copied.measurement, copied._state = None, measurement, ModelState()
        write_record(copied, by=by, reason=reason)


def check_conditions(texts: Texts) -> None:
    """Raise ValidationError, by `conditions.SLUG`, unless these are conditions of a new measurement."""
    _parse_changes(Measurement(), {}, texts)


def _parse_changes(
    measurement: Measurement, entered: Mapping[str, Condition], texts: Texts
) -> dict[str, Condition | None]:
    """The conditions to save, and None for those to remove; without those that do not change."""
    changes: dict[str, Condition | None] = {}
    errors: dict[str, ValidationError] = {}
    for slug, text in texts.items():
        before = entered.get(slug)
        try:
            cleaned = _clean(text)
            if cleaned != (before.written if before else ""):
                changes[slug] = _parse(measurement, slug, cleaned, before)
        except ValidationError as error:
            errors[f"conditions.{slug}"] = error
    if errors:
        raise ValidationError(errors)
    _check_voltage_window({**entered, **changes})
    return changes


def _clean(text: str | None) -> str:
    try:
        return clean_text(text or "").strip()
    except TextError as error:
        raise ValidationError(str(error), code="text") from error


def _parse(measurement: Measurement, slug: str, text: str, before: Condition | None) -> Condition | None:
    """The condition with this text, not yet saved; None if it is to be removed."""
    if not text:
        return None
    if slug not in condition_slugs():
        known = condition_slugs()
        if gone := get_kept_description(slug):
            text = f"The plugin of ‘{slug}’ ({gone.name}) is not installed, or disabled."
            raise ValidationError(text, code="condition-not-registered")
        text = f"‘{slug}’ is not a condition.{nearest(slug, known)} Choose from {', '.join(known)}."
        raise ValidationError(text, code="unknown-condition")
    try:
        _, number = parse_value(slug, text)
    except ValidationError as error:
        raise ValidationError(error.messages, code="notation") from error
    condition = before or Condition(measurement=measurement, quantity=slug)
    for name, column in number_columns(number).items():
        setattr(condition, name, column)
    condition.scale = number.scale
    return condition


def _check_voltage_window(conditions: Mapping[str, Condition | None]) -> None:
    limits = [item for slug in VOLTAGE_WINDOW if (item := conditions.get(slug)) and item.magnitude is not None]
    scales = {item.scale for item in limits if item.scale}
    if len(scales) > 1:
        text = f"The limits are on different potential scales: {' and '.join(sorted(map(scale_label, scales)))}."
        error = ValidationError(text, code="different-potential-scales")
        raise ValidationError({f"conditions.{VOLTAGE_WINDOW[1]}": error})
    lower, upper = (item.magnitude if (item := conditions.get(slug)) else None for slug in VOLTAGE_WINDOW)
    if lower is not None and upper is not None and lower >= upper:
        text = "The upper voltage limit must be higher than the lower limit."
        raise ValidationError({f"conditions.{VOLTAGE_WINDOW[1]}": text})
