"""Column mappings for text tables."""

from django.db import models

from registry.models.record import ProjectRecord
from registry.models.text import KeyField


class ColumnMapping(ProjectRecord):
    """How to read text tables without usable column headers: the meaning and unit of each column."""

    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")
    mapping = models.JSONField(help_text="`columns`; optionally `header_line`, `delimiter` and `decimal`.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_key"],
                name="mapping_name_unique_in_project",
                violation_error_message="This project already has a column mapping with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
