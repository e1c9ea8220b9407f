"""Test conditions: a number of a measurement each, in the unit of its quantity."""

from collections.abc import Collection, Iterable

from django.db import models

from registry import plugin_loading
from registry.models.measurement import Measurement
from registry.models.number import NumberColumns, number_constraints
from registry.models.record import Record
from registry.numbers import catalogue
from registry.numbers.potential_scales import SCALES
from registry.plugin_loading.names import condition_name

VOLTAGE_WINDOW = ("voltage_lower_v", "voltage_upper_v")


def condition_slugs() -> tuple[str, ...]:
    """Slugs of the conditions that can be entered, in the order they are shown."""
    return tuple(plugin_loading.current().conditions)


def in_order(slugs: Iterable[str]) -> list[str]:
    """These conditions in the order they are shown; those whose plugin is not loaded come last."""
    known = condition_slugs()
    return sorted(slugs, key=lambda slug: (known.index(slug) if slug in known else len(known), slug))


def condition_example(slug: str) -> str:
    """A number as one would enter it, such as `10 MPa`."""
    condition = plugin_loading.current().conditions.get(slug)
    example = condition.example if condition else ""
    return example or f"10 {catalogue.get_or_placeholder(slug).unit_label}".strip()


class Condition(NumberColumns, Record):
    """A condition under which all values of a measurement were obtained: a number, or why it is missing."""

    project_path = "measurement__cell__project"

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="conditions")
    quantity = models.CharField(max_length=64)
    written = models.CharField("as entered", max_length=200, help_text="E.g. 10 MPa, or why it is missing: Coin cell.")
    scale = models.CharField(
        "potential scale",
        max_length=16,
        blank=True,
        default="",
        editable=False,
        help_text="Reference electrode of a voltage, as entered after it: vs Li/Li+.",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "quantity"], name="condition_once_per_measurement"),
            models.CheckConstraint(condition=models.Q(scale__in=("", *SCALES)), name="condition_scale_known"),
            *number_constraints("condition"),
        ]
        indexes = [models.Index(fields=["quantity", "magnitude", "measurement"], name="condition_magnitude")]

    def __str__(self) -> str:
        return f"{condition_name(self.quantity)} {self.written}"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Numbers may be empty: they are, where the condition is a reason for a missing number."""
        empty = {
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, models.FloatField) and getattr(self, field.attname) is None
        }
        super().clean_fields(exclude={*(exclude or ()), *empty})
