"""Raw files, kept byte for byte, and what a reader made of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from registry.models.cell import Cell
from registry.models.lease import QUEUED, Leased, has_a_lease
from registry.models.measurement import Measurement
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
    at_work = "reading"
    passing: ClassVar[tuple[str, ...]] = (*Leased.passing, "queued_by")

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="datasets")
    raw_file = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="datasets")
    filename = models.CharField(max_length=255)
    part = models.PositiveSmallIntegerField(default=0, help_text="Which spectrum or test of the file, from 0.")
    part_label = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=8, choices=ParseStatus)
    reader = models.CharField(max_length=80, blank=True)
    reader_version = models.CharField(max_length=40, blank=True)
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
            has_a_lease(ParseStatus.READING, name="dataset_reading_has_a_lease"),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(status__in=UNREAD), name="dataset_unread")]

    def __str__(self) -> str:
        return f"{self.filename} ({self.get_status_display().lower()})"

    @property
    def parquet_path(self) -> str:
        """Where the parsed columns lie, below MEDIA_ROOT."""
        return f"parsed/{self.content_sha256[:2]}/{self.content_sha256}.parquet"

    @property
    def holds_data(self) -> bool:
        """Whether there are columns to compute from, though the file may be about to be read again."""
        return bool(self.content_sha256)

    def affected_cells(self) -> models.QuerySet[Cell]:
        return Cell.objects.filter(measurements=self.measurement_id)
