"""What the columns of text tables are, told apart from the files."""

from django.db import models

from registry.models.record import ProjectRecord
from registry.models.text import KeyField


class ColumnMapping(ProjectRecord):
    """How to read tables whose heads say too little: what each column is, and in which unit."""

    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")
    mapping = models.JSONField(help_text="`columns`, and perhaps `header_line`, `delimiter`, `decimal`.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_key"],
                name="mapping_name_unique_in_project",
                violation_error_message="This project has a column mapping of this name already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
