"""Comments of the members of a project on its cells and measurements."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from registry.models.cell import Cell
from registry.models.measurement import Measurement
from registry.models.record import Record
from registry.models.text import MARKDOWN_HELP

LONGEST_COMMENT = 10_000


class Comment(Record):
    """What someone wrote about a cell, or about one of its measurements.

    The name of the author stays when the account is deleted.
    """

    project_path = "cell__project"

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="comments")
    measurement = models.ForeignKey(
        Measurement, on_delete=models.CASCADE, null=True, blank=True, related_name="comments"
    )
    text = models.TextField(validators=[MaxLengthValidator(LONGEST_COMMENT)], help_text=MARKDOWN_HELP)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(
        max_length=310, blank=True, help_text="Name of the author when the comment was written."
    )
    created_at = models.DateTimeField("written", auto_now_add=True)
    edited_at = models.DateTimeField("edited", null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"comment on {self.subject.refcode}"

    @property
    def subject(self) -> Cell | Measurement:
        """The record it is about."""
        return self.measurement or self.cell

    def clean(self) -> None:
        super().clean()
        if not self.text.strip():
            raise ValidationError({"text": ValidationError("Enter the text of the comment.", code="required")})
        if self.measurement and self.measurement.cell_id != self.cell_id:
            raise ValidationError("A comment belongs to the cell of its measurement.", code="measurement-of-other-cell")
