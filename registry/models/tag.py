"""Tags: short labels by which the people of a project find its cells and measurements."""

from django.core.exceptions import ValidationError
from django.db import models

from registry.models.cell import Cell
from registry.models.measurement import Measurement
from registry.models.record import Record
from registry.models.text import KeyField

SEPARATOR = ","
"""Between the tags of a record where they are typed or printed in one line."""
LONGEST_TAG = 40


class BaseTag(Record):
    """A tag of a record. Tags of a project are the same if they differ in case or spaces only."""

    name = models.CharField(max_length=LONGEST_TAG)
    name_key = KeyField(source="name")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if SEPARATOR in self.name:
            text = f"‘{self.name}’ contains a comma, which separates tags: enter two tags, or remove the comma."
            raise ValidationError({"name": ValidationError(text, code="tag-with-comma")})


class Tag(BaseTag):
    """A tag of a cell."""

    project_path = "cell__project"

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        ordering = ["name_key"]
        indexes = [models.Index(fields=["name_key"], name="tag_name_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "name_key"],
                name="tag_unique_in_cell",
                violation_error_message="This cell already has this tag.",
            ),
        ]


class MeasurementTag(BaseTag):
    """A tag of a measurement."""

    project_path = "measurement__cell__project"

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="tags")

    class Meta:
        ordering = ["name_key"]
        indexes = [models.Index(fields=["name_key"], name="measurement_tag_name_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "name_key"],
                name="tag_unique_in_measurement",
                violation_error_message="This measurement already has this tag.",
            ),
        ]


def join_tags(names: list[str]) -> str:
    """Return tags in one line."""
    return f"{SEPARATOR} ".join(names)
