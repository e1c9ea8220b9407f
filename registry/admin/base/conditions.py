"""Form fields, list columns and text of the conditions of a measurement."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join

from registry.admin.base.interpretation import WrittenInput
from registry.models import Measurement
from registry.models.condition import condition_example, condition_slugs, in_order
from registry.numbers import catalogue
from registry.plugin_loading.names import condition_name
from registry.selectors.query.conditions import condition_magnitude
from registry.services.value import parse_value

PREFIX = "conditions."
FIELDS_PER_LINE = 2


class ConditionField(forms.CharField):
    """A number as written; its text is checked as soon as the form is."""

    def __init__(self, slug: str, text: str) -> None:
        self.slug = slug
        self.is_known = slug in catalogue.catalogue
        super().__init__(
            required=False,
            max_length=200,
            label=condition_name(slug),
            initial=text,
            help_text=f"E.g. {condition_example(slug)}" if self.is_known else "Its plugin is not loaded.",
            widget=WrittenInput(quantity=slug) if self.is_known else forms.TextInput(),
        )

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and self.is_known:
            try:
                parse_value(self.slug, value)
            except ValidationError as error:
                raise ValidationError(error.messages) from error


def field_names(measurement: Measurement | None) -> list[str]:
    return [f"{PREFIX}{slug}" for slug in _slugs(measurement)]


def field_lines(measurement: Measurement | None) -> list[tuple[str, ...]]:
    """Return the field names as a fieldset arranges them."""
    names = field_names(measurement)
    return [tuple(names[start : start + FIELDS_PER_LINE]) for start in range(0, len(names), FIELDS_PER_LINE)]


def condition_fields(measurement: Measurement | None) -> dict[str, forms.Field]:
    """Return a field for every condition that can be entered, and for those whose plugin is not loaded."""
    entered = measurement.entered_conditions if measurement else {}
    texts = {slug: entered[slug].written if slug in entered else "" for slug in _slugs(measurement)}
    return {f"{PREFIX}{slug}": ConditionField(slug, text) for slug, text in texts.items()}


def entered_texts(cleaned: dict[str, Any]) -> dict[str, str]:
    """Return the conditions in the cleaned data of a form, by slug."""
    return {name.removeprefix(PREFIX): text for name, text in cleaned.items() if name.startswith(PREFIX)}


def conditions_as_entered(measurement: Measurement) -> str:
    """Return the conditions as lines of text, for users who may not change them."""
    entered = measurement.entered_conditions
    rows = ((condition_name(slug), entered[slug].written) for slug in in_order(entered))
    return format_html_join("", "<div>{}: {}</div>", rows) or "–"


def condition_column(slug: str) -> Any:
    """Return a list column that shows a condition as written and sorts by its magnitude."""

    @admin.display(description=_in_list(slug), ordering=condition_magnitude(slug), empty_value="–")
    def column(measurement: Measurement) -> str:
        condition = measurement.condition(slug)
        return condition.written if condition else "–"

    column.__name__ = f"condition_{slug}"
    return column


def _slugs(measurement: Measurement | None) -> list[str]:
    return in_order({*condition_slugs(), *(measurement.entered_conditions if measurement else ())})


def _in_list(slug: str) -> str:
    return catalogue.in_sentence(catalogue.get(slug))
