"""Measurements: one technique on one cell under one set of conditions."""

from django.core.exceptions import ValidationError
from django.db import models

from registry.hookspecs import TECHNIQUES
from registry.models.cell import Cell, Coded
from registry.models.fields import MagnitudeField, Quantified, WrittenField
from registry.models.parametrised import Parametrised
from registry.models.project import check_link_visible
from registry.models.record import Record
from registry.models.setup import HardwareSetup


class Measurement(Coded, Parametrised, Record, Quantified):
    """One technique on a cell. All of its values were obtained under the same conditions."""

    project_path = "cell__project"
    refcode_prefix = "M"
    scopes = ("measurement",)

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="measurements")
    technique = models.CharField(max_length=24, choices=list(TECHNIQUES.items()))
    label = models.CharField(max_length=160, blank=True, help_text="E.g. ‘Supplementary Fig. 2’.")
    stack_pressure = WrittenField(
        quantity="stack_pressure_mpa", help_text="E.g. 10 MPa, or the reason it is missing: Coin cell"
    )
    stack_pressure_mpa = MagnitudeField(written="stack_pressure")
    temperature = WrittenField(quantity="temperature_degc", help_text="E.g. 25 °C or RT")
    temperature_degc = MagnitudeField(written="temperature")
    c_rate_as_written = WrittenField("C-rate", quantity="c_rate", help_text="E.g. 0.2C or C/10")
    c_rate = MagnitudeField(written="c_rate_as_written")
    current_density = WrittenField(quantity="current_density_ma_cm2", help_text="E.g. 2 mA/cm²")
    current_density_ma_cm2 = MagnitudeField(written="current_density")
    voltage_lower = WrittenField("lower voltage limit", quantity="voltage_lower_v", help_text="E.g. 2.5 V")
    voltage_lower_v = MagnitudeField(written="voltage_lower")
    voltage_upper = WrittenField("upper voltage limit", quantity="voltage_upper_v", help_text="E.g. 4.3 V")
    voltage_upper_v = MagnitudeField(written="voltage_upper")
    voltage = WrittenField("DC voltage", quantity="voltage_v", help_text="E.g. 3.8 V")
    voltage_v = MagnitudeField(written="voltage")
    cycle_number_as_written = WrittenField("cycle number", quantity="cycle_number", help_text="E.g. 20")
    cycle_number = MagnitudeField(written="cycle_number_as_written")
    setup = models.ForeignKey(
        HardwareSetup, on_delete=models.PROTECT, null=True, blank=True, related_name="measurements"
    )
    dataset = models.ForeignKey(
        "registry.Dataset",
        # RESTRICT: the dataset can be deleted with the measurement, but not alone.
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dataset used",
        help_text="Dataset to analyse. If empty, the only dataset of the newest file.",
    )
    measured_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["refcode"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(technique__in=list(TECHNIQUES)), name="measurement_technique_known"
            ),
            models.UniqueConstraint(
                fields=["cell", "label"],
                condition=~models.Q(label=""),
                name="measurement_label_unique_in_cell",
                violation_error_message="This cell already has a measurement with this label.",
            ),
            models.CheckConstraint(
                condition=models.Q(stack_pressure_mpa__isnull=True) | models.Q(stack_pressure_mpa__gte=0),
                name="measurement_stack_pressure_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(temperature_degc__isnull=True) | models.Q(temperature_degc__gte=-273.15),
                name="measurement_temperature_above_absolute_zero",
            ),
            models.CheckConstraint(
                condition=models.Q(c_rate__isnull=True) | models.Q(c_rate__gt=0),
                name="measurement_c_rate_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(voltage_lower_v__isnull=True)
                | models.Q(voltage_upper_v__isnull=True)
                | models.Q(voltage_lower_v__lt=models.F("voltage_upper_v")),
                name="measurement_voltage_window_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["technique", "stack_pressure_mpa"], name="measurement_pressure"),
            models.Index(fields=["c_rate"], name="measurement_c_rate"),
            models.Index(fields=["temperature_degc"], name="measurement_temperature"),
        ]

    def __str__(self) -> str:
        return f"{self.refcode} {self.label or self.get_technique_display()}"

    def clean(self) -> None:
        super().clean()
        limits = [number.magnitude for slug in ("voltage_lower_v", "voltage_upper_v") if (number := self.written(slug))]
        lower, upper = limits if len(limits) == 2 else (None, None)
        if lower is not None and upper is not None and lower >= upper:
            raise ValidationError({"voltage_upper": "The upper voltage limit must be higher than the lower limit."})
        if self.setup and self.cell_id:
            check_link_visible("setup", self.setup, self.cell.project)
        if self.dataset:
            self.dataset.check_usable_by(self)

    def get_absolute_url(self) -> str:
        return f"{self.cell.get_absolute_url()}#{self.refcode}"
