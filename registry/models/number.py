"""The columns of a number in a row of its own: a value, a condition."""

from typing import Any

from django.db import models

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import estimate_from_columns
from registry.numbers.parsing import ParsedNumber

NUMBER_COLUMNS = (
    "written", "missing", "magnitude", "lower", "upper", "standard_uncertainty", "qualifier", "inferred",
)  # fmt: skip


class Qualifier(models.TextChoices):
    EQUAL = "=", "equals"
    ABOVE = ">", "more than"
    BELOW = "<", "less than"
    ABOUT = "~", "about"


class NumberColumns(models.Model):
    """Mixin for a row that is a number: as written, its magnitude, bounds and qualifier, or why it is missing."""

    written = models.CharField("reported value", max_length=200, blank=True, help_text="As published, e.g. 7.87×10^3 Ω")
    missing = models.CharField(max_length=200, blank=True, help_text="Reason there is no number, e.g. Coin cell")
    magnitude = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    standard_uncertainty = models.FloatField(default=0)
    degrees_of_freedom = models.FloatField(null=True, help_text="Of the uncertainty; empty if infinite.")
    qualifier = models.CharField(max_length=1, choices=Qualifier, default=Qualifier.EQUAL)
    inferred = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def estimate(self) -> Estimate | None:
        return estimate_from_columns(self)


def number_columns(number: ParsedNumber) -> dict[str, Any]:
    """Return the columns of a row for a parsed number."""
    return {
        "written": number.text,
        "missing": number.missing,
        "magnitude": number.magnitude,
        "lower": number.lower,
        "upper": number.upper,
        "standard_uncertainty": number.standard_uncertainty,
        "qualifier": Qualifier(number.qualifier),
        "inferred": number.inferred,
    }
