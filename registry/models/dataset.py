"""Raw files, kept byte for byte, and what a reader made of them."""

from typing import ClassVar

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.hookspecs import TECHNIQUES, ParsedDataset
from registry.models.column_mapping import ColumnMapping
from registry.models.lease import QUEUED, Leased, has_a_lease
from registry.models.measurement import Measurement
from registry.models.project import check_link_visible
from registry.models.record import Record


class RawFile(models.Model):
    """The bytes an instrument wrote, named by their SHA-256 and never changed. Seen only through its datasets."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Where the bytes lie, below MEDIA_ROOT."""
        return f"raw/{self.sha256[:2]}/{self.sha256}"


class ParseStatus(models.TextChoices):
    QUEUED = QUEUED, "Waits to be read"
    READING = "reading", "Being read"
    PARSED = "parsed", "Parsed"
    FAILED = "failed", "Could not be read"


UNREAD = (ParseStatus.QUEUED, ParseStatus.READING)


class Dataset(Leased, Record):
    """A raw file on a measurement, and the columns a reader found in it.

    A file that is to be read has one row, `queued`; of one that is to be read again, the row of its first part says so,
    and what was read before stands until then.
    """

    project_path = "measurement__cell__project"
    running_status = "reading"
    untracked_fields: ClassVar[tuple[str, ...]] = (*Leased.untracked_fields, "queued_by")

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="datasets")
    raw_file = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="datasets")
    filename = models.CharField(max_length=255)
    part = models.PositiveSmallIntegerField(default=0, help_text="Which spectrum or test of the file, from 0.")
    part_label = models.CharField(max_length=120, blank=True)
    technique = models.CharField(
        max_length=24,
        blank=True,
        choices=list(TECHNIQUES.items()),
        help_text="What the reader says the dataset is; empty if its columns do not decide it.",
    )
    split_off = models.BooleanField(
        default=False, help_text="The other datasets of the file belong to measurements of their own."
    )
    status = models.CharField(max_length=8, choices=ParseStatus)
    reader = models.CharField(max_length=80, blank=True)
    reader_version = models.CharField(max_length=40, blank=True)
    mapping = models.ForeignKey(
        ColumnMapping,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="datasets",
        verbose_name="column mapping",
        help_text="Only for text tables whose heads say too little.",
    )
    mapping_used = models.JSONField(
        null=True, blank=True, help_text="What the column mapping said when the file was read."
    )
    columns = models.JSONField(default=list, help_text="Canonical names, units in the names.")
    rows = models.PositiveIntegerField(default=0)
    header = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the parsed columnar file.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    queued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["measurement", "part"]
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "raw_file", "part"],
                name="dataset_file_once_per_measurement",
                violation_error_message="This measurement holds this file already.",
            ),
            models.CheckConstraint(condition=models.Q(status__in=ParseStatus.values), name="dataset_status_known"),
            models.CheckConstraint(
                condition=~models.Q(status=ParseStatus.PARSED) | ~models.Q(content_sha256=""),
                name="dataset_parsed_has_content",
            ),
            models.CheckConstraint(condition=models.Q(technique__in=["", *TECHNIQUES]), name="dataset_technique_known"),
            has_a_lease(ParseStatus.READING, name="dataset_reading_has_a_lease"),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(status__in=UNREAD), name="dataset_unread")]

    def __str__(self) -> str:
        part = f", {self.part_label}" if self.part_label else ""
        return f"{self.filename}{part} ({self.get_status_display().lower()})"

    def clean(self) -> None:
        super().clean()
        if self.mapping and self.measurement_id:
            check_link_visible("mapping", self.mapping, self.measurement.cell.project)

    @property
    def parquet_path(self) -> str:
        """Where the parsed columns lie, below MEDIA_ROOT."""
        return f"parsed/{self.content_sha256[:2]}/{self.content_sha256}.parquet"

    @property
    def holds_data(self) -> bool:
        """Whether there are columns to compute from, though the file may be about to be read again."""
        return bool(self.content_sha256)

    def suits(self, technique: str) -> bool:
        """Whether a measurement of this technique can use it."""
        return ParsedDataset(self.technique, dict.fromkeys(self.columns, np.empty(0))).suits(technique)

    @property
    def mapping_changed(self) -> bool:
        """Whether its column mapping says another thing now than when the file was read."""
        return (self.mapping.mapping if self.mapping else None) != self.mapping_used

    def check_usable_by(self, measurement: Measurement) -> None:
        """Raise unless it belongs to the measurement, holds data and is of its technique."""
        if self.measurement_id != measurement.pk:
            raise ValidationError({"dataset": f"‘{self}’ is not a dataset of this measurement."})
        if not self.holds_data:
            raise ValidationError({"dataset": f"‘{self}’ holds no data."})
        if not self.suits(measurement.technique):
            holds, expected = TECHNIQUES[self.technique].lower(), TECHNIQUES.get(measurement.technique, "").lower()
            raise ValidationError({"dataset": f"‘{self}’ holds {holds}, but this measurement is {expected}."})
