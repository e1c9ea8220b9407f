"""Hardware set-ups used for measurements."""

from django.db import models

from registry.models.fields import MagnitudeField, Quantified, WrittenField, positive
from registry.models.record import ProjectRecord
from registry.models.text import KeyField


class SetupKind(models.TextChoices):
    DIE = "die", "Die"
    POUCH = "pouch_fixture", "Pouch fixture"
    COIN = "coin", "Coin cell"
    OTHER = "other", "Other"


class PressureApplication(models.TextChoices):
    NOT_STATED = "", "Not stated"
    CONSTANT_GAP = "constant_gap", "Constant gap"
    SPRING = "spring", "Spring"
    CONSTANT_FORCE = "constant_force", "Constant force"
    NONE = "none", "No pressure applied"


class Blocks(models.TextChoices):
    NOT_STATED = "", "Not stated"
    IONS = "ions", "Ion-blocking (e.g. steel)"
    ELECTRONS = "electrons", "Electron-blocking (electrolyte and lithium on both sides)"
    NOTHING = "none", "Non-blocking"


class HardwareSetup(ProjectRecord, Quantified):
    """A die or fixture, its pressure application and its instrument."""

    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")
    kind = models.CharField(max_length=16, choices=SetupKind)
    die_diameter = WrittenField(quantity="die_diameter_mm", help_text="E.g. 10 mm (exact)")
    die_diameter_mm = MagnitudeField(written="die_diameter")
    pressure_application = models.CharField(max_length=16, choices=PressureApplication, blank=True, default="")
    blocks = models.CharField(
        "electrodes",
        max_length=16,
        choices=Blocks,
        blank=True,
        default="",
        help_text="Whether the electrodes block ions or electrons.",
    )
    press = models.CharField(max_length=120, blank=True)
    instrument = models.CharField(max_length=120, blank=True, help_text="Cycler or potentiostat.")
    channel = models.CharField(max_length=60, blank=True)
    calibrated_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "hardware set-up"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_key"],
                name="setup_name_unique_in_project",
                violation_error_message="This project already has a set-up with this name.",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=SetupKind.values), name="setup_kind_known"),
            models.CheckConstraint(
                condition=models.Q(pressure_application__in=PressureApplication.values), name="setup_pressure_known"
            ),
            models.CheckConstraint(condition=models.Q(blocks__in=Blocks.values), name="setup_blocks_known"),
            positive("die_diameter_mm", "setup"),
        ]

    def __str__(self) -> str:
        return self.name
