"""The tags of a cell or measurement, with the form that changes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from registry.models import Cell, Measurement, MeasurementTag, Tag


@dataclass(frozen=True)
class TaggedRecord:
    """A record as `_tags.html` shows its tags."""

    record: Cell | Measurement
    tags: Sequence[Tag | MeasurementTag]

    @property
    def id(self) -> str:
        """Of the form, and the beginning of the ids of its fields."""
        return "tags" if isinstance(self.record, Cell) else f"tags-{self.record.refcode}"

    @property
    def subject(self) -> str:
        """What the labels of several forms on one page differ by."""
        return "" if isinstance(self.record, Cell) else f" of {self.record.refcode}"

    @property
    def url(self) -> str:
        name = "web:cell-tags" if isinstance(self.record, Cell) else "web:tag-measurement"
        return reverse(name, args=[self.record.refcode])

    @property
    def list_url(self) -> str:
        """The list of all records with a tag, which is to be appended."""
        if isinstance(self.record, Cell):
            return f"{reverse('web:cells')}?tag="
        return f"{reverse('web:measurements')}?measurement_tag="

    @property
    def project(self) -> int:
        return self.record.project_id if isinstance(self.record, Cell) else self.record.cell.project_id
