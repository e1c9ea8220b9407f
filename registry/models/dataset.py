"""Raw files, stored unchanged, and the datasets parsed from them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.contract.vocabulary import MAIN
from registry.models.column_mapping import ColumnMapping
from registry.models.lease import QUEUED, Leased, has_a_lease
from registry.models.measurement import Measurement
from registry.models.project import check_link_visible
from registry.models.record import Record
from registry.models.vocabulary import VocabularyField
from registry.numbers.formatting import format_data_size
from registry.plugin_loading.dataset_roles import role_name
from registry.plugin_loading.names import technique_in_sentence, technique_name
from registry.plugin_loading.suitability import misfit, suits
from registry.sandbox.columns import IMAGE_SUFFIX


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
    technique = VocabularyField(
        kind="technique",
        blank=True,
        help_text="Technique reported by the reader; empty if the columns do not determine it.",
    )
    role = models.SlugField(
        max_length=64,
        blank=True,
        db_index=False,
        help_text="Role among several datasets: main, continuation or another; empty if not declared.",
    )
    order = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Position among the datasets of its role, from 1."
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
    image_width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels; null unless it is an image.")
    image_height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels; null unless it is an image.")
    grey_levels = models.CharField(max_length=16, blank=True, help_text="Data type of a pixel, such as uint16.")
    pixel_width_um = models.FloatField(null=True, blank=True, help_text="In µm; null if the file does not state it.")
    pixel_height_um = models.FloatField(null=True, blank=True, help_text="In µm; null if the file does not state it.")
    header = models.JSONField(default=dict)
    start_time = models.CharField(
        max_length=40,
        blank=True,
        help_text="Start of the test according to the file (ISO 8601); without an offset from UTC if it states none.",
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
            models.UniqueConstraint(
                fields=["measurement", "role", "order"],
                condition=~models.Q(role=""),
                name="dataset_order_unique_in_role",
                violation_error_message="Another dataset of this measurement has this role and position.",
            ),
            models.CheckConstraint(
                condition=models.Q(role="", order__isnull=True)
                | ~models.Q(role="") & models.Q(order__isnull=False, order__gte=1),
                name="dataset_role_has_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=MAIN) | models.Q(order=1), name="dataset_one_main_in_measurement"
            ),
            models.CheckConstraint(condition=models.Q(status__in=ParseStatus.values), name="dataset_status_known"),
            models.CheckConstraint(
                condition=~models.Q(status=ParseStatus.PARSED) | ~models.Q(content_sha256=""),
                name="dataset_parsed_has_content",
            ),
            models.CheckConstraint(
                condition=models.Q(image_width__isnull=True, image_height__isnull=True, grey_levels="")
                | models.Q(image_width__isnull=False, image_height__isnull=False, image_width__gt=0, image_height__gt=0)
                & ~models.Q(grey_levels=""),
                name="dataset_image_is_complete",
            ),
            models.CheckConstraint(
                condition=models.Q(pixel_width_um__isnull=True, pixel_height_um__isnull=True)
                | models.Q(pixel_width_um__isnull=False, pixel_height_um__isnull=False, image_width__isnull=False)
                & models.Q(pixel_width_um__gt=0, pixel_height_um__gt=0),
                name="dataset_pixel_size_is_complete",
            ),
            has_a_lease(ParseStatus.READING, name="dataset_reading_has_a_lease"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(status__in=UNREAD), name="dataset_unread"),
            models.Index(fields=["id"], condition=models.Q(status="failed"), name="dataset_failed"),
        ]

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
    def image_path(self) -> str:
        """Path of the image below MEDIA_ROOT, a NumPy file."""
        return self.parquet_path.removesuffix(".parquet") + IMAGE_SUFFIX

    @property
    def thumbnail_path(self) -> str:
        """Path of the thumbnail of the image below MEDIA_ROOT."""
        return self.parquet_path.removesuffix(".parquet") + ".png"

    @property
    def data_path(self) -> str:
        """Path of the columns or of the image below MEDIA_ROOT."""
        return self.image_path if self.has_picture else self.parquet_path

    @property
    def has_picture(self) -> bool:
        """Whether it is an image in place of columns."""
        return self.image_width is not None

    @property
    def size_text(self) -> str:
        """How much data it holds: `image 64 × 64 pixels`, or `1,234 rows`."""
        return format_data_size(self.rows, self.image_width, self.image_height)

    @property
    def pixel_size(self) -> str:
        """The size of a pixel as displayed: `0.052 µm`, or `0.052 × 0.06 µm`; empty if it is not known."""
        sides = [f"{side:.4g}" for side in (self.pixel_width_um, self.pixel_height_um) if side is not None]
        return f"{' × '.join(dict.fromkeys(sides))} µm" if sides else ""

    @property
    def holds_data(self) -> bool:
        """Whether the dataset has parsed data, even if the file is queued again."""
        return bool(self.content_sha256)

    @property
    def started(self) -> str:
        """The start time as displayed: `2021-05-11 15:40`, with an offset from UTC if the file states one."""
        return datetime.fromisoformat(self.start_time).isoformat(" ", "minutes") if self.start_time else ""

    @property
    def role_name(self) -> str:
        """Name of the role, with its position if it is not the first."""
        position = f" {self.order}" if self.order and self.order > 1 else ""
        return f"{role_name(self.role)}{position}" if self.role else ""

    @property
    def technique_name(self) -> str:
        """Full name of the technique stated by the file; its slug if its plugin is not loaded."""
        return technique_name(self.technique)

    @property
    def technique_in_sentence(self) -> str:
        """Name of the technique for use within a sentence."""
        return technique_in_sentence(self.technique)

    def suits(self, technique: str) -> bool:
        """Whether a measurement of this technique can use the dataset."""
        return suits(self, technique)

    @property
    def mapping_changed(self) -> bool:
        """Whether the column mapping has changed since the import."""
        return (self.mapping.mapping if self.mapping else None) != self.mapping_used

    def check_usable_by(self, measurement: Measurement) -> None:
        """Raise unless the dataset belongs to the measurement, has data and matches its technique."""
        if self.measurement_id != measurement.pk:
            text = f"‘{self}’ is not a dataset of this measurement."
            raise ValidationError({"dataset": ValidationError(text, code="dataset-of-another-measurement")})
        if not self.holds_data:
            raise ValidationError({"dataset": ValidationError(f"‘{self}’ has no data.", code="dataset-without-data")})
        if self.role not in ("", MAIN):
            text = f"‘{self}’ has the role {self.role_name.lower()}: only main data can be selected."
            raise ValidationError({"dataset": text})
        if not self.suits(measurement.technique):
            refusal = misfit(f"‘{self}’", [self], measurement.technique)
            raise ValidationError({"dataset": ValidationError(refusal.text, code=refusal.code)})
