"""Groups of cells: replicates, a series over a number of their recipe, cells that differ in one thing."""

import difflib
from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from registry import plugin_loading
from registry.contract.in_text import recipe_number_in_text
from registry.models.cell import Cell, Layer
from registry.models.parametrised import Parametrised
from registry.models.project import check_link_visible
from registry.models.record import ProjectRecord, Record

MASS_FRACTION = "mass_fraction_percent"


class GroupKind(models.TextChoices):
    REPLICATES = "replicates", "Replicates (nominally identical cells)"
    RECIPE = "recipe", "Recipe series (cells that differ in one recipe parameter)"
    COMPARISON = "comparison", "Comparison (cells that differ in one respect)"

    @property
    def short_name(self) -> str:
        """Its name without the explanation."""
        return self.label.partition(" (")[0]


class CellGroup(Parametrised, ProjectRecord):
    """Cells that group analyses evaluate together. `over` is the number in which the recipes of a series differ, under
    its key in tables and filters: `cathode.mass_fraction_percent.VGCF`."""

    scopes: ClassVar[tuple[str, ...]] = ("group",)

    slug = models.SlugField(max_length=80, help_text="Unique within the project, e.g. pellets-may.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=GroupKind)
    over = models.CharField(
        "varied parameter",
        max_length=200,
        blank=True,
        help_text="Only for a recipe series, e.g. cathode.mass_fraction_percent.VGCF or electrolyte.thickness_um.",
    )

    class Meta:
        ordering = ["project", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "slug"],
                name="group_slug_unique_in_project",
                violation_error_message="This project already has a group with this slug.",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=GroupKind.values), name="group_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=GroupKind.RECIPE) & ~models.Q(over="")
                | ~models.Q(kind=GroupKind.RECIPE) & models.Q(over=""),
                name="group_over_of_recipe_series",
                violation_error_message="A recipe series requires the parameter that varies; other groups have none.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_name(self) -> str:
        """Its kind in a word or two."""
        return GroupKind(self.kind).short_name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("web:group", args=[self.pk])

    @property
    def varied_name(self) -> str:
        """The number in which the recipes differ, in words: `Mass fraction of VGCF in the sample`."""
        words = f"{recipe_number_in_text(self.over)}"
        return words[:1].upper() + words[1:]

    def clean(self) -> None:
        super().clean()
        if self.kind == GroupKind.RECIPE and not self.over:
            raise ValidationError(
                {"over": "Enter the recipe parameter that varies, e.g. cathode.mass_fraction_percent.VGCF."}
            )
        if self.kind != GroupKind.RECIPE and self.over:
            raise ValidationError({"over": "Only a recipe series has a varied parameter: leave this empty."})
        if self.over and not self._is_stored(over=self.over):
            check_recipe_key(self.over)

    def _is_stored(self, **fields: str) -> bool:
        return bool(self.pk) and CellGroup.objects.filter(pk=self.pk, **fields).exists()


def check_recipe_key(key: str) -> None:
    """Raise ValidationError unless this is the key of a number of a layer: `cathode.mass_fraction_percent.VGCF`."""
    role, _, rest = key.partition(".")
    number, _, material = rest.partition(".")
    roles, numbers = plugin_loading.current().layer_roles, (*Layer.magnitude_fields(), MASS_FRACTION)
    if role not in roles:
        raise ValidationError({"over": f"‘{role}’ is not a layer role{_hint(role, roles)}: write ROLE.PARAMETER."})
    if number not in numbers or bool(material) != (number == MASS_FRACTION):
        known = ", ".join(name + (".MATERIAL" if name == MASS_FRACTION else "") for name in numbers)
        raise ValidationError({"over": f"‘{rest}’ is not a parameter of a layer{_hint(number, numbers)}: use {known}."})


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f" (did you mean ‘{near[0]}’?)" if near else ""


class GroupMember(Record):
    """A cell in a group. Everyone who can see the group can see the cell."""

    project_path = "group__project"

    group = models.ForeignKey(CellGroup, on_delete=models.CASCADE, related_name="members")
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="group_memberships")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60, blank=True, help_text="Short name in this group, e.g. bare or coated.")

    class Meta:
        ordering = ["group", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "cell"],
                name="group_member_once",
                violation_error_message="This cell is already in the group.",
            ),
            models.UniqueConstraint(
                fields=["group", "position"],
                name="group_member_position_unique",
                violation_error_message="This group already has a cell at this position.",
            ),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="group_member_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.cell.refcode} in the group ‘{self.group}’"

    def clean(self) -> None:
        super().clean()
        if self.group_id and self.cell_id:
            check_link_visible("cell", self.cell, self.group.project)
