"""The columns of a number in a row of its own: a value, a condition."""

from typing import Any

from django.db import models

from analyses.coded_text import LONGEST_CODE
from analyses.uncertainty import Estimate
from registry.numbers.parsing import ParsedNumber
from registry.numbers.stored import shown_estimate, stored_estimate

MAX_MAGNITUDE = 1e300


class Qualifier(models.TextChoices):
    EQUAL = "=", "equals"
    ABOVE = ">", "more than"
    AT_LEAST = "≥", "at least"
    BELOW = "<", "less than"
    AT_MOST = "≤", "at most"
    ABOUT = "~", "about"


class NumberColumns(models.Model):
    """Mixin for a row that is a number: as written, its magnitude, bounds and qualifier, or why it is missing.

    The row says its quantity. `lower` and `upper` bound the true value and are empty where nothing is known: `>5 MPa`
    has no `upper`, `~5 MPa` neither; a number without a qualifier has both.
    """

    quantity: Any
    written = models.CharField("reported value", max_length=200, blank=True, help_text="As published, e.g. 7.87×10^3 Ω")
    missing = models.CharField(max_length=200, blank=True, help_text="Reason for a missing number, e.g. Coin cell")
    magnitude = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    standard_uncertainty = models.FloatField(default=0)
    degrees_of_freedom = models.FloatField(
        null=True, help_text="Degrees of freedom of the standard uncertainty; empty if infinite."
    )
    qualifier = models.CharField(max_length=1, choices=Qualifier, default=Qualifier.EQUAL)
    inferred = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def estimate(self) -> Estimate | None:
        """Return the number, or None if it is missing or only a bound."""
        return stored_estimate(self)

    def shown_estimate(self) -> Estimate | None:
        """Return the number to show, also if it is only a bound."""
        return shown_estimate(self)


class UncertaintyColumns(models.Model):
    """Mixin for a computed number: what its uncertainty consists of, and the number by other methods."""

    components = models.JSONField(
        default=list,
        blank=True,
        help_text=(
            "Components of the standard uncertainty: name, contribution, shared cause and degrees of freedom of each."
        ),
    )
    method_spread = models.JSONField(
        default=list, blank=True, help_text="Method and value of each; not included in the uncertainty."
    )

    class Meta:
        abstract = True


class MissingReasonColumns(models.Model):
    """Mixin for a computed number: the code and parameters of the reason in `missing`."""

    missing_code = models.CharField(
        max_length=LONGEST_CODE, blank=True, default="", help_text="Code of the reason a number was not computed."
    )
    missing_parameters = models.JSONField(default=dict, blank=True, help_text="Parameters of that reason.")

    class Meta:
        abstract = True


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


def number_constraints(model: str) -> list[models.CheckConstraint]:
    """Return the constraints on the columns of a number, named after the model."""
    return [
        models.CheckConstraint(condition=models.Q(qualifier__in=Qualifier.values), name=f"{model}_qualifier_known"),
        models.CheckConstraint(
            condition=models.Q(magnitude__isnull=False, missing="")
            | (models.Q(magnitude__isnull=True) & ~models.Q(missing="")),
            name=f"{model}_number_or_reason",
        ),
        models.CheckConstraint(
            condition=models.Q(magnitude__isnull=True)
            | (
                models.Q(magnitude__gte=-MAX_MAGNITUDE, magnitude__lte=MAX_MAGNITUDE)
                & (models.Q(lower__isnull=True) | models.Q(lower__gte=-MAX_MAGNITUDE, lower__lte=models.F("magnitude")))
                & (models.Q(upper__isnull=True) | models.Q(upper__lte=MAX_MAGNITUDE, upper__gte=models.F("magnitude")))
            ),
            name=f"{model}_finite_within_bounds",
        ),
        models.CheckConstraint(
            condition=~models.Q(qualifier="=")
            | models.Q(magnitude__isnull=True)
            | models.Q(lower__isnull=False, upper__isnull=False),
            name=f"{model}_number_has_bounds",
        ),
        models.CheckConstraint(
            condition=models.Q(standard_uncertainty__gte=0, standard_uncertainty__lte=MAX_MAGNITUDE)
            & (models.Q(degrees_of_freedom__isnull=True) | models.Q(degrees_of_freedom__gt=0)),
            name=f"{model}_uncertainty_finite",
        ),
    ]
