"""Mixtures: ingredients with mass fractions."""

import math

from django.core.exceptions import ValidationError
from django.db import models

from registry.models.fields import MagnitudeField, Quantified, WrittenField
from registry.models.material import Batch, Material
from registry.models.project import check_link_visible
from registry.models.record import ProjectRecord, Record
from registry.models.text import MARKDOWN_HELP, KeyField
from registry.numbers.parsing import ParsedNumber

MAX_ROUNDING_PERCENT = 0.5
"""Largest deviation of the sum from 100 % that is attributed to rounding."""


class Formulation(ProjectRecord):
    """A mixture, such as a composite electrode: LTO : LPSCl : VGCF = 35 : 60 : 5."""

    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")
    process = models.TextField(blank=True, help_text=f"How the mixture was mixed, cast or pressed. {MARKDOWN_HELP}")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_key"],
                name="formulation_name_unique_in_project",
                violation_error_message="This project already has a formulation with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IngredientRole(models.TextChoices):
    ACTIVE = "active", "Active material"
    ELECTROLYTE = "electrolyte", "Solid electrolyte"
    CONDUCTIVE = "conductive", "Conductive additive"
    BINDER = "binder", "Binder"
    COATING = "coating", "Coating"
    OTHER = "other", "Other"


class Ingredient(Record, Quantified):
    """One ingredient; its mass fraction is empty if not stated."""

    project_path = "formulation__project"

    formulation = models.ForeignKey(Formulation, on_delete=models.CASCADE, related_name="ingredients")
    position = models.PositiveSmallIntegerField()
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="ingredients")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="ingredients")
    role = models.CharField(max_length=16, choices=IngredientRole)
    mass_fraction = WrittenField(quantity="mass_fraction_percent", help_text="E.g. 80 wt% or 0.2%")
    mass_fraction_percent = MagnitudeField(written="mass_fraction")

    class Meta:
        ordering = ["formulation", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["formulation", "position"],
                name="ingredient_position_unique",
                violation_error_message="This formulation already has an ingredient at this position.",
            ),
            models.UniqueConstraint(
                fields=["formulation", "material", "role"],
                name="ingredient_material_once_per_role",
                violation_error_message="This formulation already has this material in the same role.",
            ),
            models.CheckConstraint(condition=models.Q(role__in=IngredientRole.values), name="ingredient_role_known"),
            models.CheckConstraint(
                condition=models.Q(mass_fraction_percent__isnull=True)
                | models.Q(mass_fraction_percent__gte=0, mass_fraction_percent__lte=100),
                name="ingredient_mass_fraction_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.mass_fraction}".strip()

    def clean(self) -> None:
        super().clean()
        if self.material_id and self.formulation_id:
            check_link_visible("material", self.material, self.formulation.project)
        if self.batch and self.material_id and self.batch.material_id != self.material_id:
            text = f"‘{self.batch}’ is not a batch of ‘{self.material}’."
            raise ValidationError({"batch": ValidationError(text, code="batch-of-another-material")})


def check_fractions_add_up(ingredients: list[Ingredient]) -> None:
    """Raise unless the stated mass fractions can add up to 100 % (or less, if some are not stated)."""
    written = [ingredient.written("mass_fraction_percent") for ingredient in ingredients]
    stated = [number for number in written if number and number.magnitude is not None]
    if not stated:
        return
    total = sum(number.magnitude or 0.0 for number in stated)
    bounds = [_bounds(number) for number in stated]
    lower, upper = sum(low for low, _ in bounds), sum(high for _, high in bounds)
    if not any(number.is_bound for number in stated):
        lower, upper = max(lower, total - MAX_ROUNDING_PERCENT), min(upper, total + MAX_ROUNDING_PERCENT)
    complete = len(stated) == len(ingredients)
    too_much = lower > 100 and not math.isclose(lower, 100)
    too_little = complete and upper < 100 and not math.isclose(upper, 100)
    if too_much or too_little:
        listed = " + ".join(ingredient.mass_fraction for ingredient in ingredients if ingredient.mass_fraction)
        raise ValidationError(
            f"The mass fractions add up to {total:.6g} %, not 100 %: {listed}; correct a fraction, add digits, "
            "or leave unstated fractions empty.",
            code="fractions",
        )


def _bounds(number: ParsedNumber) -> tuple[float, float]:
    """The bounds of a mass fraction [%]: of `<5 %` 0 and 5, of `~5 %` those of its digits."""
    if estimate := number.estimate():
        return estimate.lower, estimate.upper
    return number.lower or 0.0, 100.0 if number.upper is None else number.upper
