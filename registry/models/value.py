"""Reported and computed values. Rows are superseded, never changed."""

from django.conf import settings
from django.db import models

from registry.models.analysis_run import AnalysisRun
from registry.models.cell import Cell
from registry.models.measurement import Measurement
from registry.models.number import NumberColumns, number_constraints
from registry.models.publication import Publication
from registry.models.record import History, Scoped, SupersededQuerySet
from registry.numbers import catalogue


class ValueOrigin(models.TextChoices):
    REPORTED = "reported", "Reported"
    COMPUTED = "computed", "Computed"


class Value(NumberColumns, Scoped):
    """A number with its bounds and standard uncertainty, or the reason it is missing."""

    project_path = "cell__project"
    current = models.Q(is_latest=True)
    objects = SupersededQuerySet.as_manager()
    # Superseded rows are their own history; only deletions are tracked.
    skip_history_when_saving = True
    deleted = History()

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="values")
    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, null=True, blank=True, related_name="values")
    quantity = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=ValueOrigin)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True, blank=True, related_name="values")
    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, null=True, blank=True, related_name="values")
    is_latest = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(origin__in=ValueOrigin.values), name="value_origin_known"),
            *number_constraints("value"),
            models.CheckConstraint(
                condition=models.Q(origin=ValueOrigin.COMPUTED, run__isnull=False)
                | models.Q(origin=ValueOrigin.REPORTED, run__isnull=True),
                name="value_computed_by_a_run",
            ),
            models.UniqueConstraint(
                fields=["measurement", "quantity"],
                condition=models.Q(is_latest=True, origin=ValueOrigin.REPORTED),
                name="value_one_latest_report",
            ),
            models.UniqueConstraint(
                fields=["cell", "quantity"],
                condition=models.Q(is_latest=True, origin=ValueOrigin.REPORTED, measurement__isnull=True),
                name="value_one_latest_report_of_cell",
            ),
            models.UniqueConstraint(
                fields=["run", "quantity"], condition=models.Q(run__isnull=False), name="value_once_per_run"
            ),
        ]
        indexes = [
            models.Index(
                fields=["quantity", "magnitude", "measurement"],
                condition=models.Q(is_latest=True),
                name="value_latest_magnitude",
            ),
        ]

    def __str__(self) -> str:
        return f"{catalogue.get_or_placeholder(self.quantity).name} {self.text} ({self.origin})"

    @property
    def text(self) -> str:
        """The value as written, the reason it is missing, or the computed number with its unit."""
        unit = catalogue.get_or_placeholder(self.quantity).unit_label
        return self.written or self.missing or f"{self.magnitude} {unit}".strip()
