"""Measurements: one technique on one cell under one set of conditions."""

from typing import Any

from django.db import models

from registry.models.cell import Cell, Coded
from registry.models.parametrised import Parametrised
from registry.models.project import check_link_visible
from registry.models.record import Record
from registry.models.setup import HardwareSetup
from registry.models.text import MARKDOWN_HELP
from registry.models.vocabulary import VocabularyField
from registry.plugin_loading.names import short_technique_name, technique_in_sentence, technique_name


class Measurement(Coded, Parametrised, Record):
    """One technique on a cell. All of its values were obtained under the same conditions."""

    project_path = "cell__project"
    refcode_prefix = "M"
    scopes = ("measurement",)

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="measurements")
    technique = VocabularyField(kind="technique")
    label = models.CharField(max_length=160, blank=True, help_text="E.g. ‘Supplementary Fig. 2’.")
    setup = models.ForeignKey(
        HardwareSetup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="measurements",
        verbose_name="set-up",
    )
    dataset = models.ForeignKey(
        "registry.Dataset",
        # RESTRICT: the dataset can be deleted with the measurement, but not alone.
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dataset used",
        help_text="Dataset to analyse. If empty, the only one of its technique.",
    )
    measured_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True, help_text=MARKDOWN_HELP)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["refcode"]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "label"],
                condition=~models.Q(label=""),
                name="measurement_label_unique_in_cell",
                violation_error_message="This cell already has a measurement with this label.",
            ),
        ]
        indexes = [models.Index(fields=["technique"], name="measurement_technique")]

    def __str__(self) -> str:
        return f"{self.refcode} {self.label or self.technique_name}"

    @property
    def technique_name(self) -> str:
        """Full name of the technique; its slug if its plugin is not loaded."""
        return technique_name(self.technique)

    @property
    def technique_short_name(self) -> str:
        """Name of the technique for a narrow column: EIS."""
        return short_technique_name(self.technique)

    @property
    def technique_in_sentence(self) -> str:
        """Name of the technique for use within a sentence."""
        return technique_in_sentence(self.technique)

    def clean(self) -> None:
        super().clean()
        if self.setup and self.cell_id:
            check_link_visible("setup", self.setup, self.cell.project)
        if self.dataset:
            self.dataset.check_usable_by(self)

    def condition(self, slug: str) -> Any:
        """The row of this condition (`Condition`); None if it was not entered."""
        return self.entered_conditions.get(slug)

    @property
    def entered_conditions(self) -> dict[str, Any]:
        """The conditions by slug; prefetch them for many measurements."""
        return {item.quantity: item for item in self.conditions.all()} if self.pk else {}

    def get_absolute_url(self) -> str:
        return f"{self.cell.get_absolute_url()}#{self.refcode}"
