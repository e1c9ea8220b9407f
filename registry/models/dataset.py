"""Raw files, stored unchanged, and the datasets parsed from them."""

from datetime import datetime
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
    """An instrument file, stored unchanged under its SHA-256. Visible only through its datasets."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def path(self) -> str:
        """Path of the file below MEDIA_ROOT."""
        return f"raw/{self.sha256[:2]}/{self.sha256}"


class ParseStatus(models.TextChoices):
    QUEUED = QUEUED, "Queued"
    READING = "reading", "Importing"
    PARSED = "parsed", "Imported"
    FAILED = "failed", "Import failed"


UNREAD = (ParseStatus.QUEUED, ParseStatus.READING)


class Dataset(Leased, Record):
    """One dataset of a raw file on a measurement: a spectrum or test, with the columns its reader returned.

    A new file has a single `queued` row. When a file is queued again, its first part is `queued`; its data stay in use.
    """

    project_path = "measurement__cell__project"
    running_status = "reading"
    untracked_fields: ClassVar[tuple[str, ...]] = (*Leased.untracked_fields, "queued_by")

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="datasets")
    raw_file = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="datasets")
    filename = models.CharField(max_length=255)
    part = models.PositiveSmallIntegerField(default=0, help_text="Index of the spectrum or test in the file, from 0.")
    part_label = models.CharField(max_length=120, blank=True)
    technique = models.CharField(
        max_length=24,
        blank=True,
        choices=list(TECHNIQUES.items()),
        help_text="Technique reported by the reader; empty if the columns do not determine it.",
    )
    split_off = models.BooleanField(
        default=False, help_text="Whether the other datasets of the file belong to other measurements."
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
        help_text="Only for files without usable column headers.",
    )
    mapping_used = models.JSONField(null=True, blank=True, help_text="The column mapping at the time of import.")
    columns = models.JSONField(default=list, help_text="Canonical column names, including units.")
    rows = models.PositiveIntegerField(default=0)
    header = models.JSONField(default=dict)
    start_time = models.CharField(
        max_length=40,
        blank=True,
        help_text="When the test began, as the file says it (ISO 8601); without an offset from UTC if it states none.",
    )
    messages = models.JSONField(default=list)
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the parsed data.")
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
                violation_error_message="This measurement already has this file.",
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
        """Path of the parsed columns below MEDIA_ROOT."""
        return f"parsed/{self.content_sha256[:2]}/{self.content_sha256}.parquet"

    @property
    def holds_data(self) -> bool:
        """Whether the dataset has parsed columns, even if the file is queued again."""
        return bool(self.content_sha256)

    @property
    def started(self) -> str:
        """The start time as displayed: `2021-05-11 15:40`, with an offset from UTC if the file states one."""
        return datetime.fromisoformat(self.start_time).isoformat(" ", "minutes") if self.start_time else ""

    def suits(self, technique: str) -> bool:
        """Whether a measurement of this technique can use the dataset."""
        return ParsedDataset(self.technique, dict.fromkeys(self.columns, np.empty(0))).suits(technique)

    @property
    def mapping_changed(self) -> bool:
        """Whether the column mapping has changed since the import."""
        return (self.mapping.mapping if self.mapping else None) != self.mapping_used

    def check_usable_by(self, measurement: Measurement) -> None:
        """Raise unless the dataset belongs to the measurement, has data and matches its technique."""
        if self.measurement_id != measurement.pk:
            raise ValidationError({"dataset": f"‘{self}’ is not a dataset of this measurement."})
        if not self.holds_data:
            raise ValidationError({"dataset": f"‘{self}’ has no data."})
        if not self.suits(measurement.technique):
            actual, expected = TECHNIQUES[self.technique].lower(), TECHNIQUES.get(measurement.technique, "").lower()
            raise ValidationError(
                {"dataset": f"‘{self}’ contains {actual} data, but the technique of this measurement is {expected}."}
            )
