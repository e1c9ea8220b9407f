"""Files a user has uploaded that wait to be confirmed: what was recognised, and the measurement proposed."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from registry.models.cell import Cell
from registry.models.column_mapping import ColumnMapping
from registry.models.dataset import RawFile
from registry.models.lease import QUEUED, Leased, has_a_lease
from registry.models.measurement import Measurement
from registry.models.record import RecordQuerySet
from registry.models.text import CleanText
from registry.models.visibility import AnyUser

EACH, ALL = "each", "all"
"""Recordings to save of a file with several: a measurement for each, or all on one measurement; or the index of one."""


class DraftStatus(models.TextChoices):
    QUEUED = QUEUED, "Queued"
    READING = "reading", "Reading"
    READ = "read", "Read"


class CellReason(models.TextChoices):
    """Why a cell is proposed."""

    PAGE = "page", "this page"
    REFCODE = "refcode", "by name"
    LABEL = "label", "by name"
    CHOSEN = "chosen", "chosen"


class Source(models.TextChoices):
    """Where a proposed technique or condition comes from."""

    FILE = "file", "from the file"
    NAME = "name", "from the file name"
    CELL = "cell", "from the cell"
    ENTERED = "entered", "entered"


class FileDraftQuerySet(RecordQuerySet):
    """Drafts are seen and changed by their owner alone, whatever the roles of others."""

    def visible_to(self, user: AnyUser) -> Self:
        return self.filter(owner=user) if user.is_authenticated and user.is_active else self.none()

    def editable_by(self, user: AnyUser) -> Self:
        return self.visible_to(user)


class FileDraft(Leased, CleanText):
    """An uploaded file that is not saved yet: it becomes a measurement, or an attachment, when its owner confirms it.

    `parts` and `refusal` are what its reader returned; the fields below them are proposed, and changed by the owner.
    """

    running_status: ClassVar[str] = "reading"
    objects: ClassVar[Any] = FileDraftQuerySet.as_manager()

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="file_drafts")
    raw_file = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="drafts")
    has_new_file = models.BooleanField(default=False, help_text="Whether the file was new when it was uploaded.")
    filename = models.CharField(max_length=255)
    dropped_on = models.ForeignKey(Cell, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    status = models.CharField(max_length=8, choices=DraftStatus, default=DraftStatus.QUEUED)
    reader = models.CharField(max_length=80, blank=True)
    reader_version = models.CharField(max_length=40, blank=True)
    parts = models.JSONField(default=list, blank=True, help_text="The datasets in the file.")
    refusal = models.JSONField(null=True, blank=True, help_text="Why the file could not be read.")
    mapping = models.ForeignKey(ColumnMapping, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    mapping_used = models.JSONField(null=True, blank=True, help_text="The column mapping it was read with.")

    cell = models.ForeignKey(Cell, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cell_reason = models.CharField(max_length=8, choices=CellReason, blank=True)
    named_cell = models.ForeignKey(
        Cell, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Cell in the file name."
    )
    measurement = models.ForeignKey(
        Measurement,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Add the file to this measurement; a new one if empty.",
    )
    role = models.SlugField(max_length=64, blank=True, db_index=False, help_text="Its role in that measurement.")
    is_attachment = models.BooleanField(default=False, help_text="Attach it to the cell without reading it.")
    technique = models.CharField(max_length=64, blank=True)
    technique_source = models.CharField(max_length=8, choices=Source, blank=True)
    recording = models.CharField(max_length=8, blank=True, help_text="`each`, `all`, or the index of one dataset.")
    label = models.CharField(max_length=160, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    conditions = models.JSONField(default=dict, blank=True, help_text="Text and source of each, by slug.")
    is_selected = models.BooleanField(default=True)
    problem = models.JSONField(null=True, blank=True, help_text="Why it was not saved: a text and a code.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "raw_file"], name="file_draft_once_for_owner"),
            models.CheckConstraint(condition=models.Q(status__in=DraftStatus.values), name="file_draft_status_known"),
            has_a_lease(DraftStatus.READING, name="file_draft_reading_has_a_lease"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_read(self) -> bool:
        """Whether the reader has returned."""
        return self.status == DraftStatus.READ

    @property
    def version(self) -> str:
        """Differs whenever anything has changed."""
        return f"{self.status}-{self.changed_at.timestamp()}"

    @property
    def content_hashes(self) -> set[str]:
        """SHA-256 of the parsed data of each dataset."""
        return {part["content_sha256"] for part in self.parts}
