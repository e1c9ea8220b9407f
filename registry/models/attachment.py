"""Files attached to a record as they are, without a reader: photographs, reports, certificates."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from registry.models.cell import Cell
from registry.models.dataset import RawFile
from registry.models.material import Material
from registry.models.measurement import Measurement
from registry.models.project import owning_project
from registry.models.record import ProjectRecord
from registry.models.setup import HardwareSetup

Owner = Cell | Measurement | Material | HardwareSetup
OWNER_FIELDS: dict[type, str] = {Cell: "cell", Measurement: "measurement", Material: "material", HardwareSetup: "setup"}
"""The field of an attachment that links to each type of record."""


class Attachment(ProjectRecord):
    """A file of a cell, a measurement, a material or a set-up, stored unchanged and only ever sent as a download.

    Its project is that of its record; the service that moves the record moves it too.
    """

    owner_fields: ClassVar[tuple[str, ...]] = tuple(OWNER_FIELDS.values())

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    measurement = models.ForeignKey(
        Measurement, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    material = models.ForeignKey(Material, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    setup = models.ForeignKey(
        HardwareSetup,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="set-up",
    )
    raw_file = models.ForeignKey(RawFile, on_delete=models.PROTECT, related_name="attachments")
    filename = models.CharField(max_length=255)
    description = models.CharField(max_length=200, blank=True, help_text="E.g. ‘Pellet after cycling’.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cell__isnull=False, measurement=None, material=None, setup=None)
                | models.Q(cell=None, measurement__isnull=False, material=None, setup=None)
                | models.Q(cell=None, measurement=None, material__isnull=False, setup=None)
                | models.Q(cell=None, measurement=None, material=None, setup__isnull=False),
                name="attachment_of_one_record",
                violation_error_message="Attach the file to one cell, measurement, material or set-up.",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def owner(self) -> Owner:
        """The record the file is attached to."""
        owner: Owner = next(filter(None, (getattr(self, name) for name in self.owner_fields)))
        return owner

    def clean(self) -> None:
        super().clean()
        if not any(getattr(self, f"{name}_id") for name in self.owner_fields):
            raise ValidationError("Attach the file to a cell, a measurement, a material or a set-up.")
        if self.project_id != owning_project(self.owner).pk:
            raise ValidationError("An attachment belongs to the project of its record.")
